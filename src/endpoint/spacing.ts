/** A request that was sent `at` a time (ms). */
export interface Sent {
  readonly at: number;
}

/**
 * Learns the least time between two sends of an endpoint that takes one request in so many ms, and refuses what comes
 * sooner: there all that were refused came sooner after the last one that was taken than all that were taken did. Where
 * requests are refused at random, or by how many are open or came in a window, no such time parts the ones from the others.
 */
export interface Spacing {
  /** A request is sent now. */
  sends(): Sent;
  /** It was answered. */
  taken(sent: Sent): void;
  /**
   * It met 429 or 503, which says nothing of the gap where the endpoint asked for a wait. True when it came too soon, as
   * far as a gap tells: it is no sign that too many are in flight.
   */
  refused(sent: Sent, isWaitAsked: boolean): boolean;
  /** What is to be between two sends (ms); 0 while none is known. */
  readonly gap: number;
  /** Whether the gap is about as long as it has to be. */
  readonly isClose: boolean;
}

/** So many of the last requests count. */
const LAST = 64;
/** A refusal may be known after as many were sent since the last one that was taken. */
const KEPT = 256;
/** Refused and taken ones that a gap is to part at first, and the share of them that may be on the wrong side. */
const FEWEST = 3;
const ASTRAY = 1 / 4;
/** The same share of all once there is a gap: one that parts them no longer is given up. */
const ASTRAY_SINCE = 1 / 10;
/**
 * How many times what was refused is waited: the way to an endpoint takes now a little longer, now less. It is more where
 * some are refused all the same, and less again with each that is taken.
 */
const MARGIN = { least: 1.05, most: 1.25, more: 0.05, less: 0.001 };
const TICK = 1;
/** Of so many refused ones the one that came last of all is no measure: it may have been held up on its way. */
const MANY = 8;
/** What was refused is long ago: the gap shrinks by this for each that is taken, as the endpoint may have changed. */
const SHRINK = 0.95;
/** A gap of less is none (ms). */
const LEAST = 2;
/** A gap is about as long as it has to be when what was taken is no more than so many times what was refused. */
const CLOSE = 1.2;

/** What came of a request, by the time from the last one before it that was taken (ms). */
interface Sample {
  readonly after: number;
  readonly isTaken: boolean;
}

interface Parted {
  /** The longest time of those refused below the threshold, and the shortest of those taken above it (ms). */
  readonly refused: number;
  readonly taken: number;
  readonly below: number;
  readonly above: number;
  /** Those on the wrong side. */
  readonly astray: number;
}

/** By the threshold that leaves the fewest on the wrong side. */
function part(samples: readonly Sample[]): Parted {
  // Of the same time those that were taken come first, so that no threshold parts them.
  const sorted = samples.toSorted((one, two) => one.after - two.after || +two.isTaken - +one.isTaken);
  let astray = sorted.filter(({ isTaken }) => !isTaken).length;
  let best = { at: 0, astray };
  for (const [n, { isTaken }] of sorted.entries()) {
    astray += isTaken ? 1 : -1;
    if (astray < best.astray) best = { at: n + 1, astray };
  }
  const below = sorted.slice(0, best.at).filter(({ isTaken }) => !isTaken);
  const above = sorted.slice(best.at).filter(({ isTaken }) => isTaken);
  return {
    refused: below.at(below.length < MANY ? -1 : -2)?.after ?? 0,
    taken: above[0]?.after ?? Number.POSITIVE_INFINITY,
    below: below.length,
    above: above.length,
    astray: best.astray,
  };
}

/** Whether there are a few of each, and hardly one that was refused too late or taken too soon for the way to explain it. */
function isClear(samples: readonly Sample[], { refused, taken, above }: Parted): boolean {
  const soon = taken / MARGIN.most;
  const late = refused * MARGIN.most;
  const early = samples.filter(({ isTaken, after }) => !isTaken && after < soon).length;
  const astray = samples.filter(({ isTaken, after }) => (isTaken ? after < soon : after > late)).length;
  const few = Math.min(early, above);
  return few >= FEWEST && astray <= ASTRAY * few;
}

