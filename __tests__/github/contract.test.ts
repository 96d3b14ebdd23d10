import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Asked, checkAnswer, checkRequest, OPERATIONS } from '../support/github-contract.ts';

const root = join(import.meta.dirname, '..', '..');
const fixture = join(root, 'fixtures', 'github-openapi.json');

/** `rest.issues.listComments` is `issues/list-comments` in GitHub's description. */
function operationsInSource(): string[] {
  const folder = join(root, 'src', 'github');
  const sources = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'));
  const calls = [...sources.join('\n').matchAll(/\brest\.(\w+)\.(\w+)/g)];
  const named = calls.map(
    ([, group, name = '']) => `${group}/${name.replace(/[A-Z]/g, '-$&').toLowerCase()}`,
  );
  return [...new Set(named)].toSorted();
}

const ask = (method: string, path: string, body: unknown = '', headers: Asked['headers'] = {}): Asked => ({
  method,
  url: new URL(path, 'http://127.0.0.1'),
  headers: { authorization: 'token x', 'user-agent': 'x', 'content-type': 'application/json', ...headers },
  body: body === '' ? '' : JSON.stringify(body),
});
const COMMENTS = '/repos/octo/models/issues/7/comments';

describe("GitHub's description", () => {
  test('holds the operations the project calls, and no others', () => {
    expect(OPERATIONS.map(each => each.operationId).toSorted()).toEqual(operationsInSource());
    expect(OPERATIONS).toHaveLength(20);
  });

  test('says which it is, and is small', () => {
    expect(JSON.parse(readFileSync(fixture, 'utf8')).source).toMatch(/^@octokit\/openapi \d+\.\d+\.\d+, /);
    expect(statSync(fixture).size).toBeLessThan(300_000);
  });
});

describe('a request is held to it', () => {
  test('a right one is known by its operation and parameters', () => {
    expect(checkRequest(ask('GET', `${COMMENTS}?per_page=100&page=2`))).toEqual({
      operationId: 'issues/list-comments',
      parameters: { owner: 'octo', repo: 'models', issue_number: 7, per_page: 100, page: 2 },
      body: {},
    });
    expect(checkRequest(ask('PATCH', '/repos/octo/models/git/refs/heads%2Fa/b', { sha: 'x' }))).toMatchObject(
      {
        operationId: 'git/update-ref',
        parameters: { ref: 'heads/a/b' },
      },
    );
  });

  test.each([
    ['an unknown path', ask('GET', '/repos/octo/models/issue/7/comments'), 'no such operation'],
    ['another method', ask('PUT', COMMENTS, { body: 'x' }), 'no such operation'],
    [
      'a path parameter of another type',
      ask('GET', '/repos/octo/models/issues/seven/comments'),
      'must be integer',
    ],
    ['a query of another type', ask('GET', `${COMMENTS}?per_page=many`), 'per_page: data must be integer'],
    ['an unknown query', ask('GET', `${COMMENTS}?perPage=100`), 'unknown query parameter perPage'],
    ['a page larger than GitHub gives', ask('GET', `${COMMENTS}?per_page=101`), 'per_page is over 100'],
    [
      'a value GitHub does not know',
      ask('GET', '/repos/octo/models/issues?state=opened'),
      'state: data must be equal',
    ],
    ['no body', ask('POST', COMMENTS), 'the body is missing'],
    ['a body without what it needs', ask('POST', COMMENTS, {}), "must have required property 'body'"],
    ['a body of another type', ask('POST', COMMENTS, { body: 7 }), 'data/body must be string'],
    [
      'a property too many',
      ask('POST', COMMENTS, { body: 'x', text: 'y' }),
      'must NOT have additional properties',
    ],
    ['a body where none belongs', ask('GET', COMMENTS, { body: 'x' }), 'a body where none belongs'],
    [
      'a body that is no JSON',
      ask('POST', COMMENTS, { body: 'x' }, { 'content-type': 'text/plain' }),
      'not sent as JSON',
    ],
    ['no token', ask('GET', COMMENTS, '', { authorization: '' }), 'no authorization header'],
    [
      'a mode that git does not have',
      ask('POST', '/repos/octo/models/git/trees', {
        tree: [{ path: 'x', mode: '644', type: 'blob', content: '' }],
      }),
      'data/tree/0/mode must be equal to one of the allowed values',
    ],
  ])('%s is found out', (_, asked, wrong) => {
    expect(checkRequest(asked)).toEqual(expect.stringContaining(wrong));
  });
});

describe('and so are the answers of the stand-in', () => {
  test.each([
    [[{ id: 1, html_url: 'https://github.com/o/r/pull/7', body: 'x', user: { login: 'mona' } }], ''],
    [[{ id: '1' }], 'data/0/id must be integer'],
    [[{ author: { login: 'mona' } }], 'data/0 must NOT have additional properties'],
    [{ items: [] }, 'data must be array'],
  ])('%j', (data, wrong) => {
    expect(checkAnswer('issues/list-comments', 200, data)).toEqual(expect.stringContaining(wrong));
    expect(checkAnswer('issues/list-comments', 200, data) === '').toBe(wrong === '');
  });
  test('a status that GitHub does not describe', () => {
    expect(checkAnswer('issues/list-comments', 204, undefined)).toMatch(
      /with 204, which GitHub does not describe$/,
    );
  });
});
