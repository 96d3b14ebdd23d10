/** Why GitHub did not do what it was asked. */
export type ProblemKind =
  | 'unauthorised'
  | 'forbidden'
  | 'missing'
  | 'refused'
  | 'rate-limited'
  | 'unavailable'
  | 'timed-out'
  /** What it was asked about has been overtaken since. */
  | 'outdated';

/**
 * GitHub did not do what it was asked. The message is one line for a person reading a CI log; the request and its
 * headers are not kept, so that neither a token nor a body can be logged by way of it.
 */
export class GitHubProblem extends Error {
  override readonly name = 'GitHubProblem';
  readonly kind: ProblemKind;
  /** The HTTP status; null when there was no answer, or none was asked for. */
  readonly status: number | null;

  constructor(kind: ProblemKind, message: string, status: number | null = null) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

/** What was being done, and what a token needs for it: both go into the sentence for a person. */
export interface Attempted {
  /** Completes "cannot …": `comment on pull request #7`. */
  readonly doing: string;
  /** As it stands under `permissions:` in a workflow: `pull-requests: write`. */
  readonly permission: string;
  /** What to look at when GitHub understands the request and does not take it, as for a locked or protected thing. */
  readonly whenRefused?: string;
}

/** Whom to ask of an answer that is none of GitHub's. */
export const IN_BETWEEN =
  'see whether GITHUB_API_URL is right and no proxy answers in its place, or run the job again later';

/** An answer of a good status has not what GitHub describes. */
export const lacking = (): GitHubProblem =>
  new GitHubProblem('unavailable', `GitHub's answer lacks what it should hold: ${IN_BETWEEN}`);

/** Runs the work, turning whatever it throws into a GitHubProblem. */
export async function attempting<T>(attempted: Attempted, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw problemOf(error, attempted);
  }
}

/** The HTTP status of an octokit error that an answer of GitHub's made; null for everything else. */
export function statusOf(error: unknown): number | null {
  const { status, response } = error as { status?: unknown; response?: unknown };
  return typeof status === 'number' && response !== undefined ? status : null;
}

function problemOf(error: unknown, { doing, permission, whenRefused }: Attempted): GitHubProblem {
  if (error instanceof GitHubProblem) {
    return error.message.startsWith('cannot ')
      ? error
      : new GitHubProblem(error.kind, `cannot ${doing}: ${error.message}`, error.status);
  }
  // A field was read of an answer that has not the shape which GitHub describes.
  if ((error as Error).name === 'TypeError') return problemOf(lacking(), { doing, permission });
  const status = statusOf(error);
  const said = oneLine(status === null ? rootOf(error) : (error as Error).message);
  if (status === null)
    return new GitHubProblem('unavailable', `cannot ${doing}: GitHub did not answer: ${said}`);
  const [kind, why] = explain(status, said, permission, isRateLimit(error));
  const told = kind === 'refused' && whenRefused ? `${why.replace(/\.$/, '')}; ${whenRefused}` : why;
  return new GitHubProblem(kind, `cannot ${doing}: ${told}`, status);
}

/** What lies at the bottom of "fetch failed". */
function rootOf(error: unknown): string {
  const { message, code, cause } = error as { message?: string; code?: string; cause?: unknown };
  return cause ? rootOf(cause) : message || code || 'no reason given';
}

function explain(status: number, said: string, permission: string, limited: boolean): [ProblemKind, string] {
  const answer = `GitHub answered ${status}: ${said}`;
  if (limited) return ['rate-limited', `GitHub's rate limit is reached; run the job again later (${answer})`];
  switch (status) {
    case 401:
      return ['unauthorised', `github-token is not valid, or no longer (${answer})`];
    case 403:
      if (/\b(locked|archived)\b/i.test(said)) return ['refused', answer];
      return ['forbidden', `the token needs \`${permission}\` (${answer})`];
    case 404:
      return ['missing', `it is not there, or the token needs \`${permission}\` to see it (${answer})`];
    default:
      return status >= 500
        ? ['unavailable', `GitHub is in trouble; run the job again later (${answer})`]
        : ['refused', answer];
  }
}

/** A 429, or a 403 that says so: GitHub's primary limit in a header, its secondary limits in the message. */
function isRateLimit(error: unknown): boolean {
  const { status, message, response } = error as {
    status: number;
    message: string;
    response?: { headers?: Record<string, unknown> };
  };
  if (status === 429) return true;
  if (status !== 403) return false;
  const headers = response?.headers ?? {};
  return headers['x-ratelimit-remaining'] === '0' || /secondary rate|abuse/i.test(message);
}

/** GitHub's own words, or those of a proxy that answers with a page, kept to one short line. */
function oneLine(text: string): string {
  const plain = text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ').trim();
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain;
}
