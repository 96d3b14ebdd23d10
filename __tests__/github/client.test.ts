import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Connection, connect } from '../../src/github/client.ts';
import { attempting, type GitHubProblem } from '../../src/github/problem.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';

let github: GitHubServer;
beforeEach(async () => {
  github = await startGitHub();
});
afterEach(() => github.close());

const list = async (more: Partial<Connection> = {}, apiUrl = github.url): Promise<number> => {
  const octokit = await connect({ token: ACTIONS_TOKEN, apiUrl, secondMs: 1, ...more });
  return attempting({ doing: 'list the comments', permission: 'pull-requests: read' }, async () => {
    const { status } = await octokit.rest.issues.listComments({
      owner: 'octo',
      repo: 'models',
      issue_number: 7,
    });
    return status;
  });
};
const problem = (listing: Promise<number>): Promise<GitHubProblem> =>
  listing.then(String, error => error) as never;
const fail = (times: number, status: number, message: string, headers: Record<string, string> = {}): void => {
  github.faults.push({ how: 'status', times, status, message, headers });
};

const SECONDARY = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
const inSeconds = (seconds: number): string => String(Math.floor(Date.now() / 1000) + seconds);

const CLIENT = JSON.stringify(new URL('../../src/github/client.ts', import.meta.url).href);
/** The standard output of a script in a process of its own. */
async function run(script: string, env: Record<string, string> = {}): Promise<string> {
  const given = ['--no-warnings', '--input-type=module', '-e', script];
  return (
    await promisify(execFile)(process.execPath, given, { env: { ...process.env, ...env }, timeout: 30_000 })
  ).stdout;
}

describe('what may pass is tried again', () => {
  test.each([
    ['a 500', 3, () => fail(3, 500, 'Server Error')],
    ['a 502', 2, () => fail(2, 502, 'Bad Gateway')],
    ['a broken connection', 2, () => github.faults.push({ how: 'disconnect', times: 2 })],
    ['a secondary limit with its wait', 2, () => fail(2, 403, SECONDARY, { 'retry-after': '30' })],
    ['a secondary limit without a wait', 1, () => fail(1, 403, SECONDARY)],
    ['a 429 that says only how long', 2, () => fail(2, 429, 'Too many requests', { 'retry-after': '7' })],
    [
      'the primary limit, soon over',
      1,
      () =>
        fail(1, 403, 'API rate limit exceeded', {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': inSeconds(20),
        }),
    ],
  ])('%s', async (_, times, arrange) => {
    arrange();
    expect(await list()).toBe(200);
    expect(github.calls).toHaveLength(times + 1);
  });
});

