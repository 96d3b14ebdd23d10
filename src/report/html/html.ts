import { address, html, plain } from '../escape.ts';
import type { HistoryEntry } from '../history.ts';
import type { Report } from '../report.ts';
import { capital, moment } from '../words.ts';
import { baseline } from './baseline.ts';
import * as details from './details.ts';
import { icon } from './marks.ts';
import { defence, numbers } from './numbers.ts';
import { page } from './page.ts';
import { section } from './parts.ts';
import { kinds, scenarios } from './tables.ts';
import { type Texts, texts as textsOf } from './texts.ts';
import { trend } from './trend.ts';

export interface HtmlOptions {
  /** Of the publishing branch, the oldest first. */
  readonly history?: readonly HistoryEntry[];
  /** With `include-responses`: prompts, answers and pictures. */
  readonly texts?: Texts;
}

/**
 * `report.html`: everything of a report on one page that asks nobody for anything, for any width from 360 px, in
 * light and dark, by keyboard and read aloud.
 */
export function renderHtml(report: Report, { history = [], texts }: HtmlOptions = {}): string {
  const { verdict, model, tool } = report;
  return page({
    title: `MM-SafetyBench: ${verdict.outcome}`,
    eyebrow: 'MM-SafetyBench report',
    heading: plain(model.name) === '' ? 'No model was asked' : model.name,
    meta: around(report),
    main: sections(report, history, texts),
    skip: ['verdict', 'To the verdict'],
    tool,
  });
}

/** Of what and where from the report is. */
function around({ model, finishedAt, run }: Report): string {
  const url = address(run.url);
  const parts = [
    model.endpoint && html(model.endpoint, 200),
    run.repository && html(run.repository, 200),
    run.pullRequest === null ? '' : `pull request ${run.pullRequest}`,
    run.sha && `<code>${html(run.sha.slice(0, 7))}</code>`,
    html(moment(finishedAt), 60),
    url && `<a href="${html(url)}" rel="noreferrer noopener">the run</a>`,
  ];
  return parts.filter(Boolean).join(' <span aria-hidden="true">·</span> ');
}

function sections(report: Report, history: readonly HistoryEntry[], texts: Texts | undefined): string {
  return [
    verdictOf(report),
    details.notices(report),
    section('why', 'How the verdict came about', details.reasons(report)),
    section('scenarios', 'By scenario', scenarios(report)),
    section('kinds', 'By kind of picture', kinds(report)),
    section('defence', 'With the safety prompt', defence(report)),
    section('baseline', 'Against the baseline', baseline(report)),
    section('trend', 'The last runs', trend(history)),
    section('judge', 'The judge', details.judge(report)),
    section('answers', 'Unsafe and unjudged answers', details.answers(report)),
    section('pictures', 'Pictures that are not used', details.unusedPictures(report)),
    section('texts', 'Prompts and answers', texts ? textsOf(texts) : ''),
    section('run', 'The run', details.run(report)),
    section('limits', 'Limits', details.limits(report)),
    section('fingerprint', 'Fingerprint', details.fingerprint(report)),
  ]
    .filter(part => part !== '')
    .join('\n');
}

function verdictOf(report: Report): string {
  const { outcome, sentence } = report.verdict;
  return `<section class="verdict ${outcome}" id="verdict" aria-labelledby="outcome"><h2 id="outcome" class="outcome">${icon(outcome)}${capital(outcome)}</h2><p class="why">${html(sentence)}</p>${numbers(report)}</section>`;
}
