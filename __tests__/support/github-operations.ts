import type { Call } from './github-contract.ts';
import * as held from './github-state.ts';

/** What each operation does to the state, and what GitHub answers. */

export interface Caller {
  readonly user: held.User;
  /** A GITHUB_TOKEN or another app's: it cannot ask who it is. */
  readonly app: boolean;
  readonly mayWrite: boolean;
}
export interface Answer {
  readonly status: number;
  readonly data?: unknown;
  /** A list, which the server cuts into pages. */
  readonly list?: readonly unknown[];
}
interface Operation extends Call {
  readonly state: held.State;
  readonly caller: Caller;
  /** Where the API is. */
  readonly base: string;
}

const ok = (data: unknown, status = 200): Answer => ({ status, data });
const list = (items: readonly unknown[]): Answer => ({ status: 200, list: items });
export const failure = (status: number, message: string): Answer =>
  ok({ message, status: String(status) }, status);
const notFound = failure(404, 'Not Found');

const ofComment = ({ base }: Operation, { id, issue, user, body }: held.Comment) => ({
  id,
  html_url: `${base}/o/r/pull/${issue}#issuecomment-${id}`,
  body,
  user,
});

const ofIssue = ({ base }: Operation, each: held.Issue) => ({
  number: each.number,
  html_url: `${base}/o/r/issues/${each.number}`,
  title: each.title,
  body: each.body,
  user: each.user,
  state: each.state,
  state_reason: each.stateReason,
  labels: each.labels.map(name => ({ name })),
  ...(each.pull ? { pull_request: { url: `${base}/repos/o/r/pulls/${each.number}` } } : {}),
});

const named = (repo: string | null) => (repo === null ? null : { full_name: repo });
const ofPull = ({ number, base, head }: held.Pull) => ({
  number,
  base: { sha: base.sha, repo: named(base.repo) },
  head: { sha: head.sha, ref: head.ref, repo: named(head.repo) },
});

const ofRef = ({ base }: Operation, ref: string, sha: string) => ({
  ref,
  url: encodeURI(`${base}/git/${ref}`),
  object: { type: 'commit', sha, url: `${base}/git/commits/${sha}` },
});

const ofCommit = ({ base }: Operation, sha: string, { tree, parents, message }: held.Commit) => ({
  sha,
  message,
  tree: { sha: tree, url: `${base}/git/trees/${tree}` },
  parents: parents.map(each => ({ sha: each, url: `${base}/git/commits/${each}` })),
});

function createTree({ state, body }: Operation): Answer {
  const given = body as {
    base_tree?: string;
    tree: { path: string; mode: string; type: string; content: string }[];
  };
  const before = given.base_tree ? state.trees.get(given.base_tree) : [];
  if (!before) return failure(422, 'base_tree is not a valid tree oid');
  const added = given.tree.map(({ path, mode, type, content }) => {
    return { path, mode, type, sha: held.putBlob(state, content) };
  });
  const kept = before.filter(each => !added.some(({ path }) => path === each.path));
  const sha = held.putTree(state, [...kept, ...added]);
  return ok({ sha, tree: state.trees.get(sha), truncated: false }, 201);
}

function createRef(operation: Operation): Answer {
  const { state, body } = operation;
  const { ref, sha } = body as { ref: string; sha: string };
  if (!ref.startsWith('refs/heads/')) return failure(422, 'Reference name must start with refs/heads');
  if (state.refs.has(ref)) return failure(422, 'Reference already exists');
  if (!state.commits.has(sha)) return failure(422, 'Object does not exist');
  state.refs.set(ref, sha);
  return ok(ofRef(operation, ref, sha), 201);
}

function updateRef(operation: Operation): Answer {
  const { state, body, parameters } = operation;
  const { sha, force = false } = body as { sha: string; force?: boolean };
  const ref = `refs/${parameters.ref}`;
  const before = state.refs.get(ref);
  if (!before) return failure(422, 'Reference does not exist');
  if (!force && !held.isAncestor(state, before, sha)) return failure(422, 'Update is not a fast forward');
  state.refs.set(ref, sha);
  return ok(ofRef(operation, ref, sha));
}

function getTree({ state, base, parameters }: Operation): Answer {
  const sha = parameters.tree_sha ?? '';
  const entries = state.trees.get(sha);
  if (!entries) return notFound;
  const tree = entries.map(each => {
    const blob = each.type === 'blob' ? { size: state.blobs.get(each.sha)?.length ?? 0 } : {};
    return { ...each, ...blob };
  });
  return ok({ sha, url: `${base}/git/trees/${sha}`, tree, truncated: false });
}

function getBlob({ state, parameters }: Operation): Answer {
  const sha = parameters.file_sha ?? '';
  const blob = state.blobs.get(sha);
  // GitHub breaks its base64 into lines.
  const content = blob?.toString('base64').replace(/.{60}/g, '$&\n');
  return blob ? ok({ sha, content, encoding: 'base64', size: blob.length }) : notFound;
}

function tooLong(title: string, body: string): Answer | null {
  if (title.length > 256) return failure(422, 'Title is too long (maximum is 256 characters)');
  return body.length > 65_536 ? failure(422, 'Body is too long (maximum is 65536 characters)') : null;
}

