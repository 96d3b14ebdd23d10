import { z } from 'zod';

/** What FastAPI says is wrong with a request that does not fit its schema: one of these for each place. */
const misfit = z.object({
  loc: z.array(z.union([z.string(), z.number()])).catch([]),
  msg: z.string(),
  type: z.unknown(),
});

const detailed = z.object({ detail: z.union([z.string(), z.array(misfit).min(1)]) });

/**
 * The body of an error as OpenAI has it, where a server made with FastAPI wrote it: `detail` in place of `error`. Several
 * that it lists stand in `misfits` one by one.
 */
export function withError(body: unknown): unknown {
  const read = detailed.safeParse(body);
  if (!read.success) return body;
  const { detail } = read.data;
  return { error: typeof detail === 'string' ? { message: detail } : listed(detail), ...Object(body) };
}

function listed(detail: readonly z.output<typeof misfit>[]) {
  const misfits = detail.map(({ loc, msg, type }) => ({
    message: [placeIn(loc), msg].filter(Boolean).join(': '),
    type,
  }));
  return { message: misfits.map(({ message }) => message).join('; '), type: detail[0]?.type, misfits };
}

/** A place within what was sent: that it is the body says nothing. */
const placeIn = ([first, ...rest]: z.output<typeof misfit>['loc']): string =>
  (first === undefined || first === 'body' ? rest : [first, ...rest]).join('.');
