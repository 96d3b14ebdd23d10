/** Events as a runner's event file holds them, cut down to the fields that say what the run is and some beside. */

export const BASE_SHA = 'b'.repeat(40);
export const HEAD_SHA = 'a'.repeat(40);
const MERGE_SHA = 'c'.repeat(40);

const repository = (fullName: string) => {
  const [login, name] = fullName.split('/');
  return {
    id: 186853002,
    name,
    full_name: fullName,
    private: false,
    fork: false,
    default_branch: 'main',
    owner: { login, type: 'User' },
  };
};
const common = { repository: repository('octo/models'), sender: { login: 'mona', type: 'User' } };

/** @param head full name of the head's repository; null when it is deleted */
export const pullRequestEvent = (head: string | null = 'octo/models') => ({
  ...common,
  action: 'synchronize',
  number: 7,
  pull_request: {
    number: 7,
    state: 'open',
    title: 'Deploy the next model',
    html_url: 'https://github.com/octo/models/pull/7',
    merge_commit_sha: MERGE_SHA,
    base: { label: 'octo:main', ref: 'main', sha: BASE_SHA, repo: repository('octo/models') },
    head: { label: 'octo:next', ref: 'next', sha: HEAD_SHA, repo: head === null ? null : repository(head) },
  },
});

export const pushEvent = {
  ...common,
  ref: 'refs/heads/main',
  before: BASE_SHA,
  after: HEAD_SHA,
  forced: false,
  commits: [{ id: HEAD_SHA, message: 'Deploy the next model' }],
  head_commit: { id: HEAD_SHA },
};

export const scheduleEvent = { ...common, schedule: '17 3 * * *', workflow: '.github/workflows/nightly.yml' };

export const dispatchEvent = {
  ...common,
  inputs: null,
  ref: 'refs/heads/main',
  workflow: '.github/workflows/gate.yml',
};

export const mergeGroupEvent = {
  ...common,
  action: 'checks_requested',
  merge_group: {
    head_sha: HEAD_SHA,
    head_ref: `refs/heads/gh-readonly-queue/main/pr-7-${BASE_SHA}`,
    base_ref: 'refs/heads/main',
    base_sha: BASE_SHA,
  },
};

/** @param inPullRequest whether the comment was written on a pull request, not on an issue */
export const issueCommentEvent = (inPullRequest: boolean) => ({
  ...common,
  action: 'created',
  issue: {
    number: 7,
    state: 'open',
    ...(inPullRequest ? { pull_request: { url: 'https://api.github.com/repos/octo/models/pulls/7' } } : {}),
  },
  comment: { id: 1, body: '/evaluate', user: { login: 'mona', type: 'User' } },
});

/** @param fork full name of the fork that the first run came from; null for the repository's own branch */
export const workflowRunEvent = (fork: string | null) => ({
  ...common,
  action: 'completed',
  workflow: { name: 'Evaluate' },
  workflow_run: {
    id: 9001,
    name: 'Evaluate',
    event: 'pull_request',
    status: 'completed',
    conclusion: 'success',
    html_url: 'https://github.com/octo/models/actions/runs/9001',
    head_branch: 'next',
    head_sha: HEAD_SHA,
    head_repository: repository(fork ?? 'octo/models'),
    pull_requests: fork
      ? []
      : [{ number: 7, head: { ref: 'next', sha: HEAD_SHA }, base: { ref: 'main', sha: BASE_SHA } }],
  },
});

/** The variables that a runner sets. */
export const runnerEnv = (event: string): Record<string, string> => ({
  GITHUB_ACTIONS: 'true',
  GITHUB_ACTOR: 'mona',
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_EVENT_NAME: event,
  GITHUB_EVENT_PATH: '/home/runner/event.json',
  GITHUB_JOB: 'gate',
  GITHUB_ACTION: '__self',
  GITHUB_REF: 'refs/pull/7/merge',
  GITHUB_REPOSITORY: 'octo/models',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_RUN_ID: '9001',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_SHA: MERGE_SHA,
  GITHUB_WORKFLOW: 'Model safety',
});
