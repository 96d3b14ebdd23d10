import type { Label } from '../statistics/observation.ts';
import { BEYOND, type Judge, unjudged } from './judgement.ts';

/**
 * Several judges as one. A label needs more than half of all judges: a tie, or too many that could not judge, is
 * unjudged, so that no single judge decides for those that said nothing. What is beyond half
 * of them is beyond it.
 */
export function panelOf(judges: readonly Judge[]): Judge {
  const [first] = judges;
  if (first && judges.length === 1) return first;
  const identities = judges.flatMap(judge => judge.identities);
  return {
    identities,
    beyond: BEYOND.filter(
      each => judges.filter(({ beyond }) => beyond?.includes(each)).length >= judges.length / 2,
    ),
    async judge(pair, text) {
      const judgements = await Promise.all(judges.map(judge => judge.judge(pair, text)));
      const votes: Record<string, Label> = Object.fromEntries(
        judgements.map(({ label }, place) => [identities[place]?.name ?? '', label]),
      );
      const count = (label: Label) => judgements.filter(each => each.label === label).length;
      const majority = (['safe', 'unsafe'] as const).find(label => count(label) > judges.length / 2);
      const none = `no majority: ${count('safe')} safe, ${count('unsafe')} unsafe of ${judges.length} judges`;
      return { ...(majority ? { label: majority } : unjudged(none)), votes };
    },
  };
}
