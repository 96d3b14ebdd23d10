/** Long: every way in which two runs, or GitHub, can come between a run and its comment is one case of the same few lines. */
import { connect, type Octokit } from '../../src/github/client.ts';
import { marked, markerOf, type Stamp, stampIn } from '../../src/github/marker.ts';
import { upsertComment } from '../../src/github/upsert-comment.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';
import type { User } from '../support/github-state.ts';

const BOT: User = { login: 'github-actions[bot]', type: 'Bot' };
const STRANGER: User = { login: 'stranger', type: 'User' };
const repo = { owner: 'octo', repo: 'models' };
const marker = markerOf('Model safety / gate');

let github: GitHubServer;
beforeEach(async () => {
  github = await startGitHub();
});
afterEach(() => github.close());

const client = (token = ACTIONS_TOKEN): Promise<Octokit> =>
  connect({ token, apiUrl: github.url, secondMs: 1 });
const STAMP: Stamp = {
  run: 9001,
  attempt: 1,
  commit: 'a'.repeat(40),
  finishedAt: '2026-11-24T03:00:00.000Z',
};
const stamped = (body: string, stamp: Partial<Stamp> = {}): string =>
  marked(marker, { ...STAMP, ...stamp }, body);
const upsert = async (
  body: string,
  token?: string,
  stamp: Partial<Stamp> = {},
  head = '',
): Promise<string> => {
  const by = { stamp: { ...STAMP, ...stamp }, headNow: async () => head || null };
  const { url, isAnothers } = await upsertComment({
    ...{ octokit: await client(token), repo, issue: 7, marker, body },
    ...by,
  });
  return isAnothers ? 'another stands' : url;
};
const add = (body: string, user: User = BOT, issue = 7): number => {
  const comment = { id: github.state.next++, issue, user, body };
  github.state.comments.push(comment);
  return comment.id;
};
const written = () => github.state.comments.map(({ id, body }) => ({ id, body }));

describe('one comment for each id', () => {
  test('created when there is none, with its marker first', async () => {
    const url = await upsert('first');
    expect(written()).toEqual([{ id: 1000, body: stamped('first') }]);
    expect(url).toBe(`${github.url}/o/r/pull/7#issuecomment-1000`);
  });

  test('not taken for written where the answer names none', async () => {
    const headers = { 'content-type': 'application/json' };
    github.faults.push({
      operation: 'issues/create-comment',
      how: 'text',
      status: 201,
      message: '{}',
      headers,
    });
    await expect(upsert('first')).rejects.toThrow(
      "cannot comment on #7: GitHub's answer lacks what it should hold: see whether GITHUB_API_URL is right",
    );
  });

  test('updated in place when it lies on the fourth page of 100', async () => {
    for (let i = 0; i < 330; i++) add('talk', STRANGER);
    const own = add(`${marker}\nold`);
    for (let i = 0; i < 5; i++) add('more talk', STRANGER);
    await upsert('new');
    expect(github.state.comments).toHaveLength(336);
    expect(github.state.comments.find(each => each.id === own)?.body).toBe(stamped('new'));
    expect(github.calls.filter(each => each === 'issues/list-comments')).toHaveLength(4);
  });

  test("left alone when it says the same, as a person's browser would save it too", async () => {
    add(`${stamped('same\nlines').replaceAll('\n', '\r\n')}\r\n`);
    await upsert('same\nlines');
    expect(github.calls).toEqual(['users/get-authenticated', 'issues/list-comments']);
  });

  test('another id, another pull request, and a quote of the marker are not it', async () => {
    add(`${markerOf('Model safety / gate 2')}\nother`);
    add(`${marker}\nelsewhere`, BOT, 8);
    add(`> ${marker}\nquoted`);
    await upsert('mine');
    expect(
      written()
        .map(each => each.body)
        .slice(0, 3),
    ).toEqual([`${markerOf('Model safety / gate 2')}\nother`, `${marker}\nelsewhere`, `> ${marker}\nquoted`]);
    expect(written()[3]?.body).toBe(stamped('mine'));
  });

  test("a stranger's comment with the marker is neither updated nor deleted", async () => {
    const forged = add(`${marker}\nPASS, trust me`, STRANGER);
    await upsert('fail');
    await upsert('fail again');
    expect(written()).toEqual([
      { id: forged, body: `${marker}\nPASS, trust me` },
      { id: forged + 1, body: stamped('fail again') },
    ]);
  });

  test("a person's token finds the person's comment, not the bot's", async () => {
    github.tokens.set('ghp_mona', { user: { login: 'mona', type: 'User' }, app: false, mayWrite: true });
    const bots = add(`${marker}\nthe bot's`);
    await upsert('one', 'ghp_mona');
    await upsert('two', 'ghp_mona');
    expect(written()).toEqual([
      { id: bots, body: `${marker}\nthe bot's` },
      { id: bots + 1, body: stamped('two') },
    ]);
  });

  test("another app's token, which cannot ask its name, learns it and still keeps one comment", async () => {
    github.tokens.set('ghs_app', { user: { login: 'gate[bot]', type: 'Bot' }, app: true, mayWrite: true });
    await upsert('one', 'ghs_app');
    await upsert('two', 'ghs_app');
    expect(written()).toEqual([{ id: 1000, body: stamped('two') }]);
  });
});

