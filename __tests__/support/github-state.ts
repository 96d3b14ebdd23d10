import { createHash } from 'node:crypto';

/** What a repository on the stand-in holds: git's objects, pull requests, issues and comments. */

export interface User {
  readonly login: string;
  readonly type: 'User' | 'Bot';
}
export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly user: User;
  body: string;
}
export interface Issue {
  readonly number: number;
  readonly user: User;
  readonly labels: readonly string[];
  title: string;
  body: string;
  state: 'open' | 'closed';
  stateReason: string | null;
  /** GitHub lists pull requests among the issues. */
  readonly pull?: boolean;
}
export interface Pull {
  readonly number: number;
  readonly base: { readonly sha: string; readonly repo: string };
  readonly head: { readonly sha: string; readonly ref: string; readonly repo: string | null };
  readonly files: readonly {
    readonly filename: string;
    readonly status: string;
    readonly previous_filename?: string;
  }[];
}
export interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
}
export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}
interface Artifact {
  readonly id: number;
  readonly run: number;
  readonly name: string;
  readonly expired: boolean;
}
/** A plain file's text or bytes, or an entry of another mode. */
export type Seed = string | Buffer | { readonly mode: string; readonly content: string };

export interface State {
  readonly comments: Comment[];
  readonly issues: Issue[];
  readonly pulls: Pull[];
  readonly artifacts: Artifact[];
  readonly refs: Map<string, string>;
  readonly blobs: Map<string, Buffer>;
  readonly trees: Map<string, readonly Entry[]>;
  readonly commits: Map<string, Commit>;
  /** Ids of comments and numbers of issues. */
  next: number;
  /** As for a token without push access: an issue's labels are dropped without a word. */
  dropLabels: boolean;
}

export const emptyState = (): State => ({
  comments: [],
  issues: [],
  pulls: [],
  artifacts: [],
  refs: new Map(),
  blobs: new Map(),
  trees: new Map(),
  commits: new Map(),
  next: 1000,
  dropLabels: false,
});

const TYPES: Readonly<Record<string, string>> = { '040000': 'tree', '160000': 'commit' };
const hash = (kind: string, content: string | Buffer): string =>
  createHash('sha1').update(`${kind}\0`).update(content).digest('hex');

export function putBlob(state: State, content: string | Buffer): string {
  const sha = hash('blob', content);
  state.blobs.set(sha, Buffer.from(content));
  return sha;
}

export function putTree(state: State, entries: readonly Entry[]): string {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const sha = hash('tree', JSON.stringify(sorted));
  state.trees.set(sha, sorted);
  return sha;
}

export function putCommit(state: State, commit: Commit): string {
  const sha = hash('commit', JSON.stringify(commit));
  state.commits.set(sha, commit);
  return sha;
}

/** A commit with these files, folders and all. */
export function seedCommit(
  state: State,
  files: Readonly<Record<string, Seed>>,
  parents: string[] = [],
): string {
  return putCommit(state, { tree: seedTree(state, files), parents, message: 'seed' });
}

function seedTree(state: State, files: Readonly<Record<string, Seed>>): string {
  const folders = Map.groupBy(Object.entries(files), ([path]) => path.split('/')[0] ?? '');
  const entries = [...folders].map(([name, inside]): Entry => {
    const [path, seed] = inside[0] ?? ['', ''];
    if (path === name) return seedFile(state, name, seed);
    const below = inside.map(([each, content]) => [each.slice(name.length + 1), content]);
    return { path: name, mode: '040000', type: 'tree', sha: seedTree(state, Object.fromEntries(below)) };
  });
  return putTree(state, entries);
}

function seedFile(state: State, path: string, seed: Seed): Entry {
  const plain = typeof seed === 'string' || Buffer.isBuffer(seed);
  const { mode, content } = plain ? { mode: '100644', content: seed } : seed;
  return { path, mode, type: TYPES[mode] ?? 'blob', sha: putBlob(state, content) };
}

/** The text files of a branch's head by path, at its root; null when there is no such branch. */
export function filesOf(state: State, branch: string): Readonly<Record<string, string>> | null {
  const commit = state.commits.get(state.refs.get(`refs/heads/${branch}`) ?? '');
  if (!commit) return null;
  const entries = state.trees.get(commit.tree) ?? [];
  return Object.fromEntries(entries.map(({ path, sha }) => [path, state.blobs.get(sha)?.toString() ?? '']));
}

/** The commits of a branch, the newest first, by first parents. */
export function logOf(state: State, branch: string): readonly Commit[] {
  const log: Commit[] = [];
  let sha = state.refs.get(`refs/heads/${branch}`);
  while (sha) {
    const commit = state.commits.get(sha);
    if (!commit) break;
    log.push(commit);
    sha = commit.parents[0];
  }
  return log;
}

export function isAncestor(state: State, ancestor: string, sha: string): boolean {
  if (ancestor === sha) return true;
  return (state.commits.get(sha)?.parents ?? []).some(parent => isAncestor(state, ancestor, parent));
}
