import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { completion, sendJson } from './scripted-endpoint.ts';

/** A line of the file that a batch was started on. */
export interface AskedLine {
  readonly custom_id: string;
  readonly method: string;
  readonly url: string;
  readonly body: Record<string, unknown>;
}

/** What is wrong with a batch. */
export interface Problem {
  readonly code?: string | number | null;
  readonly message?: string;
  readonly param?: string;
  /** Of its file, from 1. */
  readonly line?: number | string | null;
}

/** What becomes of a batch once it is looked at. Lines are objects, or texts that go out as they are. */
export interface Became {
  readonly status?: string;
  readonly output?: readonly unknown[];
  readonly errors?: readonly unknown[];
  /** The code that it failed with. */
  readonly code?: string;
  /** All that it failed with, in place of a code. */
  readonly problems?: readonly Problem[];
}

export interface BatchServer {
  readonly baseUrl: string;
  /** The lines of each batch, in the order that they were started. */
  readonly batches: readonly (readonly AskedLine[])[];
  /** Method and path of each call. */
  readonly calls: readonly string[];
  /** Names of the files that are there. */
  readonly files: () => readonly string[];
  close(): Promise<void>;
}

/** Answers a call before the server does, when it returns true. */
export type Interception = (call: string, response: ServerResponse, count: number) => boolean;

/** Answers a call that hands a file in, or starts a batch on it, before the server does, when it returns true. */
export type Refusal = (call: string, lines: readonly AskedLine[], response: ServerResponse) => boolean;

/** How an endpoint processes the files that it takes, as Azure does. */
export interface Processing {
  /** So many looks at a file show that it is not done yet; none where it is at once. */
  readonly looks?: number;
  /** How a file stands until then. */
  readonly status?: string;
  /** What a look at it shows besides from then on, in place of `processed`. */
  readonly end?: Readonly<Record<string, unknown>>;
  /** What refuses a batch on a file until then, so many times, where nothing else tells of it. */
  readonly refusal?: Problem;
}

const NOT_PROCESSED: Problem = { code: 'invalidFile', message: 'The file cannot be taken.' };

/**
 * A real HTTP server on loopback that speaks the Batch API, whose batches end as a test says.
 * `become` is asked at every look.
 */
