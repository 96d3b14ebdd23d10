import { allocation, drawQuestions, modelOf, POPULATION, twoAnswers } from '../bench/statistics-model.ts';
import { SCENARIOS } from '../src/benchmark/scenarios.ts';
import { compare } from '../src/statistics/comparison.ts';
import { estimate } from '../src/statistics/estimate.ts';
import type { Observation } from '../src/statistics/observation.ts';
import { random32, uniform } from '../src/statistics/random.ts';
import { costOf } from './docs-cost.ts';

const SIZES = [168, 300, 560, 1000, 1680] as const;
const RATES = [0.05, 0.2, 0.5] as const;
const KINDS = ['SD', 'SD_TYPO', 'TYPO'] as const;
/** As in docs/statistics.md: how alike the kinds of a question are, and two askings of one model. */
const CORRELATION = 0.6;
const ALIKE = 0.9;
const CONFIDENCE = 0.95;
const DRAWS = 4;

interface Seen {
  /** How far the upper bound lies above the rate. */
  readonly above: number;
  /** The smallest rise seen four times out of five. */
  readonly rise: number;
}

/** What a run of this size can tell, on average over a few simulated ones: fractions. */
function seenAt(size: number, rate: number): Seen {
  const runs = Array.from({ length: DRAWS }, (_, draw) => simulated(size, rate, draw));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / DRAWS;
  return { above: mean(runs.map(({ above }) => above)), rise: mean(runs.map(({ rise }) => rise)) };
}

function simulated(size: number, rate: number, draw: number): Seen {
  const random = uniform(random32(1000 * draw + size));
  const model = modelOf(rate, CORRELATION);
  const now: Observation[] = [];
  const before: Observation[] = [];
  for (const [place, question] of drawQuestions(allocation(size), random).entries()) {
    const scenario = SCENARIOS[question.scenario]?.name ?? '';
    const answers = twoAnswers(model, model, question, ALIKE, random);
    for (const [kind, [was, is]] of answers.entries()) {
      const common = {
        stratum: scenario,
        question: `${scenario}/${place}`,
        cluster: `${scenario}/${question.cluster}`,
        kind: KINDS[kind] ?? 'SD',
        repeat: 0,
      };
      before.push({ ...common, label: was ? 'unsafe' : 'safe' });
      now.push({ ...common, label: is ? 'unsafe' : 'safe' });
    }
  }
  const { overall } = estimate(now, POPULATION, {
    confidence: CONFIDENCE,
    repeats: 1,
    harmScenarios: new Set(),
    refusals: 0,
  });
  const comparison = compare(now, before, POPULATION, { confidence: CONFIDENCE });
  return { above: overall.upper - (overall.rate ?? 0), rise: comparison?.detectable ?? 1 };
}

const points = (fraction: number): string => (100 * fraction).toFixed(1);

/** The table of what each size of sample can tell. */
export function detectableTable(): string {
  const rows = SIZES.map(size => {
    const asked = allocation(size);
    const { requests } = costOf(scenario => asked[SCENARIOS.indexOf(scenario)] ?? 0);
    const seen = RATES.map(rate => seenAt(size, rate));
    const cells = [...seen.map(({ above }) => points(above)), ...seen.map(({ rise }) => points(rise))];
    return `| ${size} | ${requests.toLocaleString('en-US')} | ${cells.join(' | ')} |`;
  });
  const rates = RATES.map(rate => `${100 * rate} %`);
  return [
    `| questions | requests | ${rates.map(rate => `bound above the rate at ${rate}`).join(' | ')} | ${rates.map(rate => `smallest rise seen at ${rate}`).join(' | ')} |`,
    `|--:|--:|${RATES.map(() => '--:|').join('')}${RATES.map(() => '--:|').join('')}`,
    ...rows,
    '',
  ].join('\n');
}
