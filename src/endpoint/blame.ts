import type { Sign } from './outage.ts';
import type { Sent } from './pace.ts';
import type { Pacer } from './pacer.ts';
import { type Fault, passes, RESET, type Refusal } from './problems.ts';

/** What follows what an endpoint said. `again`: another try may do better. `anew`: other words may, and it counts as no try. */
export type Next = 'settle' | 'again' | 'anew';

/** Whether a fault is not the request's own, since nobody is answered at all. */
export function createBlame(pacer: Pacer) {
  let last: Fault | undefined;
  return {
    answered(exchange: object, next: Next, sent: Sent): void {
      if (next === 'settle') pacer.wentWell(sent);
      if (next === 'again') pacer.refused(exchange, sent.at, 'garbled');
    },
    isEverybodys(exchange: object, fault: Fault, sent: Sent, asked = 0): boolean {
      const sign = signOf(fault);
      if (sign === undefined) return false;
      last = fault;
      return pacer.refused(exchange, sent.at, sign, asked);
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
    case 'status':
      return passes(fault) ? signOfStatus(fault) : undefined;
    default:
      return undefined;
  }
}

/** Something that takes connections and ends them, as a container's proxy does, is there before what it stands for. */
const signOfBreak = (code: string): Sign => (RESET.has(code) ? 'busy' : 'gone');

function signOfStatus(refusal: Refusal): Sign {
  if (refusal.status === 500) return 'failed';
  return refusal.status > 500 || isOverload(refusal) ? 'busy' : 'late';
}