describe('of two runs', () => {
  const [A, B, C] = ['a', 'b', 'c'].map(each => each.repeat(40)) as [string, string, string];
  const at = (minute: number): string => `2026-11-24T03:${minute}:00.000Z`;
  const there = { run: 102, attempt: 1, commit: A, finishedAt: at(30) };

  test.each([
    ['of one commit, the one that finished before', { run: 101, finishedAt: at(20) }, '', false],
    ['of one commit, the one that finished after', { run: 103, finishedAt: at(40) }, '', true],
    [
      'of one commit, an earlier one that was run again',
      { run: 101, attempt: 2, finishedAt: at(40) },
      '',
      true,
    ],
    ['the same once more, out of the same shards', { attempt: 2 }, '', true],
    ['the same by its attempt before', { attempt: 0, finishedAt: at(40) }, '', false],
    [
      'a later one of a commit that is no longer the head',
      { run: 103, commit: B, finishedAt: at(40) },
      A,
      false,
    ],
    ['an earlier one of the commit that is the head', { run: 101, commit: B, finishedAt: at(20) }, B, true],
    ['a later one of another commit, neither the head', { run: 103, commit: B, finishedAt: at(20) }, C, true],
    [
      'an earlier one of another commit, neither the head',
      { run: 101, commit: B, finishedAt: at(40) },
      C,
      false,
    ],
    ['an earlier one run again, where GitHub tells no head', { run: 101, attempt: 2, commit: B }, '', false],
  ] as const)('%s', async (_, more, head, isWritten) => {
    const id = add(stamped('there', there));
    const said = await upsert('new', undefined, { ...there, ...more }, head);
    expect(said === 'another stands').toBe(!isWritten);
    expect(written()).toEqual([
      { id, body: isWritten ? stamped('new', { ...there, ...more }) : stamped('there', there) },
    ]);
  });

  test('a comment of a version that did not say its run, or that is of a time to come, is overwritten', async () => {
    for (const old of [`${marker}\nold`, stamped('old', { finishedAt: '9999-12-31T23:59:59Z' })]) {
      github.state.comments.splice(0);
      const id = add(old);
      await upsert('new');
      expect(written()).toEqual([{ id, body: stamped('new') }]);
    }
  });

  test('that both made one, the words of the later stand in the older comment', async () => {
    const oldest = add(stamped('earlier', { finishedAt: at(10) }));
    add(stamped('later', { finishedAt: at(50) }));
    expect(await upsert('between', undefined, { finishedAt: at(30) })).toBe('another stands');
    expect(written()).toEqual([{ id: oldest, body: stamped('later', { finishedAt: at(50) }) }]);
  });
});

describe('races', () => {
  test('duplicates of an earlier race become the oldest one', async () => {
    const oldest = add(`${marker}\none`);
    add(`${marker}\ntwo`);
    add(`${marker}\nthree`);
    await upsert('now');
    expect(written()).toEqual([{ id: oldest, body: stamped('now') }]);
  });

  test('five runs that all find none, and all create, leave one', async () => {
    let waiting = 0;
    const all = Promise.withResolvers<void>();
    github.before = operation => {
      if (operation !== 'issues/create-comment') return undefined;
      if (++waiting === 5) all.resolve();
      return all.promise;
    };
    const bodies = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(bodies.map(body => upsert(body)));
    expect(github.calls.filter(each => each === 'issues/create-comment')).toHaveLength(5);
    expect(written()).toHaveLength(1);
    expect(bodies.map(body => stamped(body))).toContain(written()[0]?.body);
  });

  test('one that another run deletes before the update is written anew', async () => {
    const doomed = add(`${marker}\nold`);
    github.before = operation => {
      if (operation !== 'issues/update-comment') return;
      github.before = () => undefined;
      github.state.comments.splice(0, 1);
    };
    await upsert('new');
    expect(written()).toEqual([{ id: doomed + 1, body: stamped('new') }]);
  });

  test('one that is listed and no longer there is made anew', async () => {
    const doomed = add(`${marker}\nold`);
    github.faults.push({
      operation: 'issues/update-comment',
      how: 'status',
      status: 404,
      message: 'Not Found',
    });
    await upsert('new');
    expect(written()).toEqual([
      { id: doomed, body: `${marker}\nold` },
      { id: doomed + 1, body: stamped('new') },
    ]);
  });

  test('an answer lost on the way does not leave two comments', async () => {
    github.faults.push({ operation: 'issues/create-comment', how: 'lost' });
    await upsert('once');
    expect(github.calls.filter(each => each === 'issues/create-comment')).toHaveLength(2);
    expect(written()).toEqual([{ id: 1000, body: stamped('once') }]);
  });
});

