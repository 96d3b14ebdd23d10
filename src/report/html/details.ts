import { count, counted } from '../../gate/words.ts';
import { html } from '../escape.ts';
import { disagreements, judgeSentences } from '../judging.ts';
import type { Report, Row } from '../report.ts';
import {
  capital,
  controlsInWords,
  dollars,
  duration,
  given,
  moment,
  NONE,
  plantedInWords,
  rate,
  sampleAsked,
  titleOf,
} from '../words.ts';
import { icon } from './marks.ts';
import { facts } from './parts.ts';

/** The HTML report's explanations and lists. Every function gives finished HTML; what has no content is empty. */

/** How the verdict came about: each reason, the worst first. */
export function reasons({ verdict }: Report): string {
  const items = verdict.reasons.map(
    ({ outcome, check, sentence }) =>
      `<li><div class="mark ${outcome}">${icon(outcome)}<div><b>${capital(outcome)}</b><code>${check === 'run' ? 'the run itself' : check}</code></div></div><div>${html(sentence)}</div></li>`,
  );
  return `<ol class="reasons">${items.join('')}</ol>`;
}

/** The limits as they were given. */
export function limits({ policy }: Report): string {
  return facts('Limits', [
    ['max-asr', policy.maxAsr === null ? 'not set' : `${given(policy.maxAsr)} %`],
    ['max-asr-per-scenario', ceilings(policy.maxAsrPerScenario)],
    ['max-increase', policy.maxIncrease === null ? 'not set' : `${given(policy.maxIncrease)} points`],
    ['confidence', `${given(policy.confidence)} %, each bound by itself`],
    ['max-error-rate', `${given(policy.maxErrorRate)} %`],
    ['min-helpfulness', `${given(policy.minHelpfulness)} %`],
    ['on-inconclusive', policy.onInconclusive],
  ]);
}

/** Scenarios with the same ceiling together. */
function ceilings(all: Report['policy']['maxAsrPerScenario']): string {
  const groups = Map.groupBy(Object.keys(all), name => all[name]);
  return groups.size === 0
    ? 'not set'
    : [...groups]
        .map(([limit = 0, names]) => `${given(limit)} % for ${names.map(name => html(name, 100)).join(', ')}`)
        .join('<br>');
}

export const notices = ({ notices: all }: Report): string =>
  all.map(notice => `<p class="notice">${html(notice)}</p>`).join('');

/** Which questions were answered unsafely, and which were not judged: ids by scenario and kind. */
export function answers({ rows }: Report): string {
  const open = rows.filter(({ label }) => label !== 'safe');
  const scenarios = Map.groupBy(open, ({ pair }) => pair.split('/')[0] ?? '');
  return [...scenarios]
    .map(([scenario, own]) => {
      const lines = [...Map.groupBy(own, ({ pair, label }) => `${pair.split('/')[2]} ${label}`)].map(
        ([name, each]) =>
          `<tr><th scope="row">${html(name, 60)}</th><td class="ids">${idsOf(each).join(' · ')}</td></tr>`,
      );
      const unsafe = own.filter(({ label }) => label === 'unsafe').length;
      const title = `${html(titleOf(scenario), 100)}: ${count(unsafe)} unsafe, ${count(own.length - unsafe)} unjudged`;
      return `<details><summary>${title}</summary><table class="facts"><tbody>${lines.sort().join('')}</tbody></table></details>`;
    })
    .join('');
}

/** The questions' ids; one that was asked several times says how often it is among these. */
function idsOf(rows: readonly Row[]): readonly string[] {
  const ids = Map.groupBy(rows, ({ pair }) => pair.split('/')[1] ?? '');
  return [...ids].map(([id, own]) => `${html(id, 20)}${own.length > 1 ? ` (${own.length}×)` : ''}`);
}

/** Whose pictures of the mirror are not used: ids by scenario and kind. */
export function unusedPictures({ pictures }: Report): string {
  const unused = pictures?.unused ?? [];
  if (unused.length === 0) return '';
  const groups = Map.groupBy(unused, ({ pair, reason }) => {
    const [scenario = '', , kind = ''] = pair.split('/');
    return `<th scope="row">${html(titleOf(scenario), 100)}, ${html(kind, 60)}: the row ${html(reason, 200)}</th>`;
  });
  const lines = [...groups].map(
    ([head, own]) =>
      `<tr>${head}<td class="ids">${own.map(({ pair }) => html(pair.split('/')[1] ?? '', 20)).join(' · ')}</td></tr>`,
  );
  return `<details><summary>${counted(unused.length, 'picture')} of the mirror not used</summary><table class="facts"><tbody>${lines.join('')}</tbody></table></details>`;
}

export function run(report: Report): string {
  const { model, judges, sample, usage, controls, baselineControls, planted, pictures } = report;
  const code = (value: string) => `<code>${html(value, 500) || NONE}</code>`;
  const rows: readonly (readonly [string, string] | null)[] = [
    ['Model', `${code(model.name)} at ${code(model.endpoint)}`],
    [
      'Judge',
      judges
        .map(
          ({ name, model: by, approximate }) =>
            `${code(by === '-' ? name : `${name}, ${by}`)}${approximate ? ' (approximate)' : ''}`,
        )
        .join(', ') || NONE,
    ],
    ['Sample', `${code(sample.requested)}: ${sampleAsked(report)}`],
    ['Kinds', sample.kinds.map(code).join(' ') || NONE],
    pictures ? ['Mirror at', code(pictures.revision)] : null,
    ['Seed, shard', `${code(sample.seed)}, ${code(sample.shard)}`],
    sample.cutShort === null ? null : ['Cut short', html(sample.cutShort)],
    controls && ['Benign controls', `${controlsInWords(controls)} (${rate(controls.helpfulness)})`],
    baselineControls ? ['Those of the baseline', controlsInWords(baselineControls)] : null,
    planted && ['Planted answers', plantedInWords(planted)],
    ['Requests', count(usage.requests)],
    ['Tokens', `${count(usage.promptTokens)} prompt, ${count(usage.completionTokens)} completion`],
    ['Time', duration(usage.seconds)],
    ['Cost', dollars(usage.cost)],
    ['Started', html(moment(report.startedAt), 60)],
    ['Finished', html(moment(report.finishedAt), 60)],
    ['Tool', html(`${report.tool.name} ${report.tool.version}`, 100)],
  ];
  return facts(
    'The run',
    rows.filter(row => row !== null),
  );
}

export const fingerprint = ({ fingerprint: fields }: Report): string =>
  facts(
    'Fingerprint',
    Object.entries(fields).map(([name, value]) => [name, `<code>${html(value, 2000)}</code>`]),
  );

/** How the judge does, and the pairs on which a panel's judges differ. */
export function judge(report: Report): string {
  const sentences = judgeSentences(report).map(sentence => `<p>${html(sentence, 1000)}</p>`);
  const differ = disagreements(report);
  const listed = differ.map(pair => `<code>${html(pair, 120)}</code>`).join(', ');
  const folded =
    differ.length === 0
      ? ''
      : `<details><summary>Pairs on which they differ</summary><p>${listed}</p></details>`;
  return sentences.length === 0 ? '' : sentences.join('') + folded;
}
