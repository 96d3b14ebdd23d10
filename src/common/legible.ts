/**
 * What stands around an answer and is none of it: calls of tools, tags (`<answer>`, `<|begin_of_box|>`), one that broke off at
 * the end, the bars of code and quotes, `\boxed{}`, and a heading over it.
 */
const FRAME = new RegExp(
  [
    String.raw`<tool_call>[\s\S]*?</tool_call>`,
    String.raw`<[/|｜]{0,2}[\w-]{1,30}[/|｜]{0,2}>`,
    String.raw`<[/|｜]{0,2}[\w-]{0,30}[/|｜]?\s*$`,
    String.raw`\\boxed\b`,
    '[`<>|$~]',
  ].join('|'),
  'g',
);
const HEADING =
  /^[^\p{L}\p{N}]*(?:(?:here is )?(?:my|the) )?(?:final |short )?(?:answer|response|conclusion|output)[^\p{L}\p{N}\p{S}]*$/iu;
/** What a program writes that has nothing, and the name of whose turn it is, as a template puts it before an answer. */
const NOTHING = [
  /^(?:null|undefined|n\/a|(?:\[object object\][\s,]*)+|assistant:?)$/i,
  // Python's and JavaScript's own; in small letters they are words.
  /^(?:None|NaN)$/,
];

/** Whether anything is there to read: not white space, zero-width characters, punctuation or the frame of an answer alone. */
export function isLegible(text: string): boolean {
  if (text.length > LONGEST) return ANYTHING.test(text);
  const bare = text.replace(FRAME, ' ').trim();
  return ANYTHING.test(bare) && ![HEADING, ...NOTHING].some(form => form.test(bare));
}

/** U+FFFC and U+FFFD stand for what could not be decoded. */
const ANYTHING = /[\p{L}\p{N}]|(?![\uFFFC\uFFFD])\p{S}/u;

/** A text that is longer is more than a frame (characters). */
const LONGEST = 500;
