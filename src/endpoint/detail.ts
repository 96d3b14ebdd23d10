import { z } from 'zod';

/** What FastAPI says is wrong with a request that does not fit its schema: one of these for each place. */
const misfit = z.object({
  loc: z.array(z.union([z.string(), z.number()])).catch([]),
  msg: z.string(),
  type: z.unknown(),
});

const detailed = z.object({ detail: z.union([z.string(), z.array(misfit).min(1)]) });

/** The body of an error as OpenAI has it, where a server made with FastAPI wrote it: `detail` in place of `error`. */
export function withError(body: unknown): unknown {
  const read = detailed.safeParse(body);
  if (!read.success) return body;
  const { detail } = read.data;
  const error =
    typeof detail === 'string'
      ? { message: detail }
      : {
          message: detail.map(({ loc, msg }) => [loc.join('.'), msg].filter(Boolean).join(': ')).join('; '),
          type: detail[0]?.type,
        };
  return { error, ...Object(body) };
}
