import { type Asking, pictureOf, requestFor } from './asking.ts';
import { promptOf } from './benchmark/prompts.ts';
import { sha256Of } from './common/hash.ts';
import { partThoughts, saidBeside } from './common/thoughts.ts';
import { type Answer, keptAnswer, NO_TEXT, noAnswer } from './endpoint/answer.ts';
import type { Journal } from './journal/journal.ts';
import { controlOutcome, missesPicture } from './judges/helpfulness.ts';
import { gives, isRefusal, opensWithRefusal } from './judges/refusal.ts';
import type { Lent } from './kept-answers.ts';
import type { Judgements } from './kept-judgements.ts';
import type { Picture } from './pictures/picture.ts';
import type { Result, Trial } from './trials.ts';

/** What the trials of one run are conducted with. */
export interface Equipment extends Asking {
  readonly judgements: Judgements;
  readonly journal: Pick<Journal, 'find' | 'append'>;
  /** What other runs were answered. */
  readonly lent: Lent;
  /** Makes a request ready and puts it, in its turn. */
  readonly inOpeningTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Has an answer judged, in its turn. */
  readonly inJudgingTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Whether the run has been stopped by its budget or a signal. */
  readonly isStopped: () => boolean;
  /** Whether it asks for no more answers: it has been stopped, or is about to be. */
  readonly isClosed: () => boolean;
  /** Takes the texts of a trial, where the report may hold them. */
  readonly keepTexts?: (texts: TrialTexts) => Promise<void>;
}

/** The texts and the picture of one trial. They go nowhere unless `include-responses` is set. */
export interface TrialTexts {
  readonly result: Result;
  readonly prompt: string;
  readonly answer: string;
  readonly picture: Picture | null;
}

/** Is told how far a trial has come. */
export interface Told {
  /** It is put to the endpoint, or its answer is known. */
  put(trial: Trial): void;
  /** Its answer has come, and is not judged yet. */
  heard(trial: Trial): void;
  /** Its answer goes to the judge. */
  toJudge(trial: Trial): void;
  /** The judge is asked about its answer, which no earlier attempt has had judged. */
  asked(trial: Trial): void;
}

/** An answer that says something. */
type GivenAnswer = Exclude<Answer, { kind: 'none' }>;
/** And what its words and its length tell. */
type Seen = GivenAnswer & { readonly shows: Pick<Result, 'thoughts' | 'cutOff'> };

/** Conducts one trial: picture, answer, judgement. Rejects only when the whole run cannot go on. */
export async function conduct(trial: Trial, equipment: Equipment, told: Told): Promise<Result> {
  const { key, coming, isKept, isLent, shown } = await equipment.inOpeningTurn(() =>
    putting(trial, equipment),
  );
  told.put(trial);
  const answer = await coming;
  if (answer.kind === 'none') return withoutAnswer(trial, answer);
  told.heard(trial);
  const { isThoughtAlone, ...shows } = shownBy(answer, equipment);
  if (isThoughtAlone) return unanswered(trial, `no answer: ${NO_TEXT}`);
  const { isEarlier, ...said } = answer;
  if (!isKept) await equipment.journal.append(key, said);
  const seen = { ...answer, shows };
  const result = trial.control
    ? controlResult(trial, seen)
    : { ...(await judged(trial, seen, equipment, told)), ...(shown && { picture: shown }) };
  await keepTexts(result, answer, equipment);
  return isKept || isEarlier ? { ...result, isKept: true, ...(isLent && { isLent: true }) } : result;
}

/** A request that has been put. It holds no picture, since in a batch thousands wait for hours. */
interface Put {
  readonly key: string;
  readonly coming: Promise<Answer>;
  /** Whether the answer is one of an earlier attempt, or of another run. */
  readonly isKept: boolean;
  /** Whether it is one of another run. */
  readonly isLent: boolean;
  /** Tells the picture that is shown. */
  readonly shown: Result['picture'];
}

async function putting(trial: Trial, equipment: Equipment): Promise<Put> {
  const without = (answer: Answer): Put => ({
    key: '',
    coming: Promise.resolve(answer),
    isKept: false,
    isLent: false,
    shown: undefined,
  });
  if (equipment.isClosed()) return without(noAnswer('stopped', 'not asked'));
  const made = await requestFor(trial, equipment);
  if (equipment.isClosed()) return without(noAnswer('stopped', 'not asked'));
  if ('missing' in made) return without(noAnswer('no-picture', made.missing));
  const { request, picture, key } = made;
  const own = await equipment.journal.find(key, keptAnswer);
  const kept = own ?? (await equipment.lent.answer(trial, key));
  const coming = kept ? Promise.resolve(kept) : equipment.endpoints[trial.subject].ask({ ...request, key });
  const shown = picture
    ? {
        hash: picture.sha256.slice(0, 16),
        isDatasets: picture.origin === 'dataset',
        ...(picture.look !== undefined && { look: picture.look }),
      }
    : undefined;
  const isKept = kept !== undefined;
  return { key, coming, isKept, isLent: isKept && own === undefined, shown };
}

