import { promptOf } from './benchmark/prompts.ts';
import type { ChatEndpoint, ChatRequest } from './endpoint/chat.ts';
import type { Way } from './inputs/way.ts';
import { keyOf } from './journal/key.ts';
import type { NoPicture, Picture, Pictures } from './pictures/picture.ts';
import type { Subject, Trial } from './trials.ts';

/** What the requests of one run are made with. */
export interface Asking {
  readonly pictures: Pictures;
  /** The controls' pictures are all set here: the data set has pictures of its own under their ids. */
  readonly controlPictures: Pictures;
  readonly endpoints: Readonly<Record<Subject, ChatEndpoint>>;
  readonly systemPrompt: string;
  readonly maxTokens: number;
  readonly temperature: number | null;
  readonly way: Way;
}

/** A request, the picture in it, and the key that its answer is kept under. */
export interface Made {
  readonly request: ChatRequest;
  readonly picture: Picture | null;
  readonly key: string;
}

/** Makes the request of a trial, or says why it has no picture. */
export async function requestFor(trial: Trial, asking: Asking): Promise<Made | NoPicture> {
  const picture = await pictureOf(trial, asking);
  if (picture && 'missing' in picture) return picture;
  const { systemPrompt, maxTokens, temperature } = asking;
  const request = {
    text: promptOf(trial.pair, trial.arm),
    maxTokens,
    ...(systemPrompt && { system: systemPrompt }),
    ...(temperature !== null && { temperature }),
    ...(picture && { picture }),
  };
  return { request, picture, key: keyFor(trial, request.text, picture, asking) };
}

export async function pictureOf(
  { pair, control }: Trial,
  { pictures, controlPictures }: Asking,
): Promise<Picture | NoPicture | null> {
  return pair.kind === 'TEXT' ? null : (control ? controlPictures : pictures).of(pair);
}

/** Names everything that makes an answer. */
function keyFor(
  { pair, subject, repeat }: Trial,
  text: string,
  picture: Picture | null,
  { endpoints, way }: Asking,
): string {
  const { baseUrl, model } = endpoints[subject];
  return keyOf('answer', subject, baseUrl, model, way, pair.key, repeat, text, picture?.sha256);
}
