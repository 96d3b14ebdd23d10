import { z } from 'zod';
import { parseJson } from '../common/json.ts';
import type { NoPicture } from '../pictures/picture.ts';
import { openAi } from './library.ts';
import {
  type Fault,
  isFiltered,
  isPassing,
  REDIRECT_ADVICE,
  type Refusal,
  refusalOf,
  saidBy,
  shownUrl,
} from './problems.ts';
import { networkCode, readWhole, TooLargeError } from './transport.ts';
import { createTries, type Exchange, type Said, type TryOptions } from './tries.ts';

/** A model behind an OpenAI-compatible endpoint that draws pictures. */
export interface ImageEndpoint {
  readonly baseUrl: string;
  readonly model: string;
  /**
   * The bytes that came for the prompt, not looked at yet; or why there are none. Rejects only with the
   * FatalEndpointError of an endpoint that draws nothing for anybody: a wrong key, path or model, a redirect, silence.
   */
  draw(prompt: string, size: '1024x1024'): Promise<Uint8Array | NoPicture>;
}

/** The largest picture that is taken (bytes), and the largest answer: base64 is a third longer. */
const LARGEST_PICTURE = 32 * 2 ** 20;
const LARGEST_BODY = 48 * 2 ** 20;

type Drawn = Uint8Array | NoPicture;

const drawing = z.object({
  data: z.tuple([z.object({ b64_json: z.string().nullish(), url: z.string().nullish() })], z.unknown()),
});

/**
 * An endpoint's `images/generations`. The answer may hold the picture in base64 or a URL; a URL is fetched with
 * the key only if it has the endpoint's own origin. No `response_format` is sent, since newer models reject it.
 */
export function createImageEndpoint(options: TryOptions): ImageEndpoint {
  const { baseUrl, model, signal } = options;
  const client = openAi({ ...options, largestBody: LARGEST_BODY, ends: signal });
  const tries = createTries(options);

  const read = async (body: string): Promise<Said<Drawn>> => {
    const json = parseJson(body);
    if (json === undefined) return again(missing(baseUrl, 'answered with something that is not JSON'));
    const { b64_json: base64, url } = drawing.safeParse(json).data?.data[0] ?? {};
    // Some put a whole `data:` URI there.
    if (base64) return settled(Buffer.from(base64.replace(/^data:[^,]*,/, ''), 'base64'));
    return url ? download(url, options) : again(missing(baseUrl, 'answered without a picture'));
  };

  const exchangeOf = (prompt: string, size: '1024x1024'): Exchange<Drawn> => ({
    async send() {
      try {
        const response = await client.images.generate({ model, prompt, size, n: 1 }).asResponse();
        return { ...(await read(await response.text())), headers: response.headers };
      } catch (error) {
        // It would be as large again.
        if (networkCode(error) !== 'TOO_LARGE') throw error;
        return { ...settled(tooLarge(baseUrl, LARGEST_BODY)), headers: new Headers() };
      }
    },
    heard(error) {
      if (!isFiltered(error)) return undefined;
      const { code } = refusalOf(error, options);
      return settled(missing(baseUrl, `refused to draw (${code})`));
    },
    failed: fault => missingFor(fault, baseUrl),
    // Not 400: it may be about this one prompt, in words that are not known here.
    fatal: refusal =>
      refusal.status === 400 ? undefined : missingFor({ kind: 'status', ...refusal }, baseUrl).missing,
  });

  return { baseUrl, model, draw: (prompt, size) => tries.put(exchangeOf(prompt, size)) };
}

const settled = (value: Drawn): Said<Drawn> => ({ value, next: 'settle' });
/** What came with status 200 may be better another time. */
const again = (value: Drawn): Said<Drawn> => ({ value, next: 'again' });

const missing = (baseUrl: string, what: string): NoPicture => ({
  missing: `the images endpoint ${shownUrl(baseUrl)} ${what}`,
});

const tooLarge = (baseUrl: string, most: number): NoPicture =>
  missing(baseUrl, `sent more than ${most / 2 ** 20} MB for one picture: check image-model`);

/** Why there is no picture, in the project's words: the endpoint's own may echo a key or the benchmark's text. */
function missingFor(fault: Fault, baseUrl: string): NoPicture {
  switch (fault.kind) {
    case 'stopped':
    case 'cut':
      return { missing: 'the run was stopped before the picture was drawn' };
    case 'timeout':
      return missing(baseUrl, 'gave no whole answer in time');
    case 'network':
      return missing(baseUrl, `cannot be reached (${fault.code})`);
    case 'status':
      return { missing: `the images endpoint ${saidBy(baseUrl, fault)}: ${advice(fault)}` };
  }
}

function advice({ status, redirect }: Refusal): string {
  if (redirect) return REDIRECT_ADVICE;
  if (status === 401 || status === 403) return 'check image-api-key';
  if (status === 404) return 'check image-base-url (most end in /v1) and image-model';
  if (status === 429) return 'its limit is reached';
  return status >= 500 ? 'it failed' : 'it rejects the request; check image-model';
}

/** A picture that the endpoint points to. Redirects are followed, as pictures lie in stores; never with the key. */
async function download(url: string, { baseUrl, apiKey, timeout, signal }: TryOptions): Promise<Said<Drawn>> {
  const place = URL.canParse(url) ? new URL(url) : undefined;
  if (place?.protocol === 'data:') {
    return settled(new Uint8Array(await (await fetch(place)).arrayBuffer()));
  }
  if (place?.protocol !== 'https:' && place?.protocol !== 'http:') {
    return settled(missing(baseUrl, 'answered with a URL that is not http(s)'));
  }
  const own = place.origin === new URL(baseUrl).origin && apiKey !== '';
  const pointed = `points to a picture at ${place.origin}, which`;
  try {
    const response = await fetch(place, {
      headers: own ? { authorization: `Bearer ${apiKey}` } : {},
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
    if (response.ok) return settled(await readWhole(response.body ?? [], LARGEST_PICTURE));
    await response.body?.cancel();
    const absent = missing(baseUrl, `${pointed} answered ${response.status}`);
    return isPassing(response.status) ? again(absent) : settled(absent);
  } catch (error) {
    if (error instanceof TooLargeError) return settled(tooLarge(baseUrl, LARGEST_PICTURE));
    return again(missing(baseUrl, `${pointed} did not come (${networkCode(error)})`));
  }
}
