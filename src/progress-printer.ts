import { counted } from './gate/words.ts';
import { createPace } from './pace.ts';
import type { Progress } from './progress.ts';

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

/** Goes back to the beginning of a terminal's line, and takes away what stands on it, the echo of a key among it. */
const CLEAR = '\r\x1b[K';

/** A wait that is shown as one, down to its end (s): a shorter one is as well a pause between two answers. */
const LONG_WAIT = 10;

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
  const pace = createPace();
  let shownAt = output.isTTY ? Number.NEGATIVE_INFINITY : startedAt;
  let latest: Progress | undefined;
  let isLongWait = false;

  const passed = (): number => (clock() - startedAt) / 1000;
  const show = (progress: Progress, isOver: boolean) => {
    shownAt = clock();
    const { rate, left } = pace;
    const state = { ...progress, elapsed: passed(), isLongWait, rate, left, isOver };
    output.write(output.isTTY ? `${CLEAR}${barLine(state, output.columns || 80)}` : logLine(state));
  };

  return {
    update(progress) {
      latest = progress;
      isLongWait = progress.wait >= LONG_WAIT || (isLongWait && progress.wait > 0);
      pace.take(progress, passed(), isLongWait || progress.isAway);
      if (clock() - shownAt >= every) show(progress, false);
    },
    say(line) {
      const isDrawn = output.isTTY && latest !== undefined;
      output.write(`${isDrawn ? CLEAR : ''}${line}\n`);
    },
    end() {
      if (!latest) return;
      show(latest, true);
      if (output.isTTY) output.write('\n');
    },
  };
}

const logLine = (state: State): string =>
  `${factsOf(state, FULL).join(', ')}, ${counted(state.requests, 'request')}, ${state.limit === null ? 'in batches' : `${state.limit} at once`}\n`;

/** The narrowest bar (characters): where it has no room beside the facts, it is left out. */
const NARROWEST = 10;
const WIDEST = 30;

/** A terminal echoes Ctrl-C as `^C`, which is not to begin another line. */
const ECHO = '^C'.length;

/**
 * The bar beside all of the facts where there is room for that, in few words if need be; else as many of them as have
 * room, from the first on.
 */
function barLine(state: State, columns: number): string {
  const room = columns - 1;
  const worded = [FULL, SHORT].map(wording => ({ ...wording, facts: factsOf(state, wording) }));
  const first = (count: number) => worded.map(({ facts, between }) => facts.slice(0, count).join(between));
  const all = factsOf(state, FULL).length;
  const beside = first(all).find(line => NARROWEST + 1 + line.length + ECHO <= columns);
  const fewer = Array.from({ length: all }, (_, left) => first(all - left)).flat();
  const words = beside ?? fewer.find(line => line.length <= room) ?? '';
  const width = Math.min(WIDEST, columns - ECHO - words.length - 1);
  const full = Math.round((width * state.done) / Math.max(1, state.planned));
  const bar = beside === undefined ? '' : `${'█'.repeat(full)}${'░'.repeat(width - full)} `;
  return `${bar}${words}`;
}

/** What is shown of a run: with the seconds that have passed, and what its pace tells, null where it does not. */
interface State extends Progress {
  readonly elapsed: number;
  /** Whether an endpoint has asked to wait for long, and the wait is not over. */
  readonly isLongWait: boolean;
  readonly rate: number | null;
  readonly left: number | null;
  readonly isOver: boolean;
}

/** How facts are worded. */
interface Wording {
  readonly between: string;
  /** Of seconds. */
  readonly time: (seconds: number) => string;
  readonly percent: (rate: number) => string;
  readonly away: string;
}

const FULL: Wording = {
  between: ', ',
  time: roughTime,
  percent: rate => `${rate.toFixed(1)} %`,
  away: 'waiting for the endpoint',
};

/** For a narrow terminal. */
const SHORT: Wording = {
  between: ' ',
  time: shortTime,
  percent: rate => `${Math.round(rate)}%`,
  away: 'waiting',
};

/** Each with what matters more before it: where there is no room, the last ones go. */
function factsOf(state: State, wording: Wording): readonly string[] {
  const { done, kept, planned, asr, unjudged, elapsed, isOver } = state;
  const mean = (done - kept) / Math.max(elapsed, 0.001);
  const rate = isOver ? mean : (state.rate ?? mean);
  const facts = [
    `${done}/${planned}`,
    unjudged > 0 && `${unjudged} unjudged`,
    asr !== null && `ASR ${wording.percent(100 * asr)}`,
    timeOf(state, wording),
    !isHeld(state) && `${rate.toFixed(1)}/s`,
    kept > 0 && `${kept} resumed`,
  ];
  return facts.filter(fact => typeof fact === 'string');
}

const isHeld = ({ isLongWait, isAway, isOver }: State): boolean => !isOver && (isLongWait || isAway);

/** What is waited for, or the time that is left where it is known and not over. */
function timeOf(state: State, { time, away }: Wording): string {
  const { elapsed, wait, limit, isLongWait, isOver } = state;
  const most = state.timeLeft ?? Number.POSITIVE_INFINITY;
  if (isOver) return `took ${time(elapsed)}`;
  // Nobody can tell it of a batch.
  if (limit === null) return `${time(elapsed)} so far`;
  if (isLongWait) return wait < most ? `waiting ${time(wait)}` : `${time(most)} left`;
  if (state.isAway) return away;
  const left = state.left === null ? 0 : Math.min(most, Math.max(state.left, wait));
  return left === 0 ? `${time(elapsed)} so far` : `${time(left)} left`;
}

/** Seconds as `45 s`, `3 min`, `1 h 05 min`. */
function roughTime(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Seconds as `45s`, `3m`, `2h`. */
function shortTime(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)}s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes}m` : `${Math.round(minutes / 60)}h`;
}
