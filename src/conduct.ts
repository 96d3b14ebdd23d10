import { promptOf } from './benchmark/prompts.ts';
import { sha256Of } from './common/hash.ts';
import { type Answer, keptAnswer, noAnswer } from './endpoint/answer.ts';
import type { ChatEndpoint, ChatRequest } from './endpoint/chat.ts';
import type { Journal } from './journal/journal.ts';
import { keyOf } from './journal/key.ts';
import { controlOutcome, missesPicture } from './judges/helpfulness.ts';
import { isRefusal } from './judges/refusal.ts';
import type { Judgements } from './kept-judgements.ts';
import type { NoPicture, Picture, Pictures } from './pictures/picture.ts';
import type { Result, Subject, Trial } from './trials.ts';

/** What the trials of one run are conducted with. */
export interface Equipment {
  readonly pictures: Pictures;
  /** The controls' pictures are all set here: the data set has pictures of its own under their ids. */
  readonly controlPictures: Pictures;
  readonly endpoints: Readonly<Record<Subject, ChatEndpoint>>;
  readonly judgements: Judgements;
  readonly journal: Journal;
  readonly systemPrompt: string;
  readonly maxTokens: number;
  readonly temperature: number | null;
  /** Set apart what makes an answer another one besides the request itself (added headers and body fields). */
  readonly requestSalt: string;
  /** Makes a request ready and puts it, in its turn. */
  readonly inOpeningTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Has an answer judged, in its turn. */
  readonly inJudgingTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Whether the run has been stopped by its budget or a signal. */
  readonly isStopped: () => boolean;
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

/** Conducts one trial: picture, answer, judgement. Rejects only when the whole run cannot go on. */
export async function conduct(trial: Trial, equipment: Equipment, told: Told): Promise<Result> {
  const { key, coming, isKept, shown } = await equipment.inOpeningTurn(() => putting(trial, equipment));
  told.put(trial);
  const answer = await coming;
  if (answer.kind === 'none') {
    if (answer.reason === 'no-picture') {
      return { ...unanswered(trial, `no picture: ${answer.detail}`), isPictureless: true };
    }
    if (answer.reason === 'stopped' || (answer.reason === 'cut' && trial.control)) return stopped(trial);
    const result = unanswered(trial, `no answer: ${answer.detail}`);
    return answer.reason === 'cut' ? { ...result, isCut: true } : result;
  }
  told.heard(trial);
  if (!isKept) await equipment.journal.append(key, answer);
  const result = trial.control
    ? controlResult(trial, answer)
    : { ...(await judged(trial, answer, equipment, told)), ...(shown && { picture: shown }) };
  await keepTexts(result, answer, equipment);
  return isKept ? { ...result, isKept } : result;
}

/** A request that has been put. It holds no picture, since in a batch thousands wait for hours. */
interface Put {
  readonly key: string;
  readonly coming: Promise<Answer>;
  /** Whether the answer is one of an earlier attempt. */
  readonly isKept: boolean;
  /** Tells the picture that is shown. */
  readonly shown: Result['picture'];
}

async function putting(trial: Trial, equipment: Equipment): Promise<Put> {
  const without = (answer: Answer): Put => ({
    key: '',
    coming: Promise.resolve(answer),
    isKept: false,
    shown: undefined,
  });
  if (equipment.isStopped()) return without(noAnswer('stopped', 'not asked'));
  const picture = await pictureOf(trial, equipment);
  if (equipment.isStopped()) return without(noAnswer('stopped', 'not asked'));
  if (picture && 'missing' in picture) return without(noAnswer('no-picture', picture.missing));
  const { endpoints, journal } = equipment;
  const request = requestOf(trial, picture, equipment);
  const key = keyFor(trial, request, picture, equipment);
  const kept = await journal.find(key, keptAnswer);
  const coming = kept ? Promise.resolve(kept) : endpoints[trial.subject].ask({ ...request, key });
  const shown = picture
    ? {
        hash: picture.sha256.slice(0, 16),
        isDatasets: picture.origin === 'dataset',
        ...(picture.look !== undefined && { look: picture.look }),
      }
    : undefined;
  return { key, coming, isKept: kept !== undefined, shown };
}

async function pictureOf(
  { pair, control }: Trial,
  { pictures, controlPictures }: Equipment,
): Promise<Picture | NoPicture | null> {
  return pair.kind === 'TEXT' ? null : (control ? controlPictures : pictures).of(pair);
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

function requestOf(
  trial: Trial,
  picture: Picture | null,
  { systemPrompt, maxTokens, temperature }: Equipment,
): ChatRequest {
  return {
    text: promptOf(trial.pair, trial.arm),
    maxTokens,
    ...(systemPrompt && { system: systemPrompt }),
    ...(temperature !== null && { temperature }),
    ...(picture && { picture }),
  };
}

/** Names everything that makes an answer. Headers, or a key, may lead one name at one address to two models. */
function keyFor(
  { pair, subject, repeat }: Trial,
  { text, system, maxTokens, temperature }: ChatRequest,
  picture: Picture | null,
  { endpoints, requestSalt }: Equipment,
): string {
  const endpoint = endpoints[subject];
  return keyOf(
    ...['answer', subject, endpoint.baseUrl, endpoint.model, requestSalt, pair.key, repeat],
    ...[text, system, maxTokens, temperature, picture?.sha256],
  );
}

async function judged(trial: Trial, answer: GivenAnswer, equipment: Equipment, told: Told): Promise<Result> {
  const common = { trial, refused: answer.kind === 'refusal', unanswered: false };
  if (answer.kind === 'refusal') {
    return { ...common, label: 'safe', note: `refused by its ${answer.by.replace('-', ' ')}` };
  }
  const { label, reason, votes } = await equipment.inJudgingTurn(() => {
    told.toJudge(trial);
    return equipment.judgements.of(trial.pair, trial.repeat, answer.text, () => told.asked(trial));
  });
  if (label === 'unjudged' && equipment.isStopped()) {
    return { ...common, label, isCut: true, note: 'the run ended before it was judged' };
  }
  const answered = {
    answer: sha256Of(answer.text),
    ...saysOf(trial, answer.text),
    ...(reason && { note: reason }),
    ...(votes && { votes }),
  };
  return { ...common, label, ...answered };
}

function saysOf({ pair }: Trial, text: string): Pick<Result, 'says'> {
  if (pair.kind !== 'TEXT' && missesPicture(text)) return { says: 'no picture' };
  return isRefusal(text) ? { says: 'refusal' } : {};
}

function controlResult(trial: Trial, answer: GivenAnswer): Result {
  const common = { trial, label: 'unjudged', refused: answer.kind === 'refusal', unanswered: false } as const;
  if (answer.kind === 'refusal') return { ...common, control: 'refused', note: NOTES.refused };
  // Two or three sentences are asked for: where they do not fit, what is unsafe may not come to be said either.
  if (answer.truncated) {
    return { ...common, control: 'unanswered', note: 'the answer was cut off: raise max-tokens' };
  }
  const control = controlOutcome(trial.pair, answer.text);
  const said = { ...common, control, answer: sha256Of(answer.text) };
  return control === 'answered' ? said : { ...said, note: NOTES[control] };
}

const NOTES = {
  refused: 'it was refused',
  unanswered: 'what was said is not about the question, or not about what the picture names',
} as const;
