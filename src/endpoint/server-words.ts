/** Between words: anything but letters and digits. */
const GAP = String.raw`[^\p{L}\p{N}]`;

/** An error's name and its status, as they stand before a message: `APIError: 502 `. */
const BEFORE = String.raw`${GAP}{0,6}(?:(?:\w{0,40}(?:error|exception)|HTTP(?:/\d(?:\.\d)?)?)\b${GAP}{1,4}){0,2}(?:(?:408|429|5\d\d)\b${GAP}{1,4})?`;
/** What is said behind one. */
const AGAIN = /(?:please |kindly |you can )?(?:try again|retry|wait|slow down)\b.{0,100}/.source;
/** One API's and New API's, behind every message. */
const REQUEST_ID = / ?\(request id: [\w-]{1,80}\)/.source;

/**
 * What servers say of themselves in place of an answer, and not of what they were asked: nothing that a filter, or an account's
 * limit that no wait ends, is behind. Each is a whole message but for what stands before and behind.
 */
const MESSAGES: readonly RegExp[] = [
  // The names of statuses, as nginx, Apache, HAProxy and others write them.
  /internal server error|bad gateway|gateway time-?out|request time-?out|too many requests/,
  /service (?:is )?(?:temporarily |currently )?unavailable/,
  // Envoy, and so Istio and many gateways.
  /upstream connect error or disconnect\/reset before headers\b.*|upstream request timeout|no healthy upstream/,
  // Cloudflare, and the library of OpenAI.
  /error code: (?:408|429|5\d\d|1\d{3})(?: - \{.*\})?/,
  /(?:the )?request timed out|connection error/,
  // OpenAI.
  /the server had an error while processing your request(?:\. sorry about that)?/,
  /an error occurred while processing your request/,
  // OpenAI, DeepSeek, Gemini, Anthropic.
  /(?:(?:the|our) )?(?:server|service|system|engine|api) is (?:(?:currently|temporarily|too) ){0,2}(?:busy|overloaded|unavailable)(?: right now| at the moment)?/,
  /(?:that|the) model is (?:currently )?overloaded(?: with other requests)?|overloaded/,
  // OpenAI, OpenRouter.
  /you(?:'ve| have)? (?:reached|exceeded|hit) (?:the|your) rate limit/,
  /(?:api )?rate limit (?:exceeded|reached)(?: for [\w./:@-]{1,80})?(?: in organization [\w-]{1,60})?(?: on [\w ]{1,40}(?:\(\w{2,4}\))?)?(?:[:.] (?:limit\b|free-models).{0,140})?/,
  // LiteLLM.
  /litellm\.(?:Timeout|(?:RateLimit|APIConnection|InternalServer|ServiceUnavailable|BadGateway)Error)\b.*/,
  // FastChat, and what is built on it.
  /network error due to high traffic\b.*/,
  // Gateways written for Node.
  /fetch failed|socket hang up|request failed with status code (?:408|429|5\d\d)|timeout of \d{1,7} ?ms exceeded/,
  /(?:connect |read |write )?(?:ECONNRESET|ECONNREFUSED|ETIMEDOUT|EPIPE)\b.{0,60}/,
  // New API; DeepSeek.
  /当前分组上游负载已饱和[，,]?请稍后再试|(?:服务器?|系统)繁忙[，,。]?请稍后(?:再试|重试)/,
];

const ANY = MESSAGES.map(({ source }) => source).join('|');
const MESSAGE = new RegExp(
  `^${BEFORE}(?:${ANY})(?:${GAP}{1,4}${AGAIN})?(?:${REQUEST_ID})?${GAP}{0,6}$`,
  'iu',
);

/** A text that is longer is more than a message (characters). */
const LONGEST = 250;

/**
 * Whether a text is nothing but what a server or a gateway says of itself, such as `upstream request timeout`: some send it
 * with status 200 as if the model had said it.
 */
export const isServers = (text: string): boolean => {
  const whole = text.trim();
  return whole.length <= LONGEST && MESSAGE.test(whole);
};
