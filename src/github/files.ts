import type { PullRequestChanges } from '../report/details.ts';
import type { Octokit } from './client.ts';
import type { Repository } from './context.ts';
import { attempting, GitHubProblem } from './problem.ts';

export interface FileRequest {
  readonly octokit: Octokit;
  readonly repo: Repository;
  /** From the repository's root, with `/` between its parts. */
  readonly path: string;
  /** The full id of a commit: a branch could move between two requests. */
  readonly commit: string;
}

export type FileAt = { readonly state: 'found'; readonly text: string } | { readonly state: 'missing' };

export interface TreeEntry {
  readonly mode?: string;
  readonly sha?: string | null;
  readonly size?: number;
}

/** Git's mode of an entry, for a person; only the two kinds of plain file are read. */
const KINDS: Readonly<Record<string, string>> = {
  '040000': 'a folder',
  '120000': 'a symbolic link',
  '160000': 'a submodule',
};
const FOLDER = '040000';
const isFile = ({ mode }: TreeEntry): boolean => mode?.startsWith('100') ?? false;
const LARGEST = 32 * 2 ** 20;

/**
 * A text file of the repository as it is at a commit, through the Git data API: it follows no link, and tells a file
 * that is not there from a commit that is not.
 * @throws GitHubProblem also when the path leaves the repository or is no plain UTF-8 file of at most 32 MiB.
 */
export function readFileAt({ octokit, repo, path, commit }: FileRequest): Promise<FileAt> {
  const doing = `read "${path}" at ${commit.slice(0, 7)}`;
  return attempting({ doing, permission: 'contents: read' }, async () => {
    const parts = checkedParts(path);
    const { data } = await octokit.rest.git.getCommit({ ...repo, commit_sha: commit });
    const entry = await findEntry({ octokit, repo }, data.tree.sha, parts);
    return entry ? { state: 'found', text: await readBlob({ octokit, repo }, entry) } : { state: 'missing' };
  });
}

function checkedParts(path: string): readonly string[] {
  if (!isInRepository(path))
    throw new GitHubProblem('refused', 'it is not a path within the repository, such as ci/baseline.json');
  return partsOf(path);
}

const partsOf = (path: string): readonly string[] => path.replace(/^\.\//, '').split('/');

/** Whether a path can be that of a file in the repository, counted from its root. */
export const isInRepository = (path: string): boolean =>
  partsOf(path).every(part => part !== '' && part !== '.' && part !== '..' && !/[\\\0]/.test(part));

export type Where = Pick<FileRequest, 'octokit' | 'repo'>;

async function findEntry(where: Where, root: string, parts: readonly string[]): Promise<TreeEntry | null> {
  let tree = root;
  let entry: TreeEntry | undefined;
  for (const [depth, part] of parts.entries()) {
    const last = depth === parts.length - 1;
    entry = (await readTree(where, tree)).get(part);
    if (!entry?.sha || (!last && isFile(entry))) return null;
    if (!last && entry.mode !== FOLDER) throw refusal(parts.slice(0, depth + 1), entry);
    tree = entry.sha;
  }
  if (entry && !isFile(entry)) throw refusal(parts, entry);
  return entry ?? null;
}

function refusal(parts: readonly string[], { mode = '' }: TreeEntry): GitHubProblem {
  return new GitHubProblem(
    'refused',
    `"${parts.join('/')}" is ${KINDS[mode] ?? 'no file'} there, not a file`,
  );
}

/** The entries of one folder by name. */
export async function readTree(
  { octokit, repo }: Where,
  sha: string,
): Promise<ReadonlyMap<string, TreeEntry>> {
  const { data } = await octokit.rest.git.getTree({ ...repo, tree_sha: sha });
  if (data.truncated)
    throw new GitHubProblem('refused', 'GitHub lists the folder only in part: it is too large');
  return new Map(data.tree.map(each => [each.path, each]));
}

/** @throws GitHubProblem when it is larger than 32 MiB or no UTF-8 text. */
export async function readBlob({ octokit, repo }: Where, { sha, size = 0 }: TreeEntry): Promise<string> {
  if (size > LARGEST) throw new GitHubProblem('refused', `it has ${size} bytes, more than ${LARGEST}`);
  const { data } = await octokit.rest.git.getBlob({ ...repo, file_sha: sha ?? '' });
  const bytes = Buffer.from(data.content, 'base64');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new GitHubProblem('refused', 'it is not UTF-8 text');
  }
}

/** GitHub lists no more of a pull request's files. */
const LISTED = 3000;
const WORKFLOWS = '.github/workflows/';

interface ChangedFile {
  readonly filename: string;
  readonly previous_filename?: string;
  readonly status: string;
}

/**
 * What a pull request changes, adds, removes or renames of what its own gate stands on, as against where it left its
 * base. What is not among the files of one that changes more than GitHub lists is `unknown`.
 * @param request `path` of the baseline file; empty for none
 * @throws GitHubProblem
 */
export function changesInPullRequest(
  request: Where & { readonly number: number; readonly path: string },
): Promise<PullRequestChanges> {
  const { octokit, repo, number } = request;
  const doing = `list the files of pull request #${number}`;
  return attempting({ doing, permission: 'pull-requests: read' }, async () => {
    const path = request.path && checkedParts(request.path).join('/');
    const asked = { ...repo, pull_number: number, per_page: 100 };
    const files: readonly ChangedFile[] = await octokit.paginate(octokit.rest.pulls.listFiles, asked);
    const unlisted = files.length < LISTED ? 'unchanged' : 'unknown';
    const isWorkflow = (name = '') => name.startsWith(WORKFLOWS);
    const workflow = files.some(file => isWorkflow(file.filename) || isWorkflow(file.previous_filename));
    return {
      baseline: path === '' ? 'unchanged' : (changeOf(path, files) ?? unlisted),
      workflows: workflow ? 'changed' : unlisted,
    };
  });
}

function changeOf(path: string, files: readonly ChangedFile[]): 'added' | 'changed' | null {
  const found = files.find(file => file.filename === path || file.previous_filename === path);
  if (!found) return null;
  return found.filename === path && ['added', 'renamed', 'copied'].includes(found.status)
    ? 'added'
    : 'changed';
}
