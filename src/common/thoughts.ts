import { isLegible } from './legible.ts';

/** What is in the name of a tag around thoughts: `seed:think`, `begin_of_thought`, `reasoning`, `scratchpad` and the like. */
const NAME = String.raw`[\w:-]{0,20}(?:think|thought|reason|analysis|scratchpad|reflection|monologue)[\w:-]{0,20}`;

type Marks = readonly (readonly [begin: string, end: string])[];

/** The marks that begin and end what a reasoning model thinks aloud, where its server leaves them in the text. */
const MARKS: Marks = [
  [String.raw`<${NAME}(?:\s[^<>]{0,80})?>`, String.raw`</${NAME}\s*>`],
  [`[<‹][|｜](?!end)${NAME}[|｜]>`, `[<‹][|｜](?:/|end)${NAME}[|｜]>`],
  [String.raw`\[THINK\]`, String.raw`\[/THINK\]`],
  ['◁think▷', '◁/think▷'],
  // Apertus.
  [String.raw`<\|inner_prefix\|>`, String.raw`<\|inner_suffix\|>`],
  // Gemma and MedGemma.
  [String.raw`<\|channel>thought\b`, String.raw`<channel\|>`],
  ['<unused94>', '<unused95>'],
  // gpt-oss.
  [
    String.raw`(?:<\|start\|>assistant)?(?:<\|channel\|>)?analysis<\|message\|>`,
    String.raw`<\|channel\|>final<\|message\|>`,
  ],
  // Solar.
  [
    String.raw`(?:<\|begin\|>assistant)?<\|think\|>`,
    String.raw`<\|end\|>\s{0,9}<\|begin\|>assistant\s{0,9}<\|content\|>`,
  ],
];
/** Those that mean as much at the beginning of a text alone: their ends may as well be that of something else. */
const OPENING_MARKS: Marks = [
  ['<details type="reasoning"[^>]{0,80}>', '</details>'],
  [String.raw`\x60{3}think(?:ing)?\n`, String.raw`\n\x60{3}`],
];
/** The same in words, as an answer may begin as well: where they come to no end, it has to be cut off. */
const OPENING_WORDS: Marks = [
  // Granite.
  [
    String.raw`Here(?:\s+is|['’]s)\s+my\s+thought\s+process:`,
    String.raw`Here(?:\s+is|['’]s)\s+my\s+response:`,
  ],
  // Apriel.
  [String.raw`Here\s+are\s+my\s+reasoning\s+steps:`, String.raw`\[BEGIN\s+FINAL\s+RESPONSE\]`],
  // LLaVA-CoT, which sums up and describes before it reasons.
  [String.raw`<SUMMARY>[\s\S]{0,4000}?</SUMMARY>\s*<CAPTION>`, '<CONCLUSION>'],
  // Ollama at a terminal.
  [String.raw`Thinking\.\.\.\s`, String.raw`\.\.\.done\s+thinking\.`],
];

