import type { ModelAccess, RunConfig } from '../inputs.ts';
import type { Pacer } from './pacer.ts';
import { paceOf } from './teller.ts';

/** What endpoints count requests by. */
export const limitedBy = ({ baseUrl, apiKey }: ModelAccess): string =>
  `${new URL(baseUrl).origin}\n${apiKey}`;

/** Whose endpoints a run asks, and how they are reached. */
export function rolesIn({
  target,
  judging,
  baseline,
  pictures,
}: RunConfig): readonly (readonly [string, ModelAccess])[] {
  return [
    ['the model', target],
    ...(judging.model ? [['the judge', judging] as const] : []),
    ...(baseline.kind === 'model' ? [['the baseline model', baseline.access] as const] : []),
    ...(pictures.access.model ? [['the model that draws', pictures.access] as const] : []),
  ];
}

/** The pacers that a run has used, each with whose endpoint it is: those of several roles may be one. */
function pacersIn(
  config: RunConfig,
  pacers: ReadonlyMap<string, Pacer>,
): readonly { readonly endpoint: string; readonly pacer: Pacer }[] {
  const asked = Map.groupBy(rolesIn(config), ([, access]) => limitedBy(access));
  return [...asked].flatMap(([limited, its]) => {
    const pacer = pacers.get(limited);
    if (!pacer) return [];
    const host = new URL(limited.split('\n')[0] as string).host;
    return [{ endpoint: `endpoint of ${its.map(([role]) => role).join(' and ')} (${host})`, pacer }];
  });
}

/** What a person should know of endpoints that have been given up. */
export const givenUpIn = (...run: Parameters<typeof pacersIn>): readonly string[] =>
  pacersIn(...run)
    .filter(({ pacer }) => pacer.isGivenUp)
    .map(
      ({ endpoint, pacer }) =>
        `The ${endpoint} was given up, since it had answered nothing for ${pacer.waited()}: see that it is up, and run again; to have it waited for longer, raise max-retries.`,
    );

/** The same of those that slowed the run down, and answered in the end. */
export const slowedIn = (...run: Parameters<typeof pacersIn>): readonly string[] =>
  pacersIn(...run)
    .filter(({ pacer: { isGivenUp, lowest, ceiling, gap } }) => !isGivenUp && (lowest < ceiling || gap > 0))
    .map(
      ({ endpoint, pacer: { lowest, ceiling, gap } }) =>
        `The ${endpoint} slowed the run down (429, 503 or time-outs): for a time at most ${lowest} at once, of ${ceiling},${gap > 0 ? ` and ${paceOf(gap)} at the end,` : ''} so that it took longer.`,
    );
