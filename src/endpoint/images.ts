import { z } from 'zod';
import { parseJson } from '../common/json.ts';
import type { NoPicture } from '../pictures/picture.ts';
import { openAi } from './library.ts';
import { pictureAt } from './pointed.ts';
import {
  ACCOUNT_ADVICE,
  type Fault,
  isFiltered,
  networkWords,
  REDIRECT_ADVICE,
  type Refusal,
  refusalOf,
  saidBy,
  shownUrl,
} from './problems.ts';
import { networkCode } from './transport.ts';
import { createTries, type Exchange, type Said, type TryOptions } from './tries.ts';

/** A model behind an OpenAI-compatible endpoint that draws pictures. */
export interface ImageEndpoint {
  readonly baseUrl: string;
  readonly model: string;
  /** Tries of a drawing after the first. */
  readonly maxRetries: number;
  /**
   * The bytes that came for the prompt, not looked at yet; or why there are none. Rejects only with the
   * FatalEndpointError of an endpoint that draws nothing for anybody: a wrong key, path or model, a redirect, silence.
   */
  draw(prompt: string, size: '1024x1024'): Promise<Uint8Array | NoPicture>;
}

/** The largest answer that is taken (bytes): a picture in base64. */
const LARGEST_BODY = 48 * 2 ** 20;

type Drawn = Uint8Array | NoPicture;
/** What came of a drawing, or where it lies. */
type Answered = Said<Drawn> | { readonly url: string };

const NO_JSON = 'something that is not JSON';

const drawing = z.object({
  data: z.tuple([z.object({ b64_json: z.string().nullish(), url: z.string().nullish() })], z.unknown()),
});

/**
 * An endpoint's `images/generations`. The answer may hold the picture in base64 or a URL; a URL is fetched with
 * the key only if it has the endpoint's own origin. No `response_format` is sent, since newer models reject it.
 */
export function createImageEndpoint(options: TryOptions): ImageEndpoint {
  const { baseUrl, model, maxRetries, signal } = options;
  const client = openAi({ ...options, largestBody: LARGEST_BODY, ends: signal });
  const tries = createTries(options);

  const read = (body: string): Answered => {
    const json = parseJson(body);
    if (json === undefined)
      return {
        ...again(missing(baseUrl, `answered with ${NO_JSON}`)),
        foreign: `status 200 with ${NO_JSON}`,
      };
    const { b64_json: base64, url } = drawing.safeParse(json).data?.data[0] ?? {};
    // Some put a whole `data:` URI there.
    if (base64) return settled(Buffer.from(base64.replace(/^data:[^,]*,/, ''), 'base64'));
    return url ? { url } : again(missing(baseUrl, 'answered without a picture'));
  };

  const pointed = async (url: string): Promise<Said<Drawn>> => {
    const { value, next } = await pictureAt(url, options);
    return { value: typeof value === 'string' ? missing(baseUrl, value) : value, next };
  };

  const ask = async (prompt: string, size: '1024x1024') => {
    try {
      const response = await client.images.generate({ model, prompt, size, n: 1 }).asResponse();
      return { answer: read(await response.text()), headers: response.headers };
    } catch (error) {
      // It would be as large again.
      if (networkCode(error) !== 'TOO_LARGE') throw error;
      return { answer: settled(tooLarge(baseUrl)), headers: new Headers() };
    }
  };

  const exchangeOf = (prompt: string, size: '1024x1024'): Exchange<Drawn> => ({
    send: sending(() => ask(prompt, size), pointed),
    heard(error) {
      if (!isFiltered(error)) return undefined;
      const { code } = refusalOf(error, options);
      return settled(missing(baseUrl, `refused to draw (${code})`));
    },
    failed: fault => missingFor(fault, baseUrl),
    // Not 400, but for the account's: it may be about this one prompt, in words that are not known here.
    fatal: refusal =>
      refusal.status === 400 && !refusal.isAccounts
        ? undefined
        : missingFor({ kind: 'status', ...refusal }, baseUrl).missing,
  });

  return { baseUrl, model, maxRetries, draw: (prompt, size) => tries.put(exchangeOf(prompt, size)) };
}

const settled = (value: Drawn): Said<Drawn> => ({ value, next: 'settle' });
/** What came with status 200 may be better another time. */
const again = (value: Drawn): Said<Drawn> => ({ value, next: 'again' });

const missing = (baseUrl: string, what: string): NoPicture => ({
  missing: `the images endpoint ${shownUrl(baseUrl)} ${what}`,
});

const tooLarge = (baseUrl: string): NoPicture =>
  missing(baseUrl, `sent more than ${LARGEST_BODY / 2 ** 20} MB for one picture: check image-model`);

/** Asks for a drawing. One that is drawn and does not come from where it lies is fetched again, not drawn again. */
function sending(
  ask: () => Promise<{ answer: Answered; headers: Headers }>,
  pointed: (url: string) => Promise<Said<Drawn>>,
): Exchange<Drawn>['send'] {
  let url: string | undefined;
  return async () => {
    if (url !== undefined) return { ...(await pointed(url)), headers: new Headers() };
    const { answer, headers } = await ask();
    if (!('url' in answer)) return { ...answer, headers };
    url = answer.url;
    return { ...(await pointed(url)), headers };
  };
}

/** Why there is no picture, in the project's words: the endpoint's own may echo a key or the benchmark's text. */
function missingFor(fault: Fault, baseUrl: string): NoPicture {
  switch (fault.kind) {
    case 'stopped':
    case 'cut':
      return { missing: 'the run was stopped before the picture was drawn' };
    case 'timeout':
      return missing(baseUrl, 'gave no whole answer in time');
    case 'network':
      return missing(baseUrl, networkWords(fault.code));
    case 'foreign':
      return missing(baseUrl, `answered with ${NO_JSON}`);
    case 'status':
      return { missing: `the images endpoint ${saidBy(baseUrl, fault)}: ${advice(fault)}` };
  }
}

function advice({ status, redirect, isAccounts }: Refusal): string {
  if (redirect) return REDIRECT_ADVICE;
  if (isAccounts) return ACCOUNT_ADVICE;
  if (status === 401 || status === 403) return 'check image-api-key';
  if (status === 404) return 'check image-base-url (most end in /v1) and image-model';
  if (status === 429) return 'its limit is reached';
  return status >= 500 ? 'it failed' : 'it rejects the request; check image-model';
}
