import OpenAI, { type APIError } from 'openai';
import { withError } from './detail.ts';
import { createTransport, type TransportOptions } from './transport.ts';

/** How one endpoint is reached; what every client of it has in common. */
export interface Access extends TransportOptions {
  readonly baseUrl: string;
  /** Empty sends no key. */
  readonly apiKey: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For one try, from sending to the head, or to the last byte of a body that is read whole (ms). */
  readonly timeout: number;
}

/** Hears as well what servers made with FastAPI say is wrong: the library reads no more than an `error`. */
class Client extends OpenAI {
  protected override makeStatusError(
    status: number,
    body: object | undefined,
    message: string | undefined,
    headers: Headers,
  ): APIError {
    return super.makeStatusError(status, Object(withError(body)), message, headers);
  }
}

/** The library's client, which retries nothing unless a call says so. The one place that makes one. */
export function openAi({ baseUrl, apiKey, headers, timeout, ...transport }: Access): OpenAI {
  return new Client({
    baseURL: baseUrl,
    apiKey: apiKey || 'none',
    // Nothing of the runner's environment goes to the endpoint, and the library logs nothing.
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    timeout,
    defaultHeaders: { ...(apiKey ? {} : { Authorization: null }), ...headers },
    fetch: createTransport(transport),
  });
}
