import type { Usage } from './answer.ts';
import { createBell } from './bell.ts';

/** Dollars per million tokens. */
export interface Prices {
  readonly prompt: number;
  readonly completion: number;
  /** What a response that does not say its tokens is taken to have: else nothing would ever use up `maxCost`. */
  readonly assumed: { readonly answer: Usage; readonly judgement: Usage };
}

/** Dollars. */
const costOf = ({ prompt, completion }: Prices, { promptTokens, completionTokens }: Usage): number =>
  (promptTokens * prompt + completionTokens * completion) / 1_000_000;

/** The first are no measure of the others: after n of them a response may come to 1 + FEW / n times as much. */
const FEW = 4;

/** What requests of one kind have come to, with what is assumed of those that did not say their tokens. */
function createKind(prices: Prices | null, kind: keyof Prices['assumed']) {
  let responses = 0;
  let sum = 0;
  let squares = 0;
  let inFlight = 0;
  const tries = { ended: 0, failed: 0 };
  return {
    tries,
    async during<T>(request: () => Promise<T>): Promise<T> {
      inFlight += 1;
      try {
        return await request();
      } finally {
        inFlight -= 1;
        tries.ended += 1;
      }
    },
    get inFlight() {
      return inFlight;
    },
    /** Dollars. */
    get sum() {
      return sum;
    },
    /** Dollars that those in flight will come to. */
    get due(): number {
      return sum > 0 ? (inFlight * sum) / responses : 0;
    },
    add(usage: Usage): void {
      const cost = prices ? costOf(prices, isUncounted(usage) ? prices.assumed[kind] : usage) : 0;
      responses += 1;
      sum += cost;
      squares += cost ** 2;
    },
    /** Not the mean, but that of what is under way at any time: the dear ones are longer under way. */
    get each(): number | null {
      return sum > 0 ? (squares / sum) * (1 + FEW / responses) : null;
    },
  };
}

export type Kind = ReturnType<typeof createKind>;

const isUncounted = ({ promptTokens, completionTokens }: Usage): boolean =>
  promptTokens === 0 && completionTokens === 0;

/** What was sent and came back, over both kinds. */
export function createTally(prices: Prices | null) {
  const count = { requests: 0, putOff: 0, promptTokens: 0, completionTokens: 0, uncounted: 0 };
  const spent = createBell();
  const answers = createKind(prices, 'answer');
  const judgements = createKind(prices, 'judgement');
  return {
    count,
    spent,
    answers,
    judgements,
    putOff(requests: number): void {
      count.putOff += requests;
    },
    add(kind: Kind, usage: Usage): void {
      count.promptTokens += usage.promptTokens;
      count.completionTokens += usage.completionTokens;
      if (isUncounted(usage)) count.uncounted += 1;
      kind.add(usage);
      spent.ring();
    },
    get cost() {
      return prices && answers.sum + judgements.sum;
    },
    /** Dollars with what is in flight. */
    get due() {
      return answers.sum + judgements.sum + answers.due + judgements.due;
    },
  };
}
