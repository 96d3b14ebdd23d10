import { type Endpoint, type EndpointOptions, startEndpoint } from '../../fixtures/endpoint.ts';
import {
  type Asked,
  completion,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
} from './scripted-endpoint.ts';

/** What stands between a run and the stand-in: a proxy, a broken server, a model of a test's own. */
export interface Between {
  /** Other words for what is asked. */
  readonly asking?: (body: Asked['body']) => Asked['body'];
  /** The reply to a request in place of the stand-in's: a status and a body; undefined leaves it as it came. */
  readonly replying?: (asked: Asked, count: number, came: Came) => Partial<Came> | undefined;
  /** What a request's reply waits for. */
  readonly waiting?: (asked: Asked, count: number) => Promise<void>;
  /** Which requests get no reply at all, and keep their connection. */
  readonly hanging?: (asked: Asked, count: number) => boolean;
}

/** A reply as it came: `text` of its first choice; empty where there is none. */
interface Came {
  readonly status: number;
  readonly body: unknown;
  readonly text: string;
}

/** The stand-in with something between it and whoever asks. */
export async function endpointBehind(
  {
    asking = body => body,
    replying = () => undefined,
    waiting = async () => undefined,
    hanging = () => false,
  }: Between,
  options: EndpointOptions,
): Promise<ScriptedEndpoint> {
  const behind: Endpoint = await startEndpoint(options);
  const before = await scriptedEndpoint(async (response, asked, count) => {
    if (hanging(asked, count)) return;
    await waiting(asked, count);
    const reply = await fetch(`${behind.baseUrl}${asked.path.replace('/v1', '')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asking(asked.body)),
    }).catch(() => undefined);
    if (reply === undefined) return void response.destroy();
    const body = (await reply.json()) as { choices?: { message: { content: unknown } }[] };
    const came = { status: reply.status, body, text: String(body.choices?.[0]?.message.content ?? '') };
    const { status, body: instead } = { ...came, ...replying(asked, count, came) };
    if (typeof instead !== 'string') return sendJson(response, instead, status);
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end(instead);
  });
  return {
    ...before,
    async close() {
      await before.close();
      await behind.close();
    },
  };
}

export const isJudge = ({ body }: Asked): boolean => String(body['model']).includes('judge');

export const isControl = ({ body }: Asked): boolean => /usually done/.test(JSON.stringify(body['messages']));

/** The target answers each request with this status and body. */
export const replies = (body: unknown, status = 200): Between => ({
  replying: asked => (isJudge(asked) ? undefined : { status, body }),
});

/** The target says this to whatever it is asked. */
export const says = (text: string): Between => replies(completion({ content: text }));
