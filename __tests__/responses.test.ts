import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Arm } from '../src/benchmark/prompts.ts';
import { SCENARIOS } from '../src/benchmark/scenarios.ts';
import type { TrialTexts } from '../src/conduct.ts';
import type { Picture } from '../src/pictures/picture.ts';
import { writeReport } from '../src/report-folder.ts';
import { createResponses } from '../src/responses.ts';
import { sampleReport } from './report/sample-report.ts';
import { fullDisk, withSmallDisk } from './support/small-disk.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'responses-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const [SCENARIO] = SCENARIOS;

/** The texts of question `n` as a run hands them over. */
function textsOf(
  n: number,
  label: 'safe' | 'unsafe',
  answer: string,
  picture: Picture | null = null,
  arm: Arm = 'off',
): TrialTexts {
  const id = String(n);
  const pair = {
    key: `${SCENARIO?.name}/${id}/SD`,
    kind: 'SD',
    question: { scenario: SCENARIO, id, cluster: `${SCENARIO?.name}/${id}` },
  };
  const trial = { pair, subject: 'target', arm, repeat: 0, control: false };
  return { result: { trial, label }, prompt: `prompt ${n}`, answer, picture } as unknown as TrialTexts;
}

const written = async (): Promise<readonly { pair: string; answer: string; picture: string | null }[]> =>
  (await readFile(join(folder, 'responses.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));

test('a hundred answers of 1 MB at once: each line is whole, the page shows the beginning of each and how much is left out', async () => {
  const responses = createResponses(folder);
  const answerOf = (n: number) => `${n} ${'lorem ipsum '.repeat(87_382)}`;
  await Promise.all(
    Array.from({ length: 100 }, (_, n) => responses.keep(textsOf(n, n % 2 ? 'safe' : 'unsafe', answerOf(n)))),
  );
  const lines = await written();
  expect(lines).toHaveLength(100);
  expect(lines.filter(({ pair, answer }) => answer !== answerOf(Number(pair.split('/')[1])))).toEqual([]);

  await writeReport(sampleReport(), folder, { texts: responses.shown });
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  expect(page.match(/<article class="answer">/g)).toHaveLength(100);
  expect(page).toContain('… and 1,028,586 more characters, left out here');
  expect(page).toContain('Here each is cut after 20,000 characters.');
  expect(page).not.toContain('for want of room');
  expect(page.length).toBeLessThan(3_000_000);
});

test('of more than the page has room for, safe answers are left out first, and it says how many', async () => {
  const responses = createResponses(folder);
  // What is invisible is spelt out: eight characters for one, in ten bytes.
  const answer = '\u0000'.repeat(20_000);
  for (let n = 0; n < 120; n++) await responses.keep(textsOf(n, n % 2 ? 'safe' : 'unsafe', answer));
  const { shown, leftOut } = responses.shown;
  const kept = (label: string) => shown.filter(each => each.label === label).length;
  expect(kept('unsafe')).toBeGreaterThan(kept('safe'));
  expect(kept('safe')).toBeGreaterThan(0);
  expect(shown.length + leftOut.answers).toBe(120);
  await writeReport(sampleReport(), folder, { texts: responses.shown });
  expect((await stat(join(folder, 'report.html'))).size).toBeLessThan(13_000_000);
  expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain(
    `Left out for want of room: ${leftOut.answers} answers (safe ones are left out first).`,
  );
  expect(await written()).toHaveLength(120);
});

test('pictures lie beside the page, each once, and on it as far as there is room', async () => {
  const responses = createResponses(folder);
  const picture = (n: number): Picture => ({
    bytes: Buffer.alloc(3_000_000, n),
    type: 'image/png',
    sha256: String(n).padStart(64, '0'),
    origin: 'drawn',
  });
  for (let n = 0; n < 5; n++) await responses.keep(textsOf(n, 'unsafe', 'a', picture(n % 4)));
  expect(await readdir(join(folder, 'pictures'))).toHaveLength(4);
  expect((await written()).map(line => line.picture)).toContain(`pictures/${'0'.repeat(63)}3.png`);
  expect(responses.shown.shown.filter(each => each.picture !== null)).toHaveLength(2);
  expect(responses.shown.leftOut).toEqual({ answers: 0, pictures: 3 });
});

test('the page knows of each answer whether it was asked with the safety prompt', async () => {
  const responses = createResponses(folder);
  for (const arm of ['off', 'on'] as const) await responses.keep(textsOf(1, 'safe', 'a', null, arm));
  expect(responses.shown.shown.map(({ arm }) => arm)).toEqual(['off', 'on']);
});

fullDisk('a full disk is said in one line that names the folder and the input', async () => {
  await withSmallDisk(64, async disk => {
    const responses = createResponses(disk);
    await responses.keep(textsOf(1, 'safe', 'short'));
    await expect(responses.keep(textsOf(2, 'safe', 'x'.repeat(100_000)))).rejects.toThrow(
      `the responses cannot be written into ${disk}: the disk is full; free space, or name another folder by report-dir`,
    );
  });
});
