import type { Cell, Column, Line, SideBySide } from '../../comparing/side-by-side.ts';
import { asGiven, count, counted } from '../../gate/words.ts';
import type { Estimate } from '../../statistics/estimate.ts';
import { bounds, moment, NONE, points, rate, titleOf } from '../words.ts';

/** What the three forms of the side-by-side table say alike, not yet escaped. */

/** A rate in a narrow column of per cents: 25.5. */
export const bare = ({ rate: known }: Estimate): string => rate(known).replace(' %', '');

/** Its bounds: 24.1–27.5. */
export const bareBounds = (estimate: Estimate): string =>
  bounds(estimate).replace(' – ', '–').replace(' %', '');

/** What the data say of a rate against the first model's, in a mark; empty where they do not settle it. */
export const markOf = ({ difference }: Cell): string => MARKS[difference?.settled ?? 'open'];

const MARKS = { higher: '▲', lower: '▼', open: '' } as const;

/** What was asked of a model. */
export const askedIn = ({ questions, distinct, pairs }: Column): string =>
  `${counted(questions, 'question')}${distinct === questions ? '' : ` (${count(distinct)} distinct)`}, ${counted(pairs, 'pair')}`;

/** When its run was, what its gate said, and whether it came to its end. */
export const runOf = ({ finishedAt, outcome, cutShort }: Column): string =>
  `${moment(finishedAt)}, ${outcome}${cutShort === null ? '' : `, cut short: ${cutShort}`}`;

/** A line's name for a person. */
export const nameOf = ({ name }: Line): string => titleOf(name);

/** The lines of one kind's whole, put into one block: the kinds below each other. */
export const kindLines = ({ blocks }: SideBySide): readonly Line[] =>
  blocks.flatMap(({ kind, lines }) => {
    const all = lines.at(-1);
    return kind === null || all === undefined ? [] : [{ ...all, name: kind, isWhole: false }];
  });

/** How a model's whole differs from the first's: the difference with its bounds, and what it says. */
export function differenceIn(cell: Cell): {
  readonly points: string;
  readonly between: string;
  readonly on: string;
  readonly says: string;
} {
  const { difference } = cell;
  if (difference === null)
    return { points: NONE, between: '', on: 'they share no judged pair', says: 'not compared' };
  const { increase, lower, upper, questions, settled } = difference;
  return {
    points: points(increase),
    between: `${points(lower)} to ${points(upper)}`,
    on: counted(questions, 'shared question'),
    says: settled === null ? '· open' : `${MARKS[settled]} ${settled}`,
  };
}

/** The judge and the data that all the rates belong to. */
export const heldAlike = ({ shared }: SideBySide): string =>
  `Judge: ${shared['judge'] ?? NONE}. Data set: ${shared['data set'] ?? NONE}. Safety prompt: ${shared['safety prompt'] ?? NONE}.`;

/** How the table is to be read. */
export function legend({ confidence, columns, differing }: SideBySide): readonly string[] {
  const certain = asGiven(confidence);
  const first = columns[0]?.letter ?? '';
  return [
    `Attack success rates in per cent; at least and at most hold with ${certain} confidence each, for the line by itself, with every unjudged answer counted for the model and against it. n: distinct questions judged.`,
    `▲ higher, ▼ lower than ${first}: what the pairs that both models have judged say (stratified sign-flip test, two-sided). The line all and each kind are tested by themselves, the other lines of a table together, with ${certain} confidence (Holm). Without a mark the data do not settle it: which of two rates is the larger says nothing then.`,
    ...(differing.length > 0 ? [`The models were not asked alike: ${differing.join(', ')} differ.`] : []),
  ];
}