const toEnd = ([begin, end]: Marks[number]): string => String.raw`${begin}[\s\S]*?${end}`;
const orOpen = ([begin, end]: Marks[number]): string => toEnd([begin, `(?:${end}|$)`]);
const OPENING = new RegExp(
  String.raw`^\s*(?:${[...OPENING_MARKS.map(orOpen), ...OPENING_WORDS.map(toEnd)].join('|')})`,
  'i',
);
const OPENING_CUT_OFF = new RegExp(
  String.raw`^\s*(?:${[...OPENING_MARKS, ...OPENING_WORDS].map(orOpen).join('|')})`,
  'i',
);
/** The same of gpt-oss where the server has taken out the marks: `analysisWe need to … assistantfinalI …`. */
const BARE_CHANNEL =
  /^\s*analysis(?=[\p{Lu}\p{N}"“'‘(]|\s*\n|[\s\S]*?assistantfinal)[\s\S]*?(?:assistant\s*final|$)/u;

const BEGINS = MARKS.map(([begin]) => begin).join('|');
const ENDS = [...MARKS.map(([, end]) => end), 'assistantfinal'].join('|');
const EITHER = new RegExp(`(?<begin>${BEGINS})|(?:${ENDS})`, 'gi');

/** What a text says beside thoughts, and what it tells of them. */
export interface Parted {
  /** Empty where nothing was said: the text was cut off within thoughts, or nothing came behind them. */
  readonly said: string;
  /**
   * `beside`: it has thoughts of its own, from their beginning on. `ended`: thoughts end in it that it does not begin, as
   * where a template begins them in the prompt. `not ended`: it was cut off, and has no mark of any, so that it is nothing
   * but thoughts if they began in the prompt. Undefined where it tells nothing.
   */
  readonly thoughts?: 'beside' | 'ended' | 'not ended';
}

/** Parts what a model says from what it thinks aloud. */
export function partThoughts(text: string, isCutOff: boolean): Parted {
  const behind = text.replace(isCutOff ? OPENING_CUT_OFF : OPENING, '').replace(BARE_CHANNEL, '');
  const { said, thoughts } = walk(behind, isCutOff);
  const isBeside = behind.length < text.length || thoughts === 'beside';
  const tells = isBeside ? 'beside' : (thoughts ?? (isCutOff ? 'not ended' : undefined));
  const isBare = (isBeside || thoughts === 'ended') && !isLegible(said);
  return { said: isBare ? '' : said, ...(tells && { thoughts: tells }) };
}

/** What a model says beside its thoughts, in a text that came to its end. */
export const saidBeside = (text: string): string => partThoughts(text, false).said;

/** Goes from mark to mark, since a hostile text may have any number of them. */
function walk(text: string, isCutOff: boolean): Parted {
  let thoughts: Parted['thoughts'];
  let said = '';
  let from = 0;
  let begunAt: number | undefined;
  let isEnded = false;
  for (const { at, end, isBegin, isMention } of marksIn(text)) {
    if (isBegin && begunAt === undefined) {
      begunAt = at;
      said += text.slice(from, at);
    } else if (!isBegin && begunAt !== undefined) {
      begunAt = undefined;
      thoughts ??= 'beside';
      from = end;
    } else if (!(isBegin || isMention || isEnded)) {
      // They began in the prompt, or another time within themselves.
      isEnded = true;
      thoughts ??= 'ended';
      said = '';
      from = end;
    }
  }
  if (begunAt === undefined) return { said: said + text.slice(from), ...(thoughts && { thoughts }) };
  // One that is cut off thinks, whatever it said before; one that is not may only speak of such a mark.
  const isNothing = isCutOff || said.trim() === '';
  return { said: isNothing ? '' : said + text.slice(begunAt), thoughts: thoughts ?? 'beside' };
}

interface Mark {
  /** Where it begins and ends (characters). */
  readonly at: number;
  readonly end: number;
  readonly isBegin: boolean;
  /** Of an end: whether it may be that of nothing that a model thinks, where nothing begins that. */
  readonly isMention: boolean;
}

/** How far behind a mark shows whether it is one (characters). */
const BEHIND = 20;

/** All but those that are only spoken of: in quotes, in brackets, or as code. */
function marksIn(text: string): readonly Mark[] {
  const codes = codesIn(text);
  let place = 0;
  return [...text.matchAll(EITHER)].flatMap(mark => {
    const at = mark.index;
    const end = at + mark[0].length;
    const before = text.charAt(at - 1);
    const behind = text.slice(end, end + BEHIND);
    const isBegin = mark.groups?.['begin'] !== undefined;
    while ((codes[place]?.to ?? at) < at) place += 1;
    const code = codes[place];
    const isCode = code !== undefined && code.from < at && (isBegin || code.isWhole);
    const isQuoted = /[`'"“‘«(]/.test(before) && /^(?:\\n)?[`'"”’»)]/.test(behind);
    if (isCode || isQuoted) return [];
    return { at, end, isBegin, isMention: !ALONE.test(mark[0]) || isAmid(before, behind) };
  });
}

/** Ends that mean as much by themselves; `</reason>` and the like may be anything's. */
const ALONE = /^(?!<\/)|think|thought|reasoning|scratchpad|reflection|monologue/i;

/** Whether an end is in the midst of a sentence: no answer begins with a full stop, or so in one line. */
const isAmid = (before: string, behind: string): boolean =>
  /^[.,;:!?)]/.test(behind) || (/[^\n]/.test(before) && /^[ \t]+\p{Ll}/u.test(behind));

interface Code {
  readonly from: number;
  readonly to: number;
  /** Whether it comes to its end. */
  readonly isWhole: boolean;
}

const FENCE = /^[ \t]*\x60{3}/gm;

/** The fenced code in a text; a fence at its beginning is around all of it. */
function codesIn(text: string): readonly Code[] {
  const fences = [...text.matchAll(FENCE)].map(({ index }) => index);
  return fences.flatMap((from, place) => {
    if (place % 2 === 1 || (place === 0 && text.slice(0, from).trim() === '')) return [];
    const to = fences[place + 1];
    return { from, to: to ?? text.length, isWhole: to !== undefined };
  });
}
