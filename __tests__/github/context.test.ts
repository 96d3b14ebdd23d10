import { isOfDefaultBranch, type RunContext, readContext } from '../../src/github/context.ts';
import * as events from '../support/github-events.ts';

const { BASE_SHA, HEAD_SHA, runnerEnv } = events;

const read = (name: string, event: unknown, env: Record<string, string> = {}): RunContext =>
  readContext({ ...runnerEnv(name), ...env }, () => JSON.stringify(event));

const OWN = { number: 7, baseSha: BASE_SHA, headSha: HEAD_SHA, fromFork: false };

describe('what the run is', () => {
  test('a pull request from the repository itself', () => {
    expect(read('pull_request', events.pullRequestEvent())).toEqual({
      repository: { owner: 'octo', repo: 'models' },
      // Not the merge commit, which no reviewer knows.
      sha: HEAD_SHA,
      ref: 'refs/pull/7/merge',
      event: 'pull_request',
      serverUrl: 'https://github.com',
      apiUrl: 'https://api.github.com',
      runUrl: 'https://github.com/octo/models/actions/runs/9001',
      runId: '9001',
      attempt: 1,
      workflow: 'Model safety',
      job: 'gate',
      step: '__self',
      pullRequest: OWN,
      commentedPullRequest: null,
      triggeringRun: null,
      baseSha: BASE_SHA,
      defaultBranch: 'main',
      restricted: false,
      defaultCommentId: 'Model safety / gate',
    });
  });

  test.each([
    ['pull_request', 'stranger/models', 'mona', true, true],
    ['pull_request', null, 'mona', true, true],
    ['pull_request', 'octo/models', 'dependabot[bot]', false, true],
    ['pull_request_review', 'stranger/models', 'mona', true, true],
    ['pull_request_target', 'stranger/models', 'mona', true, false],
    ['pull_request_target', 'octo/models', 'dependabot[bot]', false, false],
  ])('%s from %s, started by %s: fromFork %s, restricted %s', (name, head, actor, fromFork, restricted) => {
    const context = read(name, events.pullRequestEvent(head), { GITHUB_ACTOR: actor });
    expect(context).toMatchObject({ pullRequest: { ...OWN, fromFork }, baseSha: BASE_SHA, restricted });
  });

  test.each([
    ['push', events.pushEvent],
    ['schedule', events.scheduleEvent],
    ['workflow_dispatch', events.dispatchEvent],
    ['issue_comment', events.issueCommentEvent(false)],
    // GitHub sends other shapes under the same names with these.
    ['deployment', { workflow_run: null, deployment: {} }],
    ['issues', events.issueCommentEvent(true)],
  ])('%s is no pull request', (name, event) => {
    const none = {
      pullRequest: null,
      commentedPullRequest: null,
      triggeringRun: null,
      baseSha: null,
      restricted: false,
    };
    expect(read(name, event)).toMatchObject(none);
  });

  test('a push of Dependabot has no secrets either', () => {
    expect(read('push', events.pushEvent, { GITHUB_ACTOR: 'dependabot[bot]' }).restricted).toBe(true);
  });

  test('a merge group has a base but is no pull request', () => {
    expect(read('merge_group', events.mergeGroupEvent)).toMatchObject({
      pullRequest: null,
      baseSha: BASE_SHA,
    });
  });

  test('a comment on a pull request names it by number alone', () => {
    const context = read('issue_comment', events.issueCommentEvent(true));
    expect(context).toMatchObject({ pullRequest: null, commentedPullRequest: 7, baseSha: null });
  });

  test.each([
    [null, 'octo', [7]],
    ['stranger/models', 'stranger', []],
  ])('a workflow_run of %s', (fork, headOwner, pullRequests) => {
    expect(read('workflow_run', events.workflowRunEvent(fork)).triggeringRun).toEqual({
      id: 9001,
      attempt: 1,
      url: 'https://github.com/octo/models/actions/runs/9001',
      event: 'pull_request',
      headSha: HEAD_SHA,
      headBranch: 'next',
      headOwner,
      pullRequests,
    });
  });

  const { repository: _, ...unnamed } = events.pushEvent;
  const tested = (event: string, head_branch: string) => {
    const given = events.workflowRunEvent(null);
    return { ...given, workflow_run: { ...given.workflow_run, event, head_branch } };
  };
  test.each([
    ['push', events.pushEvent, 'refs/heads/main', true],
    ['push', events.pushEvent, 'refs/heads/next', false],
    ['push', events.pushEvent, 'refs/tags/main', false],
    ['push', events.pushEvent, 'refs/heads/x/main', false],
    ['push', unnamed, 'refs/heads/main', null],
    ['schedule', { schedule: '17 3 * * *' }, 'refs/heads/main', true],
    ['workflow_dispatch', events.dispatchEvent, 'refs/heads/next', false],
    ['workflow_run', tested('push', 'next'), 'refs/heads/main', false],
    ['workflow_run', tested('schedule', 'main'), 'refs/heads/main', true],
  ])('%s: whether the default branch is under test', (name, event, ref, expected) => {
    expect(isOfDefaultBranch(read(name, event, { GITHUB_REF: ref }))).toBe(expected);
  });

  test('a second attempt has its own page; an own server its own addresses', () => {
    const env = {
      GITHUB_RUN_ATTEMPT: '2',
      GITHUB_SERVER_URL: 'https://git.example.com',
      GITHUB_API_URL: 'https://git.example.com/api/v3',
    };
    expect(read('push', events.pushEvent, env)).toMatchObject({
      attempt: 2,
      apiUrl: 'https://git.example.com/api/v3',
      runUrl: 'https://git.example.com/octo/models/actions/runs/9001/attempts/2',
    });
  });

  test('outside GitHub there is nothing to know, and no file is read', () => {
    const unread = (): string => {
      throw new Error('read');
    };
    expect(readContext({}, unread)).toEqual({
      repository: null,
      sha: '',
      ref: '',
      event: '',
      serverUrl: 'https://github.com',
      apiUrl: 'https://api.github.com',
      runUrl: '',
      runId: '',
      attempt: 1,
      workflow: '',
      job: '',
      step: '',
      pullRequest: null,
      commentedPullRequest: null,
      triggeringRun: null,
      baseSha: null,
      defaultBranch: '',
      restricted: false,
      defaultCommentId: '',
    });
  });
});

