import type { ChatEndpoint } from '../../src/endpoint/chat.ts';
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { clientOptions } from '../support/client-options.ts';
import {
  completion,
  type Script,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
} from '../support/scripted-endpoint.ts';

/** A judge's endpoint over HTTP on loopback, asked by the real client without retries. */
export interface Bench {
  readonly endpoint: ChatEndpoint;
  readonly asked: ScriptedEndpoint['asked'];
  close(): Promise<void>;
}

export const clientOf = (baseUrl: string, model: string): ChatEndpoint =>
  createChatEndpoint(
    clientOptions(baseUrl, { model, apiKey: 'sk-judge', maxRetries: 0, secrets: ['sk-judge'] }),
  );

export async function benchOf(script: Script): Promise<Bench> {
  const { baseUrl, asked, close } = await scriptedEndpoint(script);
  return { endpoint: clientOf(baseUrl, 'judge-1'), asked, close };
}

/** Answers with each of the replies in turn, and with the last from then on. */
export const saying =
  (...replies: readonly string[]): Script =>
  (response, _, count) =>
    sendJson(response, completion({ content: replies[Math.min(count, replies.length) - 1] }));

/** The messages of a request. */
export const messagesOf = (asked: Bench['asked'][number] | undefined): unknown => asked?.body['messages'];
