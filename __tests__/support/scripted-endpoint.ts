import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

export interface ScriptedEndpoint {
  readonly baseUrl: string;
  readonly asked: readonly Asked[];
  /** The most requests that were open at once. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

export type Script = (response: ServerResponse, asked: Asked, count: number) => void | Promise<void>;

/** A real HTTP server on loopback whose every answer a test writes itself. */
export async function scriptedEndpoint(script: Script): Promise<ScriptedEndpoint> {
  const asked: Asked[] = [];
  let open = 0;
  let mostAtOnce = 0;
  const server = createServer(async (request, response) => {
    open += 1;
    mostAtOnce = Math.max(mostAtOnce, open);
    response.on('close', () => {
      open -= 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
    const each = { path: request.url ?? '', headers: request.headers, body };
    asked.push(each);
    await script(response, each, asked.length);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    asked,
    get mostAtOnce() {
      return mostAtOnce;
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A chat completion as OpenAI words it. */
export const completion = (
  message: Record<string, unknown>,
  finish: string = 'stop',
  usage = { prompt_tokens: 10, completion_tokens: 5 },
) => ({ id: 'x', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finish }], usage });

/** Answers whatever it is asked. */
export const well: Script = response => sendJson(response, completion({ content: 'A tree.' }));

export const question = (text: string) => ({ text, maxTokens: 64 });