describe('a wrong event is one clear line, never a run without its pull request', () => {
  const path = runnerEnv('push')['GITHUB_EVENT_PATH'];
  const noHeadSha = {
    pull_request: { ...events.pullRequestEvent().pull_request, head: { sha: 'main', repo: null } },
  };
  test.each([
    ['pull_request', '', 'is not JSON'],
    ['pull_request', '{"pull_request":', 'is not JSON'],
    ['pull_request', '[]', 'is not that of a pull_request event'],
    ['pull_request', JSON.stringify(events.pushEvent), 'is not that of a pull_request event'],
    ['pull_request', JSON.stringify(noHeadSha), 'has a pull_request.head.sha that GitHub would not send'],
    ['pull_request', '{"pull_request":null}', 'has a pull_request that GitHub would not send'],
    ['merge_group', JSON.stringify(events.pushEvent), 'is not that of a merge_group event'],
    ['push', 'null', 'is not that of a push event'],
  ])('%s with %j', (name, content, why) => {
    const reading = () => readContext(runnerEnv(name), () => content);
    expect(reading).toThrow(new Error(`GITHUB_EVENT_PATH: the event file "${path}" ${why}`));
    expect(reading).toThrowErrorMatchingSnapshot();
  });

  test('a file that is not there', () => {
    const reading = () =>
      readContext(runnerEnv('push'), () => {
        throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      });
    expect(reading).toThrow(new Error(`GITHUB_EVENT_PATH: cannot read the event file "${path}" (ENOENT)`));
  });

  test.each([
    [{ GITHUB_EVENT_PATH: '' }, 'GITHUB_EVENT_PATH: not set, though GITHUB_EVENT_NAME is "push"'],
    [{ GITHUB_REPOSITORY: 'models' }, 'GITHUB_REPOSITORY: "models" is not owner/name'],
    [{ GITHUB_REPOSITORY: 'octo/models/x' }, 'GITHUB_REPOSITORY: "octo/models/x" is not owner/name'],
    [{ GITHUB_RUN_ATTEMPT: '0' }, 'GITHUB_RUN_ATTEMPT: "0" is not a number from 1 on'],
  ])('%j', (env, message) => {
    expect(() => read('push', events.pushEvent, env)).toThrow(new Error(message));
  });
});