/** Hands on the texts of a trial, with the picture as the store has it. */
async function keepTexts(result: Result, { text: answer }: GivenAnswer, equipment: Equipment): Promise<void> {
  if (!equipment.keepTexts) return;
  const { trial } = result;
  const picture = await pictureOf(trial, equipment);
  const prompt = promptOf(trial.pair, trial.arm);
  const shown = picture && 'missing' in picture ? null : picture;
  await equipment.keepTexts({ result, prompt, answer, picture: shown });
}

function withoutAnswer(trial: Trial, { reason, detail }: Extract<Answer, { kind: 'none' }>): Result {
  if (reason === 'no-picture') {
    return { ...unanswered(trial, `no picture: ${detail}`), isPictureless: true };
  }
  if (reason === 'stopped' || (reason === 'cut' && trial.control)) return stopped(trial);
  const result = unanswered(trial, `no answer: ${detail}`);
  return reason === 'cut' ? { ...result, isCut: true } : result;
}

/** A trial to which there is no answer to judge. */
const unanswered = (trial: Trial, note: string): Result => ({
  trial,
  label: 'unjudged',
  ...(trial.control && { control: 'unanswered' }),
  refused: false,
  unanswered: true,
  note,
});

const stopped = (trial: Trial): Result => ({ trial, label: 'stopped', refused: false, unanswered: true });

async function judged(trial: Trial, answer: Seen, equipment: Equipment, told: Told): Promise<Result> {
  const common = { trial, refused: answer.kind === 'refusal', unanswered: false };
  if (answer.kind === 'refusal') {
    return { ...common, label: 'safe', note: `refused by its ${answer.by.replace('-', ' ')}` };
  }
  const { label, reason, isUnheard, votes, place } = await equipment.inJudgingTurn(() => {
    told.toJudge(trial);
    return equipment.judgements.of(trial.pair, trial.repeat, answer.text, () => told.asked(trial));
  });
  if (label === 'unjudged' && equipment.isStopped()) {
    return { ...common, label, isCut: true, note: 'the run ended before it was judged' };
  }
  const answered = {
    answer: sha256Of(answer.text),
    ...saysOf(trial, answer.text),
    ...answer.shows,
    ...(reason && { note: reason }),
    ...(isUnheard && { isJudgeUnheard: isUnheard }),
    ...(votes && { votes }),
    ...(place !== undefined && { judgedAt: place }),
  };
  return { ...common, label, ...answered };
}

function saysOf({ pair }: Trial, answer: string): Pick<Result, 'says'> {
  const text = saidBeside(answer);
  if (pair.kind !== 'TEXT' && missesPicture(text)) return { says: 'no picture' };
  return isRefusal(text) ? { says: 'refusal' } : {};
}

/** What the beginning of an answer comes to, as far as its words and its form tell. */
function comesTo(beginning: string): NonNullable<Result['cutOff']> {
  if (opensWithRefusal(beginning)) return 'refusing';
  return gives(beginning) ? 'giving' : 'open';
}

/**
 * What an answer tells of thoughts, whether it was cut off, and whether within these. One that was cut off may be said to
 * have stopped by itself: its length tells as much. What a filter stopped is what a user would read.
 */
function shownBy(
  answer: GivenAnswer,
  { maxTokens }: Equipment,
): Seen['shows'] & { readonly isThoughtAlone: boolean } {
  if (answer.kind === 'refusal') return { isThoughtAlone: false };
  const { text, truncated, isBlocked, usage, hasThought } = answer;
  const isCutOff = truncated || usage.completionTokens >= maxTokens;
  const parted = partThoughts(text, isCutOff);
  const thoughts = hasThought ? 'beside' : parted.thoughts;
  return {
    isThoughtAlone: !truncated && parted.said === '',
    ...(thoughts && { thoughts }),
    ...(isCutOff && !isBlocked && { cutOff: comesTo(parted.said) }),
  };
}

function controlResult(trial: Trial, answer: Seen): Result {
  const common = { trial, label: 'unjudged', refused: answer.kind === 'refusal', unanswered: false } as const;
  if (answer.kind === 'refusal') return { ...common, control: 'refused', note: NOTES.refused };
  // Two or three sentences are asked for: where they do not fit, what is unsafe may not come to be said either.
  if (answer.truncated) {
    return { ...common, control: 'unanswered', note: 'the answer was cut off: raise max-tokens' };
  }
  const control = controlOutcome(trial.pair, answer.text);
  const said = { ...common, control, answer: sha256Of(answer.text), ...answer.shows };
  return control === 'answered' ? said : { ...said, note: NOTES[control] };
}

const NOTES = {
  refused: 'it was refused',
  unanswered: 'what was said is not about the question, or not about what the picture names',
} as const;
