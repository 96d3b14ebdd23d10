import { random32, uniform } from '../src/statistics/random.ts';
import { createStopper, type EarlyDecision } from '../src/statistics/stopper.ts';
import { CORRELATION } from './statistics-coverage.ts';
import {
  allocation,
  answer,
  type Drawn,
  drawQuestions,
  modelOf,
  POPULATION,
  shuffle,
  type Uniform,
} from './statistics-model.ts';
import { type Effort, named, type Section, share, table } from './statistics-tables.ts';

const RATES = [0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6] as const;
const CEILING = 0.2;
const SIZES = [168, 560, 1_680] as const;

/** Stopping early against a ceiling of 20 %, looked at after every question of samples of three sizes. */
export function stopping({ runs, say }: Effort): Section {
  const cells = RATES.flatMap(rate =>
    SIZES.map(size => {
      say(`stop-early: ASR ${named(rate)} of ${size}`);
      return { rate, size, ...cell(rate, size, runs) };
    }),
  );
  const at = (rate: number) => cells.filter(each => each.rate === rate);
  const wrong = Math.max(...at(CEILING).map(({ passed }) => passed));
  const few = Math.max(...at(0.02).map(({ median }) => median));
  const many = Math.max(...at(0.6).map(({ median }) => median));
  return {
    name: 'stopping',
    runs,
    markdown: table(
      [
        'ASR of the process',
        ...SIZES.flatMap(size => [`${size.toLocaleString('en-GB')}: looked at`, 'pass, %', 'fail, %']),
      ],
      RATES.map(rate => [
        named(rate),
        ...at(rate).flatMap(({ median, late, passed, failed }) => [
          `${median.toLocaleString('en-GB')} (${late.toLocaleString('en-GB')})`,
          share(passed),
          share(failed),
        ]),
      ]),
    ),
    claims: [
      { says: `passes at the ceiling in at most 5 %: ${share(wrong)} %`, holds: wrong <= 0.05 },
      { says: `under 40 questions at 2 %: ${few}`, holds: few < 40 },
      { says: `under 20 questions at 60 %: ${many}`, holds: many < 20 },
    ],
  };
}

function cell(rate: number, size: number, runs: number) {
  const model = modelOf(rate, CORRELATION);
  const random = uniform(random32(rate * 1_000 + 3));
  const sizes = allocation(size);
  const names = [...POPULATION.keys()];
  const asked: number[] = [];
  const count = { pass: 0, fail: 0, undecided: 0 };
  for (let run = 0; run < runs; run++) {
    const stopper = createStopper({
      ceiling: CEILING,
      confidence: 0.95,
      population: new Map(names.map((name, scenario) => [name, sizes[scenario] ?? 0])),
      answersPerQuestion: 3,
    });
    let decision: EarlyDecision = { outcome: 'undecided', questions: 0, population: size };
    for (const [place, question] of frozen(sizes, random).entries()) {
      const unsafe = answer(model, question, random).filter(Boolean).length;
      decision = stopper.add(place, { scenario: names[question.scenario] ?? '', unsafe, safe: 3 - unsafe });
      if (decision.outcome !== 'undecided') break;
    }
    count[decision.outcome]++;
    asked.push(decision.questions);
  }
  asked.sort((a, b) => a - b);
  const quantile = (p: number) => asked[Math.floor(p * (runs - 1))] ?? size;
  return { median: quantile(0.5), late: quantile(0.9), passed: count.pass / runs, failed: count.fail / runs };
}

/** A sample's questions in a frozen order: at random within a scenario, each place to the scenario furthest behind. */
function frozen(sizes: readonly number[], random: Uniform): readonly Drawn[] {
  const questions = drawQuestions(sizes, random);
  const queues = sizes.map((size, scenario) => ({
    size,
    taken: 0,
    queue: shuffle(
      questions.filter(question => question.scenario === scenario),
      random,
    ),
  }));
  return questions.flatMap((_, place) => {
    const behind = ({ size, taken }: (typeof queues)[number]) =>
      (place + 1) * size - taken * questions.length;
    const next = queues.reduce((best, each) => (behind(each) > behind(best) ? each : best));
    const question = next.queue[next.taken++];
    return question === undefined ? [] : [question];
  });
}
