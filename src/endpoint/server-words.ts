import { parseJson } from '../common/json.ts';

/**
 * What stands around a message and between its parts: anything but letters and digits, and roughly so, as the classes of
 * Unicode take some 20 ms to be compiled, when the first answers have come and the next requests wait.
 */
const GAP = String.raw`[^a-z\d\u00C0-\u1FFF\u3040-\uD7FF\uF900-\uFDFF]`;

const LEADING = new RegExp(`^${GAP}{1,6}`, 'i');
/** With one API's and New API's mark behind every message. */
const TRAILING = new RegExp(String.raw`(?: ?\(request id: [\w-]{1,80}\))?${GAP}{0,6}$`, 'i');
/** What is said behind one. */
const BEHIND = /(?:please |kindly |you can )?(?:try again|retry|wait|slow down)\b.{0,100}$/;
const AGAIN = new RegExp(`${GAP}{1,4}${BEHIND.source}`, 'i');
/** An error's name or its status, as they stand before a message: `APIError: 502 `. */
const NAME = new RegExp(
  String.raw`^(?:\w{0,40}(?:error|exception)|HTTP(?:/\d(?:\.\d)?)?|408|429|5\d\d)\b${GAP}{1,4}`,
  'i',
);
const MOST_NAMES = 3;

/**
 * What servers say of themselves in place of an answer, and not of what they were asked: nothing that a filter, or an account's
 * limit that no wait ends, is behind. Each is a whole message but for what stands before and behind.
 */
const MESSAGES = [
  // The names of statuses, as nginx, Apache, HAProxy and others write them.
  /internal server error|bad gateway|gateway time-?out|request time-?out|too many requests/,
  /service (?:is )?(?:temporarily |currently )?unavailable/,
  // Envoy, and so Istio and many gateways.
  /upstream connect error or disconnect\/reset before headers\b.*|upstream request timeout|no healthy upstream/,
  // Cloudflare, and the library of OpenAI.
  /error code: (?:408|429|5\d\d|1\d{3})(?: - \{.*)?/,
  /(?:the )?request timed out|connection error/,
  // OpenAI.
  /the server had an error while processing your request(?:\. sorry about that)?/,
  /an error occurred while processing your request/,
  // OpenAI, DeepSeek, Gemini, Anthropic.
  /(?:(?:the|our) )?(?:server|service|system|engine|api) is (?:(?:currently|temporarily|too) ){0,2}(?:busy|overloaded|unavailable)(?: right now| at the moment)?/,
  /(?:that|the) model is (?:currently )?overloaded(?: with other requests)?|overloaded/,
  // OpenAI, OpenRouter.
  /you(?:'ve| have)? (?:reached|exceeded|hit) (?:the|your) rate limit/,
  /(?:api )?rate limit (?:exceeded|reached)(?: for [\w./:@-]{1,80})?(?: in organization [\w-]{1,60})?(?: on [\w ]{1,40}(?:\(\w{2,4}\)?)?)?(?:[:.] (?:limit\b|free-models).{0,140})?/,
  // LiteLLM.
  /litellm\.(?:Timeout|(?:RateLimit|APIConnection|InternalServer|ServiceUnavailable|BadGateway)Error)\b.*/,
  // FastChat, and what is built on it.
  /network error due to high traffic\b.*/,
  // Gateways written for Node.
  /fetch failed|socket hang up|request failed with status code (?:408|429|5\d\d)|timeout of \d{1,7} ?ms exceeded/,
  /(?:connect |read |write )?(?:ECONNRESET|ECONNREFUSED|ETIMEDOUT|EPIPE)\b.{0,60}/,
  // vLLM, SGLang and others by PyTorch, whose messages go on about memory; Hugging Face; gateways that got nothing.
  /(?:torch\.)?(?:cuda\.)?(?:OutOfMemoryError: )?CUDA (?:error: )?out of memory\b.*/,
  /(?:the )?(?:ai )?model (?:[\w./-]{1,80} )?is (?:currently |still )?(?:loading|(?:temporarily )?unavailable)(?:, please wait)?/,
  /no response(?: (?:was )?generated| from (?:the )?model)?/,
  // Front ends for chats.
  /(?:i'?m |we are |we're )?(?:so )?sorry,? (?:but )?(?:i am|i'm|we are|we're) (?:currently )?experiencing technical difficulties/,
  /(?:i'?m |we are |we're )?(?:so )?sorry,? (?:but )?(?:i|we) (?:was|were|am|are) unable to process your request (?:due to|because of) an? (?:internal|server|unexpected) (?:server )?error/,
  // New API; DeepSeek.
  /当前分组上游负载已饱和[，,]?请稍后再试|(?:服务器?|系统)繁忙[，,。]?请稍后(?:再试|重试)/,
].map(({ source }) => new RegExp(`^(?:${source})$`, 'i'));

/** A text that is longer is more than a message, and what is longer than that no page or frame of one (characters). */
const LONGEST = 250;
const LONGEST_FRAMED = 2000;

/** A page with nothing but a message in it, and the server's name, as nginx, HAProxy and Cloudflare send. */
const PAGE = /^<(?:!doctype\s+html|html)\b/i;
const COMMENT_OR_TAG = /<!--[\s\S]*?-->|<[^>]*>/g;
const SERVER_NAME = /^(?:nginx|openresty|cloudflare|apache|haproxy|envoy)(?:\/[\d.]+)?$/i;
/** A frame of a stream of events, which nobody asked for, or a comment in it. */
const FRAME = /^(?:data: ?(?:\[DONE\]|\{.*\})|: ?[A-Z ]{1,60})$/;

const isStream = (text: string): boolean => text.split(/\s*\n\s*/).every(line => FRAME.test(line));

/** What a program of Python ended by. */
const TRACEBACK = /^Traceback \(most recent call last\):\n/;

/** Messages that stand in a frame; undefined where there is none. */
function framedIn(text: string): readonly string[] | undefined {
  if (PAGE.test(text)) {
    const lines = text.split(COMMENT_OR_TAG).map(line => line.trim());
    return lines.filter(line => line !== '' && !SERVER_NAME.test(line));
  }
  const { error, detail, message } = Object(text.startsWith('{') ? parseJson(text) : null);
  const said = Object(error).message ?? error ?? detail ?? message;
  return typeof said === 'string' ? [said] : undefined;
}

function isMessage(text: string): boolean {
  if (text.length > LONGEST) return false;
  let rest = text.replace(LEADING, '').replace(TRAILING, '').replace(AGAIN, '');
  for (let names = 0; names <= MOST_NAMES; names += 1) {
    if (MESSAGES.some(message => message.test(rest))) return true;
    rest = rest.replace(NAME, '');
  }
  return false;
}

/**
 * Whether a text is nothing but what a server or a gateway says of itself, such as `upstream request timeout`, by itself or
 * as a page, as JSON or as frames of a stream: some send it with status 200 as if the model had said it.
 */
export const isServers = (text: string): boolean => {
  const whole = text.trim();
  if (isMessage(whole) || TRACEBACK.test(whole)) return true;
  if (whole.length > LONGEST_FRAMED) return false;
  const framed = framedIn(whole);
  return isStream(whole) || (framed !== undefined && framed.length > 0 && framed.every(isMessage));
};
