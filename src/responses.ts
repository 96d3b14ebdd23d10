import { appendFile, lstat, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskTrouble } from './common/fault.ts';
import { makeFolder } from './common/make-folder.ts';
import { writeWhole } from './common/write-whole.ts';
import type { TrialTexts } from './conduct.ts';
import type { Picture } from './pictures/picture.ts';
import { type Excerpt, excerptOf, type PairText, sizeOn, type Texts } from './report/html/texts.ts';

/** The texts and pictures of a run, where `include-responses` lets them into the report folder. */
export interface Responses {
  /** Writes one trial's texts as they come. Rejects with one line that names the folder when it takes them not. */
  keep(texts: TrialTexts): Promise<void>;
  /** What the page shows of them, as far as there is room: the rest lies beside it as files. */
  readonly shown: Texts;
}

/** The page's room in bytes. Safe answers take no more than half of that for texts: it is the others people look for. */
const ROOM = { texts: 12_000_000, pictures: 12_000_000 };
/** What stands around a pair's texts. */
const FRAME = 500;
const ENDINGS = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' } as const;

const textsIn = (folder: string): string => join(folder, 'responses.jsonl');
const picturesIn = (folder: string): string => join(folder, 'pictures');

/** Behind a picture's name until it is whole. */
const WAITING = '.part';
/** The name that a picture is kept by. */
const PICTURE = new RegExp(`^[0-9a-f]{64}\\.(?:${Object.values(ENDINGS).join('|')})(?:${WAITING})?$`);

/**
 * Takes the texts and pictures of an earlier run out of the report folder, and nothing else that lies there. Rejects
 * with the system's fault.
 */
export async function removeResponses(folder: string): Promise<void> {
  await rm(textsIn(folder), { force: true });
  const pictures = picturesIn(folder);
  // A link leads to somebody else's.
  const isOwn = await lstat(pictures).then(
    found => found.isDirectory(),
    () => false,
  );
  if (!isOwn) return;
  const names = await readdir(pictures);
  const kept = names.filter(name => PICTURE.test(name));
  for (const name of kept) await rm(join(pictures, name), { force: true });
  if (kept.length === names.length) await rmdir(pictures);
}

/** Writes `responses.jsonl` and `pictures/` into the report folder. */
export function createResponses(folder: string): Responses {
  const page = createPage();
  const written = new Set<string>();
  let ready: Promise<unknown> | undefined;
  // One line after the other: a long one is written in several steps, and another must not come between.
  let last: Promise<void> = Promise.resolve();
  const begin = async () => {
    await makeFolder(picturesIn(folder));
    await writeFile(textsIn(folder), '');
  };
  const keepLine = (line: object): Promise<void> => {
    last = last.then(() => appendFile(textsIn(folder), `${JSON.stringify(line)}\n`));
    return last;
  };
  const keepPicture = async (picture: Picture): Promise<string> => {
    const file = `pictures/${picture.sha256}.${ENDINGS[picture.type]}`;
    if (!written.has(file)) {
      written.add(file);
      const path = join(folder, file);
      await writeWhole(path, picture.bytes, `${path}${WAITING}`);
    }
    return file;
  };
  const write = async ({ result, prompt, answer, picture }: TrialTexts): Promise<void> => {
    ready ??= begin();
    await ready;
    const { trial, label, control } = result;
    const { subject, arm, repeat } = trial;
    const file = picture && (await keepPicture(picture));
    const pair = trial.pair.key;
    await keepLine({ pair, repeat, arm, subject, label: control ?? label, prompt, answer, picture: file });
  };
  return {
    async keep(texts) {
      const { result, prompt, answer, picture } = texts;
      const { trial, label } = result;
      if (label === 'stopped') return;
      await write(texts).catch(error => {
        throw unwritten(folder, error);
      });
      const { subject, arm, repeat } = trial;
      const pair = trial.pair.key;
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

const unwritten = (folder: string, error: unknown): Error =>
  new Error(
    `the responses cannot be written into ${folder}: ${diskTrouble(error, 'name another folder by report-dir')}`,
  );

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