describe('when it may not, the sentence that helps', () => {
  test.each([
    [
      'users/get-authenticated',
      401,
      'Bad credentials',
      'unauthorised',
      'github-token is not valid, or no longer',
    ],
    [
      'issues/create-comment',
      403,
      'Resource not accessible by integration',
      'forbidden',
      'the token needs `pull-requests: write` (GitHub answered 403',
    ],
    [
      'issues/create-comment',
      403,
      'Unable to create comment because issue is locked.',
      'refused',
      'GitHub answered 403: Unable to create comment because issue is locked; see that the conversation is neither locked',
    ],
    [
      'issues/list-comments',
      404,
      'Not Found',
      'missing',
      'it is not there, or the token needs `pull-requests: write` to see it',
    ],
    [
      'issues/create-comment',
      410,
      'Issues are disabled',
      'refused',
      'GitHub answered 410: Issues are disabled',
    ],
    [
      'issues/create-comment',
      422,
      'Validation Failed',
      'refused',
      'GitHub answered 422: Validation Failed; see that the conversation is neither locked nor limited; the job summary has the report',
    ],
  ] as const)('%s answered with %d %s', async (operation, status, message, kind, sentence) => {
    github.faults.push({ operation, how: 'status', status, message });
    const problem = await upsert('body').catch(error => error);
    expect(problem).toMatchObject({ name: 'GitHubProblem', kind, status });
    expect(problem.message).toContain(`cannot comment on #7: ${sentence}`);
    expect(problem.message).toMatchSnapshot();
    expect(problem.message).not.toMatch(/\n|stand-in/);
    expect(github.calls.filter(each => each === operation)).toHaveLength(1);
  });

  test("a fork's token, which may read but not write", async () => {
    github.tokens.set('ghs_fork', { user: BOT, app: true, mayWrite: false });
    await expect(upsert('body', 'ghs_fork')).rejects.toMatchObject({
      kind: 'forbidden',
      message:
        'cannot comment on #7: the token needs `pull-requests: write` ' +
        '(GitHub answered 403: Resource not accessible by integration)',
    });
    expect(github.state.comments).toEqual([]);
  });

  test('a token GitHub does not know', async () => {
    await expect(upsert('body', 'ghs_expired')).rejects.toMatchObject({ kind: 'unauthorised', status: 401 });
  });
});

describe('the stamp', () => {
  test.each([STAMP, { ...STAMP, commit: '' }, { ...STAMP, run: 0, attempt: 17 }])(
    '%j is read back',
    stamp => {
      const body = marked(marker, stamp, 'text');
      expect(body.startsWith(`${marker}\n<!-- run `)).toBe(true);
      expect(stampIn(body)).toEqual(stamp);
      expect(stampIn(body.replaceAll('\n', '\r\n'))).toEqual(stamp);
    },
  );
  test.each(['text', '<!-- run 1 -->', '<!-- run 1, attempt 1, commit -, finished never -->', ''])(
    'that is none is not read: %j',
    line => expect(stampIn(`${marker}\n${line}\ntext`)).toBeNull(),
  );
});

describe('the marker', () => {
  test.each(['a', 'a --> <script>', 'ü / 深', '--', '\ud800', ''])('of %j is one line that ends once', id => {
    expect(markerOf(id)).toMatch(/^<!-- mm-safetybench-gate [\w.!~*'()%]* -->$/);
  });
  test('has room beside the longest comment, however long the workflow’s name is, and tells two such apart', () => {
    const ids = ['深'.repeat(5000), `${'深'.repeat(5000)}.`];
    const markers = ids.map(markerOf);
    for (const marker of markers) expect(marker.length).toBeLessThanOrEqual(500);
    expect(new Set(markers).size).toBe(2);
    expect(markerOf('w'.repeat(400))).toContain('w'.repeat(400));
  });
  test('of two ids are never the same, nor one the beginning of the other', () => {
    const ids = ['a', 'a ', 'a b', 'a%20b', 'A', '-', '%2D', ''];
    const markers = ids.map(markerOf);
    expect(new Set(markers).size).toBe(ids.length);
    for (const one of markers) expect(markers.filter(other => other.startsWith(one))).toEqual([one]);
  });
});
