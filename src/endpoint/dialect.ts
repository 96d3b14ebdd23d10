import { z } from 'zod';
import type { Journal } from '../journal/journal.ts';
import { keyOf } from '../journal/key.ts';
import { remembered } from '../journal/remembered.ts';

const dialectForm = z.strictObject({
  maxTokens: z.enum(['max_tokens', 'max_completion_tokens']),
  temperature: z.boolean(),
  schema: z.boolean(),
});

/** How this endpoint wants requests worded; learnt from its first refusals. */
export type Dialect = Readonly<z.output<typeof dialectForm>>;

const commonDialect = (): Dialect => ({
  maxTokens: 'max_tokens',
  temperature: true,
  schema: true,
});

/** The dialect of one endpoint, as far as it is known. */
export interface DialectLearner {
  readonly dialect: Dialect;
  /** What is worded otherwise than is common, each as a phrase for the report. */
  readonly adaptations: readonly string[];
  /**
   * Learns from the rejection of parameters in a request that was worded in the dialect `spoken`. True when the
   * request is to be sent again in other words; another may have taught them already.
   */
  learn(parameters: readonly string[], spoken: Dialect): boolean;
}

export function createDialectLearner(): DialectLearner {
  return learnerFrom(commonDialect(), () => undefined);
}

/** @param learnt is told of the dialect whenever it is another */
function learnerFrom(known: Dialect, learnt: (dialect: Dialect) => void) {
  let dialect = known;
  return {
    get dialect() {
      return dialect;
    },
    get adaptations() {
      return adaptationsIn(dialect);
    },
    recall(kept: Dialect): void {
      dialect = kept;
    },
    learn(parameters: readonly string[], spoken: Dialect): boolean {
      const before = dialect;
      const others = parameters.filter(parameter => reword(spoken, parameter));
      for (const parameter of others) dialect = reword(dialect, parameter) ?? dialect;
      if (dialect !== before) learnt(dialect);
      return others.length > 0;
    },
  };
}

/** Another wording for a parameter that the endpoint does not take; undefined when there is none, or it was tried already. */
function reword(dialect: Dialect, parameter: string): Dialect | undefined {
  if (parameter === 'max_tokens' && dialect.maxTokens === 'max_tokens') {
    return { ...dialect, maxTokens: 'max_completion_tokens' };
  }
  if (parameter === 'temperature' && dialect.temperature) return { ...dialect, temperature: false };
  if (parameter === 'response_format' && dialect.schema) return { ...dialect, schema: false };
  return undefined;
}

const adaptationsIn = ({ maxTokens, temperature, schema }: Dialect): readonly string[] => [
  ...(maxTokens === 'max_tokens' ? [] : ['max_completion_tokens instead of max_tokens']),
  ...(temperature ? [] : ["the endpoint's own temperature"]),
  ...(schema ? [] : ['no structured output']),
];

/**
 * Whether it is believed that a parameter is not taken. Where requests in the same words were answered, a message may be
 * about one of them alone, and quote it: it is believed once another has met one as well, or the parameter has a field.
 */
export function createBelief() {
  const answered = new Set<Dialect>();
  const rejected = new Set<object>();
  return {
    answered: (spoken: Dialect): void => void answered.add(spoken),
    isGiven(request: object, { param }: { readonly param?: unknown }, spoken: Dialect): boolean {
      if (param || !answered.has(spoken)) return true;
      rejected.add(request);
      return rejected.size > 1;
    },
  };
}

/** A learner that knows what an earlier attempt may have learnt. */
export interface KeptLearner extends DialectLearner {
  /** Resolves when it does. */
  readonly recalled: Promise<void>;
}

/**
 * A learner whose dialect is kept in the journal, beside the answers that were got in it: an attempt that goes on with
 * them speaks it too, and its report says so.
 *
 * @param asked whose endpoint it is, and how it is asked
 */
export function keptLearner(
  journal: Pick<Journal, 'find' | 'append'>,
  ...asked: readonly unknown[]
): KeptLearner {
  const kept = remembered(journal, keyOf('dialect', ...asked), dialectForm);
  const learner = learnerFrom(commonDialect(), kept.leave);
  const recalled = kept.recalled.then(dialect => dialect && learner.recall(dialect));
  return {
    get dialect() {
      return learner.dialect;
    },
    get adaptations() {
      return learner.adaptations;
    },
    learn: learner.learn,
    recalled,
  };
}
