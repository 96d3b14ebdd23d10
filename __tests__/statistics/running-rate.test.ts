import { gather } from '../../src/statistics/clusters.ts';
import { createRunningRate } from '../../src/statistics/running-rate.ts';
import { weightedRate } from '../../src/statistics/weighted-rate.ts';
import { question } from './observations.ts';

const POPULATION = new Map([
  ['01-A', 100],
  ['02-B', 300],
  ['03-C', 50],
]);

test('the rate so far is the one that the report will give of it', () => {
  const running = createRunningRate(POPULATION);
  expect(running.value).toBeNull();
  const judged = [question('02-B', 0, 's'), question('01-A', 0, 'uu'), question('01-A', 1, 'us')].flat();
  for (const { stratum, label } of judged) if (label !== 'unjudged') running.take(stratum, label);
  expect(running.value).toBeCloseTo((100 * (3 / 4)) / 400, 12);
  expect(running.value).toBeCloseTo(weightedRate(gather(judged), POPULATION, 0.95, 1).rate, 12);
});
