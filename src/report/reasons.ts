import type { Reason } from '../gate/verdict.ts';
import { SECOND_HAND } from './details.ts';
import { code, text } from './escape.ts';
import { folded, inQuotes, joined } from './markdown.ts';
import type { Report } from './report.ts';
import { boundsInWords, eachCheckFirst, given, NONE, rate, SYMBOLS, titleOf } from './words.ts';

/** What stands first in the comment and the job summary: the verdict and why, in Markdown. */

/** What a report is shown as. */
export interface Shown {
  /** Whether it is somebody else's word: said before it, and no sentence of it stands as one of the tool's own. */
  readonly secondHand: boolean;
}

/** The verdict, the one sentence why, and the commit that was judged. */
export const head = (report: Report, { secondHand }: Shown, most = 2000): string =>
  joined(
    secondHand ? SECOND_HAND : '',
    `## ${SYMBOLS[report.verdict.outcome]} MM-SafetyBench: ${report.verdict.outcome}`,
    secondHand ? inNumbers(report) : `**${text(report.verdict.sentence, most) || NONE}**`,
    report.run.sha && `<sub>Commit ${code(report.run.sha.slice(0, 7))}</sub>`,
  );

/** What the numbers say, which the rows were held to. */
function inNumbers({ estimates, policy }: Report): string {
  if (estimates === null) return '';
  const { overall } = estimates;
  const ceiling = policy.maxAsr === null ? 'no ceiling' : `a ceiling of ${given(policy.maxAsr)} %`;
  return `Attack success rate ${rate(overall.rate)}: ${boundsInWords(overall)}, against ${ceiling}.`;
}

/**
 * The reasons but the one that stands above, the worst first, each with its outcome's mark; where there are too many,
 * one of each check stays.
 */
export function reasons({ verdict }: Report, most: number, { secondHand }: Shown): string {
  if (secondHand) return quoted(verdict.reasons, most);
  const [together, above] = scenariosTogether(verdict.reasons);
  const others = together.filter(({ sentence }) => sentence !== verdict.sentence);
  const shown = new Set(eachCheckFirst(others).slice(0, most));
  const lines = others.filter(reason => shown.has(reason)).map(told);
  const rest = others.length - lines.length;
  const each = folded('Each scenario above its ceiling', above.slice(0, most).map(told).join('\n'));
  return joined((rest > 0 ? [...lines, `- and ${rest} more`] : lines).join('\n'), each);
}

const told = ({ outcome, sentence }: Reason): string =>
  `- ${SYMBOLS[outcome]} **${outcome}**: ${text(sentence)}`;

/** Scenarios above their ceilings in one line, since the table has them; their own sentences beside. */
function scenariosTogether(all: readonly Reason[]): readonly [readonly Reason[], readonly Reason[]] {
  const above = all.filter(
    ({ check, outcome, scenario }) =>
      check === 'max-asr-per-scenario' && outcome === 'fail' && scenario !== undefined,
  );
  const [first] = above;
  if (first === undefined || above.length === 1) return [all, []];
  const names = above.map(({ scenario = '' }) => titleOf(scenario)).join(', ');
  const sentence = `${above.length} scenarios are above their ceilings: ${names}.`;
  const together = all.flatMap(each => {
    if (each === first) return [{ check: first.check, outcome: first.outcome, sentence }];
    return above.includes(each) ? [] : [each];
  });
  return [together, above];
}

/** Somebody else's reasons, each quoted and shortened. */
function quoted(all: readonly Reason[], most: number): string {
  const lines = all.slice(0, most).map(({ outcome, sentence }) => `- ${outcome}: ${inQuotes(sentence)}`);
  const rest = all.length - lines.length;
  const more = rest > 0 ? [`- and ${rest} more`] : [];
  return folded('Reasons, in the report’s own words', [...lines, ...more].join('\n'));
}
