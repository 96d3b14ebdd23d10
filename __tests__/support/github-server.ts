import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Call, checkAnswer, checkRequest } from './github-contract.ts';
import { type Answer, type Caller, failure, RUN, WRITES } from './github-operations.ts';
import { emptyState, type State } from './github-state.ts';

/** What goes wrong with the next requests of an operation. */
interface Fault {
  /** Such as `issues/create-comment`; every operation when left out. */
  readonly operation?: string;
  /** How often; once when left out. */
  times?: number;
  /**
   * `lost` carries the request out and breaks the connection before its answer; `silent` never answers; `text` answers
   * with the message as it is, in place of JSON.
   */
  readonly how: 'status' | 'disconnect' | 'lost' | 'silent' | 'text';
  readonly status?: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GitHubServer {
  /** What GITHUB_API_URL is set to. */
  readonly url: string;
  readonly state: State;
  /** The operations asked for, in order, faults included. */
  readonly calls: string[];
  readonly faults: Fault[];
  /** Who each token is; an unknown one is answered with 401. */
  readonly tokens: Map<string, Caller>;
  /** Waited for before a request is carried out: tests make runs meet here. */
  before: (operation: string) => Promise<void> | void;
  /** How requests broke GitHub's contract so far; handed out and forgotten. `close` throws if any is left. */
  takeViolations(): string[];
  close(): Promise<void>;
}

export const ACTIONS_TOKEN = 'ghs_stand-in';
const ACTIONS: Caller = {
  user: { login: 'github-actions[bot]', type: 'Bot' },
  app: true,
  mayWrite: true,
};

/**
 * A GitHub on loopback: real HTTP, state that lasts, pages, and every request held to GitHub's own OpenAPI
 * description.
 * @param prefix of the API's paths: `/api/v3` on a GitHub Enterprise Server
 */
export async function startGitHub(prefix = ''): Promise<GitHubServer> {
  const violations: string[] = [];
  const github = {
    url: '',
    state: emptyState(),
    calls: [] as string[],
    faults: [] as Fault[],
    tokens: new Map([[ACTIONS_TOKEN, ACTIONS]]),
    before: (_: string): Promise<void> | void => undefined,
    takeViolations: () => violations.splice(0),
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      if (violations.length > 0) throw new Error(`GitHub's contract was broken:\n${violations.join('\n')}`);
    },
  };
  const server = createServer((request, response) => {
    answer(github, violations, prefix, request, response).catch(error => {
      violations.push(`the stand-in failed: ${error}`);
      response.destroy();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  github.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
  return github;
}

async function answer(
  github: GitHubServer,
  violations: string[],
  prefix: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await text(request);
  const url = new URL(`${github.url.slice(0, -prefix.length || undefined)}${request.url}`);
  if (url.pathname.startsWith(`${prefix}/`)) url.pathname = url.pathname.slice(prefix.length);
  else violations.push(`${url.pathname} is not under ${prefix}`);
  const call = checkRequest({ method: request.method ?? '', url, headers: request.headers, body });
  if (typeof call === 'string') {
    violations.push(call);
    return send(response, failure(400, call));
  }
  github.calls.push(call.operationId);
  await github.before(call.operationId);
  const fault = takeFault(github, call.operationId);
  if (fault?.how === 'silent') return;
  if (fault?.how === 'disconnect') return void request.socket.destroy();
  if (fault?.how === 'text')
    return void response.writeHead(fault.status ?? 200, fault.headers).end(fault.message);
  if (fault?.how === 'status') return send(response, faultAnswer(fault), fault.headers);
  const done = carryOut(github, violations, call, request.headers.authorization ?? '');
  if (fault?.how === 'lost') return void request.socket.destroy();
  const { answer: whole, headers } = paged(github.url + request.url?.slice(prefix.length), call, done);
  send(response, whole, headers);
}

const faultAnswer = ({ status = 500, message = 'Server Error' }: Fault): Answer => failure(status, message);

function takeFault({ faults }: GitHubServer, operation: string): Fault | undefined {
  const fault = faults.find(each => each.operation === undefined || each.operation === operation);
  if (!fault) return undefined;
  fault.times = (fault.times ?? 1) - 1;
  if (fault.times <= 0) faults.splice(faults.indexOf(fault), 1);
  return fault;
}

function carryOut(github: GitHubServer, violations: string[], call: Call, authorization: string): Answer {
  const caller = github.tokens.get(authorization.replace(/^(token|bearer) /i, ''));
  if (!caller) return failure(401, 'Bad credentials');
  if (WRITES.test(call.operationId) && !caller.mayWrite)
    return failure(403, 'Resource not accessible by integration');
  const { state, url: base } = github;
  const done =
    RUN[call.operationId]?.({ ...call, state, caller, base }) ?? failure(501, 'not in the stand-in');
  const wrong = checkAnswer(call.operationId, done.status, done.list ?? done.data);
  if (wrong !== '') violations.push(wrong);
  return done;
}

/** Cuts a list into pages, and links to the next one as GitHub does. */
function paged(
  asked: string,
  { parameters }: Call,
  answer: Answer,
): { answer: Answer; headers: Record<string, string> } {
  if (!answer.list) return { answer, headers: {} };
  const size = parameters.per_page ?? 30;
  const page = parameters.page ?? 1;
  const data = answer.list.slice((page - 1) * size, page * size);
  const next = new URL(asked);
  next.searchParams.set('page', String(page + 1));
  const headers: Record<string, string> =
    page * size < answer.list.length ? { link: `<${next}>; rel="next"` } : {};
  return { answer: { status: answer.status, data }, headers };
}

function send(
  response: ServerResponse,
  { status, data }: Answer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(data === undefined ? undefined : JSON.stringify(data));
}
