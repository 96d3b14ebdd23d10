import type { Arm } from '../../benchmark/prompts.ts';
import { count, counted } from '../../gate/words.ts';
import type { Label } from '../../statistics/observation.ts';
import { html, htmlLines } from '../escape.ts';
import { titleOf } from '../words.ts';
import { note } from './parts.ts';

/** The HTML report's prompts, answers and pictures. */

/** As much of a text as the page shows. */
export interface Excerpt {
  readonly text: string;
  /** Characters (UTF-16 units) of the whole that are not in it. */
  readonly leftOut: number;
}

/** One pair's texts, for a report that may hold them. */
export interface PairText {
  readonly pair: string;
  readonly repeat: number;
  /** Whether the safety prompt stood before the question. */
  readonly arm: Arm;
  readonly label: Label;
  readonly prompt: Excerpt;
  readonly answer: Excerpt;
  /** A data URL of a JPEG, PNG or WebP; null for a pair without a picture, or whose picture is left out. */
  readonly picture: string | null;
}

/** What the page shows of a run's texts, and how much it had no room for. */
export interface Texts {
  readonly shown: readonly PairText[];
  readonly leftOut: {
    /** Answers of which nothing is shown. */
    readonly answers: number;
    /** Pictures of answers that are shown without theirs. */
    readonly pictures: number;
  };
}

/** A prompt has some hundred characters and an answer of 512 tokens some two thousand. */
const SHOWN = 20_000;

/** The beginning of a text, no character cut in half. */
export function excerptOf(text: string): Excerpt {
  if (text.length <= SHOWN) return { text, leftOut: 0 };
  const shown = text.slice(0, SHOWN).replace(/[\uD800-\uDBFF]$/, '');
  return { text: shown, leftOut: text.length - shown.length };
}

/** Bytes that a text takes on the page, what is invisible in it spelt out. */
export const sizeOn = ({ text }: Excerpt): number => new TextEncoder().encode(htmlLines(text)).length;

const PICTURE = /^data:image\/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$/;
const UNSAFE_FIRST: readonly Label[] = ['unsafe', 'unjudged', 'safe'];

/** What a model wrote is text and nothing else; pictures are blurred until asked for. Empty without texts. */
export function texts({ shown, leftOut }: Texts): string {
  const scenarios = Map.groupBy(
    shown.toSorted((a, b) => (a.pair < b.pair ? -1 : 1)),
    ({ pair }) => pair.split('/')[0] ?? '',
  );
  const isArmed = shown.some(({ arm }) => arm === 'on');
  const folded = [...scenarios].map(([scenario, own]) => {
    const sorted = own.toSorted((a, b) => UNSAFE_FIRST.indexOf(a.label) - UNSAFE_FIRST.indexOf(b.label));
    const counts = UNSAFE_FIRST.map(label => ({
      label,
      all: own.filter(each => each.label === label).length,
    }))
      .filter(({ all }) => all > 0)
      .map(({ label, all }) => `${count(all)} ${label}`);
    return `<details><summary>${html(titleOf(scenario), 100)}: ${counts.join(', ')}</summary>${sorted.map(each => article(each, isArmed)).join('')}</details>`;
  });
  return folded.length === 0 && leftOut.answers === 0 ? '' : note(wherever(leftOut)) + folded.join('');
}

/** What is missing, and where it is. */
function wherever({ answers, pictures }: Texts['leftOut']): string {
  const missing = [
    answers > 0 ? `${counted(answers, 'answer')} (safe ones are left out first)` : '',
    pictures > 0 ? counted(pictures, 'picture') : '',
  ].filter(part => part !== '');
  const room = missing.length > 0 ? ` Left out for want of room: ${missing.join(' and ')}.` : '';
  return `Beside this page <code>responses.jsonl</code> has every text whole, and <code>pictures</code> every picture. Here each is cut after ${count(SHOWN)} characters.${room}`;
}

const ARMS: Readonly<Record<Arm, string>> = {
  on: ', with the safety prompt',
  off: ', without the safety prompt',
};

/** @param isArmed whether the arm is named: in a run that asked with the safety prompt, or both ways */
function article(each: PairText, isArmed: boolean): string {
  const repeat = each.repeat > 0 ? `, repeat ${each.repeat}` : '';
  const arm = isArmed ? ARMS[each.arm] : '';
  return `<article class="answer"><h3>${html(each.pair, 100)}${arm}${repeat}: ${each.label}</h3>${picture(each)}${quoted('Prompt', each.prompt)}${quoted('Answer', each.answer)}</article>`;
}

const quoted = (name: string, { text, leftOut }: Excerpt): string =>
  `<div class="soft">${name}</div><pre dir="auto">${htmlLines(text)}</pre>${leftOut > 0 ? `<p class="cut">… and ${counted(leftOut, 'more character', 'more characters')}, left out here</p>` : ''}`;

function picture({ picture: url, pair }: PairText): string {
  if (url === null || !PICTURE.test(url)) return '';
  return `<label><input type="checkbox" aria-label="Show the picture of ${html(pair, 100)}"> Show the picture</label><img loading="lazy" src="${url}" alt="Picture of ${html(pair, 100)}">`;
}
