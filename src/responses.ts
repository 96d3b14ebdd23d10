import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrialTexts } from './conduct.ts';
import type { Picture } from './pictures/picture.ts';
import { type Excerpt, excerptOf, type PairText, sizeOn, type Texts } from './report/html-texts.ts';

/** The texts and pictures of a run, where `include-responses` lets them into the report folder. */
export interface Responses {
  /** Writes one trial's texts as they come. */
  keep(texts: TrialTexts): Promise<void>;
  /** What the page shows of them, as far as there is room: the rest lies beside it as files. */
  readonly shown: Texts;
}

/** The page's room in bytes. Safe answers take no more than half of that for texts: it is the others people look for. */
const ROOM = { texts: 12_000_000, pictures: 12_000_000 };
/** What stands around a pair's texts. */
const FRAME = 500;
const ENDINGS = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' } as const;

/** Writes `responses.jsonl` and `pictures/` into the report folder. */
export function createResponses(folder: string): Responses {
  const page = createPage();
  const written = new Set<string>();
  let ready: Promise<unknown> | undefined;
  // One line after the other: a long one is written in several steps, and another must not come between.
  let last: Promise<void> = Promise.resolve();
  const begin = async () => {
    await mkdir(join(folder, 'pictures'), { recursive: true });
    await writeFile(join(folder, 'responses.jsonl'), '');
  };
  const keepLine = (line: object): Promise<void> => {
    last = last.then(() => appendFile(join(folder, 'responses.jsonl'), `${JSON.stringify(line)}\n`));
    return last;
  };
  const keepPicture = async (picture: Picture): Promise<string> => {
    const file = `pictures/${picture.sha256}.${ENDINGS[picture.type]}`;
    if (!written.has(file)) {
      written.add(file);
      await writeFile(join(folder, file), picture.bytes);
    }
    return file;
  };
  return {
    async keep({ result, prompt, answer, picture }) {
      const { trial, label, control } = result;
      if (label === 'stopped') return;
      ready ??= begin();
      await ready;
      const { subject, arm, repeat } = trial;
      const pair = trial.pair.key;
      const file = picture && (await keepPicture(picture));
      await keepLine({ pair, repeat, arm, subject, label: control ?? label, prompt, answer, picture: file });
      if (trial.control || subject !== 'target') return;
      page.add(
        { pair, repeat, arm, label, prompt: own(excerptOf(prompt)), answer: own(excerptOf(answer)) },
        picture,
      );
    },
    get shown() {
      return page.texts();
    },
  };
}

/** Keeps what fits onto the page, and counts what does not. */
function createPage() {
  const shown: PairText[] = [];
  const leftOut = { answers: 0, pictures: 0 };
  const used = { texts: 0, pictures: 0 };
  return {
    add(pair: Omit<PairText, 'picture'>, picture: Picture | null): void {
      const size = FRAME + sizeOn(pair.prompt) + sizeOn(pair.answer);
      if (used.texts + size > (pair.label === 'safe' ? ROOM.texts / 2 : ROOM.texts)) {
        leftOut.answers += 1;
        return;
      }
      used.texts += size;
      const url = picture && `data:${picture.type};base64,${Buffer.from(picture.bytes).toString('base64')}`;
      const fits = url !== null && used.pictures + url.length <= ROOM.pictures;
      if (fits) used.pictures += url.length;
      else if (url !== null) leftOut.pictures += 1;
      shown.push({ ...pair, picture: fits ? url : null });
    },
    texts: (): Texts => ({ shown, leftOut }),
  };
}

/** Its characters by themselves: the engine's slice of a text keeps the whole of it in memory. */
const own = ({ text, leftOut }: Excerpt): Excerpt =>
  leftOut === 0 ? { text, leftOut } : { text: Buffer.from(text, 'utf16le').toString('utf16le'), leftOut };