function createIssue(operation: Operation): Answer {
  const { state, caller, body } = operation;
  const { title, body: text = '', labels = [] } = body as { title: string; body?: string; labels?: string[] };
  const long = tooLong(title, text);
  if (long) return long;
  const issue: held.Issue = {
    number: state.next++,
    user: caller.user,
    labels: state.dropLabels ? [] : labels,
    title,
    body: text,
    state: 'open',
    stateReason: null,
  };
  state.issues.push(issue);
  return ok(ofIssue(operation, issue), 201);
}

function updateIssue(operation: Operation): Answer {
  const { state, body, parameters } = operation;
  const issue = state.issues.find(each => each.number === parameters.issue_number);
  if (!issue) return notFound;
  const { state_reason, ...rest } = body;
  const { title = '', body: text = '' } = rest as { title?: string; body?: string };
  const long = tooLong(title, text);
  if (long) return long;
  Object.assign(issue, rest, state_reason ? { stateReason: state_reason } : {});
  return ok(ofIssue(operation, issue));
}

function listIssues(operation: Operation): Answer {
  const { labels, state = 'open' } = operation.parameters;
  const wanted = labels?.split(',') ?? [];
  const found = operation.state.issues
    .filter(each => state === 'all' || each.state === state)
    .filter(each => wanted.every(label => each.labels.includes(label)));
  return list(found.toReversed().map(each => ofIssue(operation, each)));
}

function createComment(operation: Operation): Answer {
  const { state, caller, body, parameters } = operation;
  const { body: text } = body as { body: string };
  const long = tooLong('', text);
  if (long) return long;
  const issue = Number(parameters.issue_number);
  const comment = { id: state.next++, issue, user: caller.user, body: text };
  state.comments.push(comment);
  return ok(ofComment(operation, comment), 201);
}

const findComment = ({ state, parameters }: Operation) =>
  state.comments.find(each => each.id === parameters.comment_id);

const findPull = ({ state, parameters }: Operation) =>
  state.pulls.find(each => each.number === parameters.pull_number);

/** GitHub leaves a filter that is not `owner:branch` unused. */
function listPulls({ state, parameters }: Operation): Answer {
  const [owner, branch] = (parameters.head ?? '').split(':');
  const found = state.pulls.filter(({ head }) => {
    return !owner || !branch || (head.ref === branch && head.repo?.split('/')[0] === owner);
  });
  return list(found.map(ofPull));
}

export const WRITES = /\/(create|update|delete)/;

export const RUN: Readonly<Record<string, (operation: Operation) => Answer>> = {
  'users/get-authenticated': ({ caller }) =>
    caller.app ? failure(403, 'Resource not accessible by integration') : ok(caller.user),
  'issues/list-comments': operation => {
    const issue = operation.parameters.issue_number;
    const found = operation.state.comments.filter(each => each.issue === issue);
    return list(found.map(each => ofComment(operation, each)));
  },
  'issues/create-comment': createComment,
  'issues/update-comment': operation => {
    const comment = findComment(operation);
    if (!comment) return notFound;
    const { body } = operation.body as { body: string };
    const long = tooLong('', body);
    if (long) return long;
    comment.body = body;
    return ok(ofComment(operation, comment));
  },
  'issues/delete-comment': operation => {
    const comment = findComment(operation);
    if (!comment) return notFound;
    operation.state.comments.splice(operation.state.comments.indexOf(comment), 1);
    return { status: 204 };
  },
  'issues/list-for-repo': listIssues,
  'issues/create': createIssue,
  'issues/update': updateIssue,
  'pulls/get': operation => {
    const pull = findPull(operation);
    return pull ? ok(ofPull(pull)) : notFound;
  },
  'pulls/list': listPulls,
  'pulls/list-files': operation => {
    const pull = findPull(operation);
    return pull ? list(pull.files) : notFound;
  },
  'actions/list-workflow-run-artifacts': ({ state, parameters }) => {
    const found = state.artifacts.filter(each => each.run === parameters.run_id);
    const artifacts = found.map(({ id, name, expired }) => ({ id, name, expired }));
    return ok({ total_count: artifacts.length, artifacts });
  },
  'git/get-ref': operation => {
    const ref = `refs/${operation.parameters.ref}`;
    const sha = operation.state.refs.get(ref);
    return sha ? ok(ofRef(operation, ref, sha)) : notFound;
  },
  'git/create-ref': createRef,
  'git/update-ref': updateRef,
  'git/get-commit': operation => {
    const sha = operation.parameters.commit_sha ?? '';
    const commit = operation.state.commits.get(sha);
    return commit ? ok(ofCommit(operation, sha, commit)) : notFound;
  },
  'git/create-commit': operation => {
    const { tree, message, parents } = operation.body as unknown as held.Commit;
    const commit = { tree, message, parents };
    return ok(ofCommit(operation, held.putCommit(operation.state, commit), commit), 201);
  },
  'git/get-tree': getTree,
  'git/create-tree': createTree,
  'git/get-blob': getBlob,
};
