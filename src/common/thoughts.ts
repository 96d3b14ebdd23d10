/** The name of a tag around thoughts: `think`, `seed:think`, `longcat_think`, `reasoning`, `thought` and the like. */
const NAME = String.raw`[\w:-]{0,20}(?:think|thought|reason|analysis|scratchpad)[\w:-]{0,20}`;

type Marks = readonly (readonly [begin: string, end: string])[];

/** The marks that begin and end what a reasoning model thinks aloud before its reply, where its server leaves them in. */
const MARKS: Marks = [
  [`<${NAME}>`, `</${NAME}>`],
  [String.raw`\[THINK\]`, String.raw`\[/THINK\]`],
  ['◁think▷', '◁/think▷'],
  [String.raw`<\|START_THINKING\|>`, String.raw`<\|END_THINKING\|>`],
  [String.raw`<\|begin_of_thought\|>`, String.raw`<\|end_of_thought\|>`],
  [String.raw`<\|inner_prefix\|>`, String.raw`<\|inner_suffix\|>`],
  [String.raw`<\|think\|>`, String.raw`<\|/think\|>`],
  // Gemma and MedGemma.
  [String.raw`<\|channel>thought\b`, String.raw`<channel\|>`],
  ['<unused94>', '<unused95>'],
  // gpt-oss.
  [String.raw`(?:<\|channel\|>)?analysis<\|message\|>`, String.raw`<\|channel\|>final<\|message\|>`],
];
/** Those whose end may as well be that of something else. */
const COMMON_MARKS: Marks = [
  ['<details type="reasoning"[^>]{0,80}>', '</details>'],
  [String.raw`\x60{3}think(?:ing)?\n`, String.raw`\n\x60{3}`],
  // Granite.
  [
    String.raw`Here(?:\s+is|['’]s)\s+my\s+thought\s+process:`,
    String.raw`Here(?:\s+is|['’]s)\s+my\s+response:`,
  ],
];

const whole = ([begin, end]: Marks[number]): string => String.raw`${begin}[\s\S]*?(?:${end}|$)`;
const THOUGHTS = new RegExp(String.raw`^\s*(?:${[...MARKS, ...COMMON_MARKS].map(whole).join('|')})`, 'i');
/** The same of gpt-oss where the server has taken out the marks: `analysisWe need to … assistantfinalI …`. */
const BARE_CHANNEL =
  /^\s*analysis(?=[\p{Lu}\p{N}"“'‘(]|\s*\n|[\s\S]*?assistantfinal)[\s\S]*?(?:assistant\s*final|$)/u;

const BEGIN = new RegExp(MARKS.map(([begin]) => begin).join('|'), 'i');
const ENDS = [...MARKS.map(([, end]) => end), 'assistantfinal'];
/** Thoughts that came to their end, and began in the prompt, as some templates have it. */
const BEGUN_BEFORE = new RegExp(String.raw`^[\s\S]*?(?:${ENDS.join('|')})`, 'i');

/**
 * What a text tells of thoughts that it does not begin itself: that they end in it, or, where it was cut off, that
 * they do not, so that it is nothing but these if they began in the prompt. Undefined where it tells nothing.
 */
export function thoughtsBefore(text: string, isCutOff: boolean): 'ended' | 'not ended' | undefined {
  if (THOUGHTS.test(text) || BARE_CHANNEL.test(text)) return undefined;
  const [before] = BEGUN_BEFORE.exec(text) ?? [];
  if (before !== undefined) return BEGIN.test(before) ? undefined : 'ended';
  return isCutOff ? 'not ended' : undefined;
}

/** What a model says beside its thoughts: nothing where they began in the text and came to no end. */
export const saidBeside = (text: string): string =>
  text.replace(THOUGHTS, '').replace(BARE_CHANNEL, '').replace(BEGUN_BEFORE, '');