/** Half the way from what was refused to what was taken, and somewhat more than what was refused. */
const between = ({ refused, taken }: Parted, margin: number): number => {
  const least = margin * refused + TICK;
  return taken === Number.POSITIVE_INFINITY ? least : Math.max(least, (refused + taken) / 2);
};

/** What came of the last requests. */
function createSamples() {
  const samples: Sample[] = [];
  let refusals = 0;
  return {
    add(sample: Sample): void {
      samples.push(sample);
      refusals += sample.isTaken ? 0 : 1;
      if (samples.length <= LAST) return;
      // However many are refused between two that are taken, there are to be some of these.
      const oldest = refusals > LAST / 2 ? samples.findIndex(({ isTaken }) => !isTaken) : 0;
      if (!samples.splice(oldest, 1)[0]?.isTaken) refusals -= 1;
    },
    get refusals() {
      return refusals;
    },
    get all(): readonly Sample[] {
      return samples;
    },
  };
}

/** The requests that were sent last. `clock` gives ms. */
function createSends(clock: () => number) {
  const sends: (Sent & { isRefused?: boolean })[] = [];
  return {
    add(): Sent {
      const sent = { at: clock() };
      sends.push(sent);
      if (sends.length > KEPT) sends.shift();
      return sent;
    },
    refuse(sent: Sent & { isRefused?: boolean }): void {
      sent.isRefused = true;
    },
    /** How long after the last one that was taken it was sent (ms). One that is open counts: refusals come at once. */
    after(sent: Sent): number | undefined {
      const place = sends.lastIndexOf(sent);
      const last = sends.findLast(({ isRefused }, n) => n < place && !isRefused);
      return last && sent.at - last.at;
    },
  };
}

/** The gap by what came of the last requests. */
function createGap() {
  const samples = createSamples();
  let gap = 0;
  let isClose = false;
  /** A gap that was given up is looked for again after so many more, and twice as many each time. */
  let pause = LAST;
  let paused = 0;
  let margin = MARGIN.least;
  let isShrinking = false;

  const set = (wanted: number): void => {
    gap = wanted < LEAST ? 0 : wanted;
  };
  const giveUp = (): void => {
    gap = 0;
    margin = MARGIN.least;
    paused = pause;
    pause *= 2;
  };
  const seek = (): void => {
    if (paused > 0) paused -= 1;
    else if (samples.refusals >= FEWEST) {
      const parted = part(samples.all);
      if (isClear(samples.all, parted)) set(between(parted, margin));
    }
  };
  const widen = ({ after, isTaken }: Sample): void => {
    if (isTaken) margin = Math.max(MARGIN.least, margin - MARGIN.less);
    else if (after >= gap - TICK && !isShrinking) margin = Math.min(MARGIN.most, margin + MARGIN.more);
  };
  const follow = (sample: Sample): void => {
    widen(sample);
    const parted = part(samples.all);
    isShrinking = parted.below === 0;
    isClose = parted.taken <= CLOSE * parted.refused;
    if (margin >= MARGIN.most && parted.astray > 1 + ASTRAY_SINCE * samples.all.length) giveUp();
    else if (!isShrinking) set(between(parted, margin));
    else if (sample.isTaken) set(SHRINK * gap);
  };
  return {
    /** True when it is a refusal that the gap, as it is now, explains. */
    learn(sample: Sample): boolean {
      const before = margin;
      samples.add(sample);
      if (gap > 0) follow(sample);
      else seek();
      return !sample.isTaken && gap > 0 && (sample.after < gap || margin > before);
    },
    get length() {
      return gap;
    },
    get isClose() {
      return gap > 0 && isClose;
    },
  };
}

/** @param clock milliseconds */
export function createSpacing(clock: () => number): Spacing {
  const sends = createSends(clock);
  const gap = createGap();
  const learn = (sent: Sent, isTaken: boolean): boolean => {
    const after = sends.after(sent);
    return after !== undefined && gap.learn({ after, isTaken });
  };
  return {
    sends: sends.add,
    taken: sent => void learn(sent, true),
    refused(sent, isWaitAsked) {
      sends.refuse(sent);
      return !isWaitAsked && learn(sent, false);
    },
    get gap() {
      return gap.length;
    },
    get isClose() {
      return gap.isClose;
    },
  };
}
