import type { Sign } from './outage.ts';
import type { Sent } from './pace.ts';
import type { Pacer } from './pacer.ts';
import { type Fault, passes, RESET, type Refusal } from './problems.ts';
import type { Standing } from './standing.ts';

/** What follows what an endpoint said. `again`: another try may do better. `anew`: other words may, and it counts as no try. */
export type Next = 'settle' | 'again' | 'anew';

/** Whether a fault is not the request's own, since nobody is answered at all. */
export function createBlame(pacer: Pacer, standing: Pick<Standing, 'hasAnswered'>) {
  let last: Fault | undefined;
  const isEverybodys = (exchange: object, fault: Fault, sent: Sent, asked = 0): boolean => {
    const sign = signOf(fault);
    if (sign === undefined) return false;
    last = fault;
    return pacer.refused(exchange, sent.at, sign, asked);
  };
  return {
    isEverybodys,
    /** The same of what it said with status 200. What is `foreign` before any answer may be all that ever comes. */
    answered(exchange: object, { next, foreign }: { next: Next; foreign?: string }, sent: Sent): boolean {
      if (next === 'settle') pacer.wentWell(sent);
      if (next !== 'again') return false;
      if (foreign !== undefined && standing.hasAnswered)
        return isEverybodys(exchange, { kind: 'foreign', what: foreign }, sent);
      pacer.refused(exchange, sent.at, 'garbled');
      return false;
    },
    /** What everybody came to before the endpoint was given up; undefined while it is not. */
    get verdict(): Fault | undefined {
      return pacer.isGivenUp ? last : undefined;
    },
  };
}

/** Whether an endpoint says that it is asked too much. */
export const isOverload = (refusal: Refusal): boolean =>
  passes(refusal) && (refusal.status === 429 || refusal.status === 503);

/** What a fault tells of the endpoint itself; undefined where it is the request's own. */
function signOf(fault: Fault): Sign | undefined {
  switch (fault.kind) {
    case 'timeout':
      return 'late';
    case 'network':
      return fault.code === 'TOO_LARGE' ? undefined : signOfBreak(fault.code);
    case 'foreign':
      return 'failed';
    case 'status':
      return passes(fault) ? (fault.status === 500 ? 'failed' : 'busy') : undefined;
    default:
      return undefined;
  }
}

/** Something that takes connections and ends them, as a container's proxy does, is there before what it stands for. */
const signOfBreak = (code: string): Sign => (RESET.has(code) ? 'busy' : 'gone');
