import { isPassing } from './problems.ts';
import { networkCode, readWhole, TooLargeError } from './transport.ts';
import type { Said, TryOptions } from './tries.ts';

/** The largest picture that is taken (bytes). */
const LARGEST_PICTURE = 32 * 2 ** 20;

/** Of a picture that does not come by its URL, whatever the reason. */
const OTHERWISE = 'take an images endpoint that sends the picture itself (b64_json)';

/** The bytes of a picture, or what the endpoint did in place of sending one: a sentence's end. */
type Pointed = Said<Uint8Array | string>;

const given = (value: Uint8Array | string): Pointed => ({ value, next: 'settle' });

/**
 * A picture that the endpoint points to, asked for once. Redirects are followed, as pictures lie in stores; never with
 * the key. Rejects only when the run ends.
 */
export async function pictureAt(url: string, options: TryOptions): Promise<Pointed> {
  const place = URL.canParse(url) ? new URL(url) : undefined;
  if (place?.protocol === 'data:') return given(new Uint8Array(await (await fetch(place)).arrayBuffer()));
  if (place?.protocol !== 'https:' && place?.protocol !== 'http:') {
    return given(`answered with a URL that is not http(s): ${OTHERWISE}`);
  }
  const pointed = `points to a picture at ${place.origin}`;
  if (place.username !== '' || place.password !== '') {
    return given(`${pointed} by a URL with a user or a password in it, which is not fetched: ${OTHERWISE}`);
  }
  const { value, next } = await fetched(place, options);
  return { value: typeof value === 'string' ? `${pointed}, ${value}` : value, next };
}

async function fetched(place: URL, { baseUrl, apiKey, timeout, signal }: TryOptions): Promise<Pointed> {
  const own = place.origin === new URL(baseUrl).origin && apiKey !== '';
  const late = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(place, {
      headers: own ? { authorization: `Bearer ${apiKey}` } : {},
      signal: AbortSignal.any([signal, late]),
    });
    if (response.ok) return given(await readWhole(response.body ?? [], LARGEST_PICTURE));
    await response.body?.cancel();
    return refused(response.status);
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof TooLargeError) {
      return given(`which is larger than ${LARGEST_PICTURE / 2 ** 20} MB: check image-model`);
    }
    if (late.aborted) {
      return again(`which did not come in ${timeout / 1000} s: raise request-timeout, or ${OTHERWISE}`);
    }
    return unreached(error);
  }
}

const again = (value: string): Pointed => ({ value, next: 'again' });

/** What was drawn just now may not lie in every part of a store yet, which then answers 404. */
function refused(status: number): Pointed {
  const words = `which answered ${status}`;
  if (status === 404 || isPassing(status)) return again(`${words}: run again later, or ${OTHERWISE}`);
  return given(`${words}: ${OTHERWISE}`);
}

/** How `fetch` begins, in the cause of its failure, on a URL that no other try would bring. */
const HOPELESS = [
  ['redirect count', 'which redirects without end'],
  ['bad port', 'whose port is kept from HTTP'],
] as const;

function unreached(error: unknown): Pointed {
  const { cause } = error as { cause?: { message?: unknown } };
  const hopeless = HOPELESS.find(([start]) => String(cause?.message).startsWith(start));
  if (hopeless) return given(`${hopeless[1]}: ${OTHERWISE}`);
  return again(
    `which did not come (${networkCode(error)}): check that this machine reaches it, or ${OTHERWISE}`,
  );
}
