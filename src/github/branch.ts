import { type FileAt, readBlob, readFileAt, readTree, type TreeEntry, type Where } from './files.ts';
import { isLater } from './marker.ts';
import { attempting, GitHubProblem, statusOf } from './problem.ts';

/** One JSON line for each run, the oldest first. Everything else on the branch is rendered from it. */
export const HISTORY = 'history.jsonl';
/** The baseline that a run which passed has left there. */
export const PUBLISHED_BASELINE = 'baseline.json';

/** Texts by their names at the branch's root. @internal */
export type Files = Readonly<Record<string, string>>;

export interface PublishRequest extends Where {
  readonly branch: string;
  /** What the history keeps of this run. Unique by the run's id and attempt, so that no retry adds it twice. */
  readonly entry: Readonly<Record<string, unknown>> & { readonly finishedAt: string };
  /** The commit's message. */
  readonly message: string;
  /** Makes the other files; what it leaves out stays as it is. Called again for each try. */
  readonly render: (now: Standing) => Files;
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  /** Waits so many ms. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** The branch as a run comes to it. */
export interface Standing {
  /** With this run's line in its place. */
  readonly history: readonly string[];
  /** The lines of runs that finished after this one, and were faster to publish. */
  readonly later: readonly string[];
  /** The names of the files that lie there. */
  readonly present: ReadonlySet<string>;
}

export interface Published {
  /** The id of the commit. */
  readonly commit: string;
  /** Lines in the history. */
  readonly runs: number;
  /** Those of runs that finished after this one. */
  readonly later: readonly string[];
}

/** The branch as one try finds it. */
interface Head {
  /** Null when there is no such branch. */
  readonly commit: string | null;
  readonly tree: string | null;
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly history: readonly string[];
}

const TRIES = 40;
const HELD =
  'see that no rule protects the branch and that the repository has a commit, or name another `publish-branch`';

/**
 * Adds a run to the publishing branch, in one commit, creating the branch without a parent when it is absent. Only
 * ever moves the branch forward: when another run was faster, its history is read again and this run's line is put
 * into it by the time at which the run finished, so that no run's line is lost.
 * @throws GitHubProblem
 */
export function publish(request: PublishRequest): Promise<Published> {
  const doing = `publish to branch "${request.branch}"`;
  return attempting({ doing, permission: 'contents: write', whenRefused: HELD }, async () => {
    checkBranch(request.branch);
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) await pause(request, tries);
      const published = await publishOnce(request);
      if (published) return published;
    }
    throw new GitHubProblem('refused', `other runs were faster ${TRIES} times`);
  });
}

/**
 * A file of the publishing branch as it is now; missing also where there is no such branch.
 * @throws GitHubProblem
 */
export function readPublished(where: Where, branch: string, path: string): Promise<FileAt> {
  const doing = `read "${path}" on branch "${branch}"`;
  return attempting({ doing, permission: 'contents: read' }, async () => {
    const commit = await readRef({ ...where, branch });
    return commit === null ? { state: 'missing' } : readFileAt({ ...where, path, commit });
  });
}

/** Git's own rules for a branch's name, as far as people get them wrong. */
function checkBranch(branch: string): void {
  const sound =
    /^(?!-|\/|refs\/)(?!.*(\.\.|\/\/|@\{|\/\.|\.lock(\/|$)))[^\x00-\x20\x7f~^:?*[\\]+(?<![./])$/.test(branch);
  if (!sound) throw new GitHubProblem('refused', 'that is not the name of a branch, such as mm-safetybench');
}

/** Waits a random while, longer with each try, so that runs which collided do not do so again. */
function pause({ random = Math.random, sleep = defaultSleep }: PublishRequest, tries: number): Promise<void> {
  return sleep(random() * Math.min(4000, 250 * 2 ** tries));
}

const defaultSleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** Null when another run was faster. */
async function publishOnce(request: PublishRequest): Promise<Published | null> {
  const head = await readHead(request);
  const line = JSON.stringify(request.entry);
  const later = head.history.filter(each => isLater(finishOf(each), request.entry.finishedAt));
  if (head.commit && head.history.includes(line))
    return { commit: head.commit, runs: head.history.length, later };
  const place = later[0] === undefined ? head.history.length : head.history.indexOf(later[0]);
  const history = head.history.toSpliced(place, 0, line);
  const files = {
    ...request.render({ history, later, present: new Set(head.entries.keys()) }),
    [HISTORY]: `${history.join('\n')}\n`,
  };
  checkOurs(head, files);
  const commit = await writeCommit(request, head, files);
  return (await move(request, head, commit)) ? { commit, runs: history.length, later } : null;
}

/** When a line's run finished; empty for a line that does not tell: the branch is anybody's. */
function finishOf(line: string): string {
  try {
    return String((JSON.parse(line) as { finishedAt?: unknown } | null)?.finishedAt ?? '');
  } catch {
    return '';
  }
}

async function readHead(request: PublishRequest): Promise<Head> {
  const { octokit, repo } = request;
  const commit = await readRef(request);
  if (commit === null) return { commit, tree: null, entries: new Map(), history: [] };
  const { data } = await octokit.rest.git.getCommit({ ...repo, commit_sha: commit });
  const entries = await readTree(request, data.tree.sha);
  const entry = entries.get(HISTORY);
  const text = entry ? await readBlob(request, entry) : '';
  return { commit, tree: data.tree.sha, entries, history: linesOf(text) };
}

/** The lines of a history's text, without empty ones. */
export const linesOf = (text: string): readonly string[] =>
  text.split(/\r?\n/).filter(line => line.trim() !== '');

type Branch = Where & Pick<PublishRequest, 'branch'>;

async function readRef({ octokit, repo, branch }: Branch): Promise<string | null> {
  try {
    const { data } = await octokit.rest.git.getRef({ ...repo, ref: `heads/${branch}` });
    return data.object.sha;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** A branch that has such files but no history is somebody's site or source: nothing of it is overwritten. */
function checkOurs({ entries }: Head, files: Files): void {
  const taken = entries.has(HISTORY) ? [] : Object.keys(files).filter(name => entries.has(name));
  if (taken.length === 0) return;
  const why = `it has ${taken.join(', ')} but no ${HISTORY}, so it is not this action's; name another branch`;
  throw new GitHubProblem('refused', why);
}

async function writeCommit(
  { octokit, repo, message }: PublishRequest,
  head: Head,
  files: Files,
): Promise<string> {
  const tree = await octokit.rest.git.createTree({
    ...repo,
    ...(head.tree ? { base_tree: head.tree } : {}),
    tree: Object.entries(files).map(([path, content]) => ({ path, mode: '100644', type: 'blob', content })),
  });
  const parents = head.commit ? [head.commit] : [];
  const commit = await octokit.rest.git.createCommit({ ...repo, message, tree: tree.data.sha, parents });
  return commit.data.sha;
}

/** Puts the branch onto the commit; false when the branch is no longer where it was read. */
async function move(request: PublishRequest, head: Head, sha: string): Promise<boolean> {
  const { octokit, repo, branch } = request;
  try {
    if (head.commit) await octokit.rest.git.updateRef({ ...repo, ref: `heads/${branch}`, sha, force: false });
    else await octokit.rest.git.createRef({ ...repo, ref: `refs/heads/${branch}`, sha });
    return true;
  } catch (error) {
    if (statusOf(error) !== 422 && statusOf(error) !== 409) throw error;
    const told = /fast.forward|already exists/i.test((error as Error).message);
    if (!told && (await readRef(request)) === head.commit) throw error;
    return false;
  }
}
