import { z } from 'zod';

/** Tokens as the endpoint counted them; 0 where it does not say. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Why a request brought no answer. None of these is ever counted as safe. */
export type NoAnswerReason =
  | 'empty'
  | 'length'
  /** A filter stopped it, which the endpoint does not call a refusal. */
  | 'blocked'
  | 'malformed'
  | 'timeout'
  | 'network'
  | 'rate-limit'
  | 'server'
  | 'rejected'
  | 'no-picture'
  /** The run ended before it was sent. */
  | 'stopped'
  /** The run ended when it was sent. */
  | 'cut';

/** What came of putting one request to an endpoint. `text` is hostile: it never goes to a log. */
export type Answer = Said & {
  /** Set where an earlier attempt has asked, and paid: of a batch that it has left. */
  readonly isEarlier?: true;
};

type Said =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly truncated: boolean;
      /** Set where a filter cut it off, and not its length: nobody would have read more. */
      readonly isBlocked?: true;
      readonly usage: Usage;
      /** Set where thoughts came apart from the text, or were counted. */
      readonly hasThought?: true;
    }
  | {
      readonly kind: 'refusal';
      readonly by: 'refusal-field' | 'content-filter';
      readonly text: string;
      readonly usage: Usage;
    }
  | {
      readonly kind: 'none';
      readonly reason: NoAnswerReason;
      readonly detail: string;
      readonly usage: Usage;
    };

export const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0 };

export const noAnswer = (reason: NoAnswerReason, detail: string, usage: Usage = NO_USAGE): Answer => ({
  kind: 'none',
  reason,
  detail,
  usage,
});

/** Why what stopped for length is no answer. */
export const NO_TEXT = 'it stopped for length before any text: raise max-tokens';

export const STOPPED: Answer = noAnswer('stopped', 'not asked');
export const CUT: Answer = noAnswer('cut', 'the run ended before it came');

/** A content filter's refusal that came as an error instead of a completion. */
export const filtered = (): Answer => ({
  kind: 'refusal',
  by: 'content-filter',
  text: '',
  usage: NO_USAGE,
});

const usageSchema = z.object({
  promptTokens: z.int().nonnegative(),
  completionTokens: z.int().nonnegative(),
});

/** The answers worth keeping: what an endpoint did say. That it said nothing is asked again. */
export const keptAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    text: z.string(),
    truncated: z.boolean(),
    isBlocked: z.literal(true).exactOptional(),
    usage: usageSchema,
    hasThought: z.literal(true).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('refusal'),
    by: z.enum(['refusal-field', 'content-filter']),
    text: z.string(),
    usage: usageSchema,
  }),
]);