export async function batchServer(
  become: (lines: readonly AskedLine[], batch: number, look: number) => Became | Promise<Became>,
  intercept: Interception = () => false,
  refuse: Refusal = () => false,
  { looks = 0, status = 'pending', end = {}, refusal }: Processing = {},
): Promise<BatchServer> {
  const files = new Map<string, string>();
  const names = new Map<string, string>();
  const batches: { lines: AskedLine[]; looks: number; file: string }[] = [];
  const calls: string[] = [];
  const looked = new Map<string, number>();
  const isProcessed = (file: string): boolean => (looked.get(file) ?? 0) >= looks;
  let kept = 0;
  const keep = (prefix: string, text: string): string => {
    kept += 1;
    const id = `${prefix}-${kept}`;
    files.set(id, text);
    return id;
  };
  const linesFile = (prefix: string, lines: readonly unknown[] | undefined): string | null =>
    lines
      ? keep(prefix, lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))
      : null;

  const routes: Record<string, (request: IncomingMessage, response: ServerResponse, id: string) => unknown> =
    {
      'POST files': async (request, response) => {
        const headers = { 'content-type': request.headers['content-type'] ?? '' };
        const form = await new Response(new Uint8Array(await wholeOf(request)), { headers }).formData();
        const file = form.get('file') as File;
        const text = await file.text();
        if (refuse('POST files', linesIn(text), response)) return;
        const id = keep('file', text);
        names.set(id, file.name);
        sendJson(response, { id, ...(looks > 0 && refusal === undefined && { status }) });
      },
      'GET files list': (_, response) =>
        sendJson(response, { data: [...files.keys()].map(id => ({ id, filename: names.get(id) ?? id })) }),
      'POST batches': async (request, response) => {
        const { input_file_id: file } = JSON.parse((await wholeOf(request)).toString());
        if (!isProcessed(file)) {
          if (refusal) looked.set(file, (looked.get(file) ?? 0) + 1);
          return sendJson(response, { error: refusal ?? NOT_PROCESSED }, 400);
        }
        const lines = linesIn(files.get(file) ?? '');
        if (refuse('POST batches', lines, response)) return;
        batches.push({ lines, looks: 0, file });
        sendJson(response, { id: `batch_${batches.length - 1}`, status: 'validating' });
      },
      'GET batches list': (_, response) =>
        sendJson(response, {
          data: batches.map(({ file }, n) => ({ id: `batch_${n}`, input_file_id: file })),
        }),
      'GET batches': async (_, response, id) => {
        const number = Number(id.split('_')[1]);
        const batch = batches[number];
        if (!batch) return sendJson(response, { error: { message: 'no such batch' } }, 404);
        batch.looks += 1;
        const became = await become(batch.lines, number, batch.looks);
        const { status = 'completed', output, errors, code } = became;
        const problems = became.problems ?? (code ? [{ code, message: 'sk-very-secret' }] : undefined);
        sendJson(response, {
          ...{ id, status, output_file_id: linesFile('output', output) },
          error_file_id: linesFile('errors', errors),
          errors: problems ? { data: problems } : null,
        });
      },
      'GET files state': (_, response, id) => {
        if (refusal) return sendJson(response, { error: { message: 'no such path' } }, 404);
        const state = isProcessed(id) ? { status: 'processed', ...end } : { status };
        looked.set(id, (looked.get(id) ?? 0) + 1);
        sendJson(response, { id, ...state });
      },
      'GET files': (_, response, id) => response.end(files.get(id)),
      'DELETE files': (_, response, id) =>
        files.delete(id)
          ? sendJson(response, { id, deleted: true })
          : sendJson(response, { error: { message: 'no such file' } }, 404),
      'POST batches cancel': (_, response, id) => sendJson(response, { id, status: 'cancelling' }),
    };

  const server = createServer(async (request, response) => {
    const { call, id } = callOf(request);
    calls.push(call);
    if (intercept(call, response, calls.filter(each => each === call).length)) return;
    const route = routes[call];
    if (route) await route(request, response, id);
    else sendJson(response, { error: { message: 'no such path' } }, 404);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get batches() {
      return batches.map(({ lines }) => lines);
    },
    calls,
    files: () => [...files.keys()],
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What is called, and on what. */
function callOf({ method, url = '' }: IncomingMessage): { readonly call: string; readonly id: string } {
  const [, , collection = '', id = '', action = ''] = url.replace(/\?.*/, '').split('/');
  const isState = method === 'GET' && collection === 'files' && action === '';
  const what = isState ? 'state' : action === 'content' ? '' : action;
  const last = method === 'GET' && id === '' ? 'list' : what;
  return { call: [method, collection, last].filter(Boolean).join(' '), id };
}

const linesIn = (text: string): AskedLine[] =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));

const wholeOf = async (request: IncomingMessage): Promise<Buffer> => Buffer.concat(await request.toArray());

/** A line of an output file: the body of a response, with its status. */
export const lineFor = ({ custom_id }: AskedLine, body: unknown, status = 200) => ({
  id: 'batch_req_1',
  custom_id,
  response: { status_code: status, request_id: 'r', body },
  error: null,
});

export const saying = (line: AskedLine, text: string) => lineFor(line, completion({ content: text }));

/** A line of an error file about a request that was never asked. */
export const unasked = ({ custom_id }: AskedLine, code: string) => ({
  id: 'batch_req_1',
  custom_id,
  response: null,
  error: { code, message: 'sk-very-secret' },
});

/** What becomes of an answer behind a head with status 200. */
export const SPOILINGS = ['cut', 'torn', 'a page'] as const;

/** Lets a server do what it is asked, and spoils what it says of it. */
export function spoil(response: ServerResponse, how: (typeof SPOILINGS)[number]): false {
  const writeHead = response.writeHead.bind(response);
  const end = response.end.bind(response);
  response.writeHead = () =>
    writeHead(200, { 'content-type': how === 'a page' ? 'text/html' : 'application/json' });
  response.end = (text: unknown) => {
    const half = `${text}`.slice(0, `${text}`.length / 2);
    if (how === 'cut') response.write(half, () => response.destroy());
    else end(how === 'torn' ? half : '<html></html>');
    return response;
  };
  return false;
}
