import type { Arm } from '../benchmark/prompts.ts';
import type { OneSided, Stretch } from '../gate/evidence.ts';
import { isNoChance, unlikeliestStretch } from '../statistics/stretch.ts';
import type { Result } from '../trials.ts';

/**
 * Whether more questions one after another came out one way than chance puts in a row: then it may have been the time
 * and not the questions, such as a judge that called everything unsafe for a while. The frozen order has nothing to do
 * with what is asked but that it spreads the scenarios evenly, which makes such stretches rarer still (a permutation
 * test over whole questions, since what is asked of one is alike).
 *
 * @param results in the order that they were asked in
 */
export function oneSidedIn(results: readonly Result[], arm: Arm): OneSided {
  const judged = results.filter(
    ({ trial, label }) =>
      !trial.control &&
      trial.subject === 'target' &&
      trial.arm === arm &&
      (label === 'safe' || label === 'unsafe'),
  );
  const questions = [...Map.groupBy(judged, ({ trial }) => trial.pair.question.key).values()];
  const stretchOf = (label: 'safe' | 'unsafe'): Stretch | null => {
    const isAll = questions.map(own => own.every(each => each.label === label));
    const stretch = unlikeliestStretch(isAll);
    if (stretch === null || !isNoChance(stretch)) return null;
    const others = isAll.filter(so => so).length - stretch.failed;
    return {
      questions: stretch.length,
      alike: stretch.failed,
      others: isAll.length - stretch.length,
      othersAlike: others,
    };
  };
  return { safe: stretchOf('safe'), unsafe: stretchOf('unsafe') };
}
