import { parseJson } from '../common/json.ts';
import { PASSING, USED_UP } from './server-messages.ts';

/**
 * What stands around a message and between its parts: anything but letters and digits, and roughly so, as the classes of
 * Unicode take some 20 ms to be compiled, when the first answers have come and the next requests wait.
 */
const GAP = String.raw`[^a-z\d\u00C0-\u1FFF\u3040-\uD7FF\uF900-\uFDFF]`;

const LEADING = new RegExp(`^${GAP}{1,6}`);
/** With one API's and New API's mark behind every message. */
const TRAILING = new RegExp(String.raw`(?: ?\(request id: [\w-]{1,80}\))?${GAP}{0,6}$`);
/** What is said behind one. */
const BEHIND = /(?:please |kindly |you can )?(?:try again|retry|wait|slow down)\b.{0,100}$/;
const AGAIN = new RegExp(
  `${GAP}{1,4}${BEHIND.source}|${GAP}{0,3}请您?(?:稍[后候等]|重试|\\d{1,4} ?秒后).{0,20}$`,
);
/** An error's name or its status, as they stand before a message: `APIError: 502 `. */
const NAME = new RegExp(
  String.raw`^(?:\w{0,40}(?:error|exception)|http(?:/\d(?:\.\d)?)?|408|429|5\d\d)\b${GAP}{1,4}`,
);
const MOST_NAMES = 3;

/**
 * A text that is longer is more than a message, of which Azure's and Gemini's on their limits are among the longest; and what
 * is longer than that no page or frame of one (characters).
 */
const LONGEST = 500;
const LONGEST_FRAMED = 2000;

/** A page with nothing but a message in it, and the server's name, as nginx, HAProxy and Cloudflare send. */
const PAGE = /^<(?:!doctype\s+html|html)\b/i;
const COMMENT_OR_TAG = /<!--[\s\S]*?-->|<[^>]*>/g;
const SERVER_NAME = /^(?:nginx|openresty|cloudflare|apache|haproxy|envoy)(?:\/[\d.]+)?$/i;
/** A frame of a stream of events, which nobody asked for, or a comment in it. */
const FRAME = /^(?:data: ?(?:\[DONE\]|\{.*\})|: ?[A-Z ]{1,60})$/;

const isStream = (text: string): boolean => text.split(/\s*\n\s*/).every(line => FRAME.test(line));

/** What a program of Python ended by. */
const TRACEBACK = /^Traceback \(most recent call last\):(?:\n|$)/;

/** Messages that stand in a frame; undefined where there is none. */
function framedIn(text: string): readonly string[] | undefined {
  if (PAGE.test(text)) {
    const lines = text.split(COMMENT_OR_TAG).map(line => line.trim());
    return lines.filter(line => line !== '' && !SERVER_NAME.test(line));
  }
  const { error, error_msg: apisix, detail, message } = Object(text.startsWith('{') ? parseJson(text) : null);
  const said = Object(error).message ?? error ?? apisix ?? detail ?? message;
  return typeof said === 'string' ? [said] : undefined;
}

/** What a server says of itself: what passes, or a fault, or that the account there is used up. */
export type ServersWord = 'passing' | 'used-up';

function messageIn(text: string): ServersWord | undefined {
  if (text.length > LONGEST) return undefined;
  const bare = text.toLowerCase().replace(LEADING, '').replace(TRAILING, '');
  const said = bare.replace(AGAIN, '');
  for (let rest = said, names = 0; names <= MOST_NAMES; names += 1) {
    const before = rest;
    const isOneOf = (messages: readonly RegExp[]): boolean => messages.some(message => message.test(before));
    // A limit that is over after a wait is no account's end.
    if (isOneOf(USED_UP)) return said === bare ? 'used-up' : 'passing';
    if (isOneOf(PASSING)) return 'passing';
    rest = before.replace(NAME, '');
    if (rest === before) return undefined;
  }
  return undefined;
}

/**
 * What a text says that is nothing but what a server or a gateway says of itself, such as `upstream request timeout`, by
 * itself or as a page, as JSON or as frames of a stream: some send it with status 200 as if the model had said it. Undefined
 * for whatever else.
 */
export function serversWordIn(text: string): ServersWord | undefined {
  const whole = text.trim();
  const word = messageIn(whole);
  if (word !== undefined) return word;
  if (TRACEBACK.test(whole)) return 'passing';
  if (whole.length > LONGEST_FRAMED) return undefined;
  if (isStream(whole)) return 'passing';
  const words = framedIn(whole)?.map(messageIn) ?? [];
  if (words.length === 0 || words.includes(undefined)) return undefined;
  return words.includes('used-up') ? 'used-up' : 'passing';
}