describe('what will not pass ends in one sentence', () => {
  test.each([
    [
      'GitHub down',
      500,
      4,
      'unavailable',
      'GitHub is in trouble; run the job again later (GitHub answered 500: Oops)',
    ],
    ['no permission', 403, 1, 'forbidden', 'the token needs `pull-requests: read`'],
    ['gone', 404, 1, 'missing', 'it is not there, or the token needs `pull-requests: read` to see it'],
    ['unprocessable', 422, 1, 'refused', 'GitHub answered 422: Oops'],
    ['a bare 429', 429, 1, 'rate-limited', "GitHub's rate limit is reached; run the job again later"],
  ])('%s: %d after %d tries', async (_, status, tries, kind, sentence) => {
    fail(99, status, 'Oops');
    const found = await problem(list());
    expect(found).toMatchObject({ name: 'GitHubProblem', kind, status });
    expect(found.message).toContain(`cannot list the comments: ${sentence}`);
    expect(found.message).toMatchSnapshot();
    expect(github.calls).toHaveLength(tries);
  });

  test.each([
    ['nothing at all', 200, ''],
    ['nothing where something was made', 201, ''],
    ['a page', 200, '<html>Sign in to the proxy</html>', { 'content-type': 'text/html' }],
    ['bytes', 200, 'GIF89a', { 'content-type': 'image/gif' }],
    ['half a JSON', 200, '[{"id"', { 'content-type': 'application/json' }],
    ['null', 200, 'null', { 'content-type': 'application/json' }],
  ])('an answer that holds %s', async (_, status, message, headers: Record<string, string> = {}) => {
    github.faults.push({ how: 'text', times: 99, status, message, headers });
    const found = await problem(list());
    expect(found).toMatchObject({ kind: 'unavailable', status });
    expect(found.message).toBe(
      `cannot list the comments: GitHub answered ${status} without JSON: see whether GITHUB_API_URL is right ` +
        'and no proxy answers in its place, or run the job again later',
    );
    expect(github.calls).toHaveLength(1);
  });

  test('a secondary limit that never ends, after three waits', async () => {
    fail(99, 403, SECONDARY, { 'retry-after': '60' });
    expect(await problem(list())).toMatchObject({ kind: 'rate-limited', status: 403 });
    expect(github.calls).toHaveLength(4);
  });

  test('a limit that outlasts the time for GitHub is not waited for at all', async () => {
    fail(99, 403, 'API rate limit exceeded', {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': inSeconds(3000),
    });
    expect(await problem(list({ totalMs: 2000 }))).toMatchObject({ kind: 'rate-limited', status: 403 });
    expect(github.calls).toHaveLength(1);
  });

  test('nobody at the address', async () => {
    const { url } = github;
    await github.close();
    const found = await problem(list({}, url));
    expect(found).toMatchObject({ kind: 'unavailable', status: null });
    expect(found.message).toMatch(/^cannot list the comments: GitHub did not answer: .*ECONNREFUSED/);
    github = await startGitHub();
  });

  test("a proxy's page and its log commands become one short line", async () => {
    fail(1, 422, `<html>\r\n::error::hacked\u001b[31m\u202e${'x'.repeat(5000)}`);
    const { message } = await problem(list());
    expect(message).toMatch(
      /^cannot list the comments: GitHub answered 422: <html> ::error::hacked \[31m x+…$/,
    );
    expect(message).toHaveLength('cannot list the comments: GitHub answered 422: '.length + 201);
  });
});

describe('a job never hangs', () => {
  test('a try without an answer is given up, and the next one may pass', async () => {
    github.faults.push({ how: 'silent' });
    expect(await list({ timeoutMs: 100 })).toBe(200);
    expect(github.calls).toHaveLength(2);
  });

  test('the time for GitHub is for all requests of a client together', async () => {
    github.faults.push({ how: 'silent', times: 99 });
    const octokit = await connect({ token: ACTIONS_TOKEN, apiUrl: github.url, totalMs: 200 });
    const get = () => octokit.rest.issues.listComments({ owner: 'octo', repo: 'models', issue_number: 7 });
    const timedOut = { kind: 'timed-out', message: 'GitHub took too long; run the job again later' };
    await expect(get()).rejects.toMatchObject(timedOut);
    await expect(get()).rejects.toMatchObject(timedOut);
    expect(github.calls).toHaveLength(1);
  });

  test('nothing that is given up keeps the process waiting', async () => {
    github.faults.push({ how: 'silent', times: 99 });
    // A second lasts an hour: a wait that is left would not end before this test's own time is up.
    const script = `
      const { connect } = await import(${CLIENT});
      const octokit = await connect({ token: 'x', apiUrl: '${github.url}', totalMs: 300, secondMs: 3600000 });
      await octokit.rest.users.getAuthenticated().catch(error => process.stdout.write(error.kind));`;
    expect(await run(script)).toBe('timed-out');
  });
});

describe('the connection', () => {
  test("an own server's API lies below a path", async () => {
    const server = await startGitHub('/api/v3');
    expect(server.url).toMatch(/\/api\/v3$/);
    expect(await list({}, server.url)).toBe(200);
    expect(await list({}, `${server.url}/`)).toBe(200);
    expect(server.calls).toEqual(['issues/list-comments', 'issues/list-comments']);
    await server.close();
  });

  test('the token stands in no problem', async () => {
    fail(1, 422, 'no');
    const found = await problem(list());
    expect(JSON.stringify([found.message, found.stack, found.cause, { ...found }])).not.toContain(
      ACTIONS_TOKEN,
    );
  });

  test('it loads beside an event file that is not JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'event-'));
    await writeFile(join(folder, 'event.json'), '{');
    const script = `const { connect } = await import(${CLIENT}); process.stdout.write(typeof connect);`;
    expect(await run(script, { GITHUB_EVENT_PATH: join(folder, 'event.json') })).toBe('function');
  });
});
