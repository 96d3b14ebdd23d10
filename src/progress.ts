/** Where a run stands. Counts are trials: pairs, with repeats, arms and controls each for itself. */
export interface Progress {
  /** Those that have come to their own ends: what the end of the run drops is not done. */
  readonly done: number;
  /** Those of them that an earlier attempt had asked: they say nothing of how fast it goes. */
  readonly kept: number;
  readonly planned: number;
  readonly unsafe: number;
  readonly judged: number;
  readonly unjudged: number;
  readonly requests: number;
  /** Requests that may be in flight to the target now; null in batches. */
  readonly limit: number | null;
}

export interface ProgressPrinter {
  update(progress: Progress): void;
  /** Writes a line of its own, above the bar where there is one. */
  say(line: string): void;
  /** Leaves the last state standing on a line of its own. */
  end(): void;
}

/** Time between two lines in a job log (ms), and between two frames of the bar. */
const LINE_EVERY = 30_000;
const FRAME_EVERY = 100;

/**
 * Shows a run's progress as often as it is told it: a bar that is drawn over at a terminal, a line every 30 s in a job
 * log. `clock` is in milliseconds.
 */
export function createProgressPrinter(
  output: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
  clock: () => number,
): ProgressPrinter {
  const startedAt = clock();
  const every = output.isTTY ? FRAME_EVERY : LINE_EVERY;
  let shownAt = output.isTTY ? Number.NEGATIVE_INFINITY : startedAt;
  let latest: Progress | undefined;
  let shown: Progress | undefined;
  let firstAt = Number.POSITIVE_INFINITY;

  const show = (progress: Progress) => {
    shown = progress;
    shownAt = clock();
    const facts = factsOf(progress, (shownAt - startedAt) / 1000, (firstAt - startedAt) / 1000);
    output.write(
      output.isTTY
        ? `\r${barLine(progress, facts, output.columns || 80)}`
        : `${facts.join(', ')}, ${progress.requests} requests, ${progress.limit === null ? 'in batches' : `${progress.limit} at once`}\n`,
    );
  };

  return {
    update(progress) {
      latest = progress;
      if (progress.done > progress.kept) firstAt = Math.min(firstAt, clock());
      if (clock() - shownAt >= every) show(progress);
    },
    say(line) {
      const isDrawn = output.isTTY && latest !== undefined;
      output.write(isDrawn ? `\r${line.padEnd((output.columns || 80) - 1)}\n` : `${line}\n`);
    },
    end() {
      if (latest && latest !== shown) show(latest);
      if (output.isTTY && latest) output.write('\n');
    },
  };
}

/** The narrowest bar (characters): where it has no room beside the facts, it is left out. */
const NARROWEST = 10;
const WIDEST = 30;

/** As many of the facts as have room, from the first on, and the bar before them. */
function barLine({ done, planned }: Progress, facts: readonly string[], columns: number): string {
  const room = columns - 1;
  const fitting = facts
    .map((_, last) => facts.slice(0, last + 1).join(', '))
    .filter(line => line.length <= room);
  const words = fitting.at(-1) ?? '';
  const width = Math.min(WIDEST, room - words.length - 1);
  const full = Math.round((width * done) / Math.max(1, planned));
  const bar = width < NARROWEST ? '' : `${'█'.repeat(full)}${'░'.repeat(width - full)} `;
  return `${bar}${words}`.padEnd(room);
}

/** @param first seconds until the first answer that was not kept; infinite before it */
function factsOf(progress: Progress, elapsed: number, first: number): readonly string[] {
  const { done, kept, planned, unsafe, judged, unjudged } = progress;
  const rate = (done - kept) / Math.max(elapsed, 0.001);
  const facts = [
    `${done}/${planned} ${rate.toFixed(1)}/s`,
    done < planned && timeOf(progress, elapsed, first),
    judged > 0 && `ASR ${((100 * unsafe) / judged).toFixed(1)} %`,
    unjudged > 0 && `${unjudged} unjudged`,
    kept > 0 && `${kept} resumed`,
  ];
  return facts.filter(fact => typeof fact === 'string');
}

/**
 * The time that is left, once more has come in than was asked at once, and as long again has passed as the first
 * answer took; the time that has passed before, when the answers tell how long one takes and not how many come.
 */
function timeOf({ done, kept, planned, limit }: Progress, elapsed: number, first: number): string {
  const came = done - kept;
  if (came <= (limit ?? 0) || elapsed < 2 * first) return `${roughTime(elapsed)} so far`;
  return `${roughTime(((planned - done) * elapsed) / came)} left`;
}

/** Seconds as `45 s`, `3 min`, `1 h 05 min`. */
function roughTime(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
