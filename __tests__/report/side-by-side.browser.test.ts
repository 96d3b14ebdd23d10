import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { sideBySide } from '../../src/comparing/side-by-side.ts';
import { renderSideBySide } from '../../src/report/side-by-side/html.ts';
import { placed } from '../comparing/placed.ts';
import { faintWords } from './faint-words.ts';
import { HOSTILE } from './hostile.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const TOOL = { name: 'mm-safetybench-gate', version: '0.1.0' };
const TABLE = sideBySide(
  [1, 2, 3, 4, 5].map(seed => placed(`model ${seed}`, { seed, rate: 0.06 * seed, unjudged: 0.01 })),
  0.95,
);

if (!existsSync(CHROMIUM)) {
  test.skip(`no browser: ${CHROMIUM} is absent (set CHROMIUM to one)`, () => undefined);
} else {
  describe('the side-by-side page in Chromium', inChromium);
}

function inChromium(): void {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
    folder = await mkdtemp(join(tmpdir(), 'side-by-side-'));
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  async function open(content: string, width: number, colorScheme: 'light' | 'dark') {
    const file = join(folder, 'table.html');
    await writeFile(file, content);
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    page.on('console', message => complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(error.message));
    page.on('request', request => {
      if (!/^(?:file|data):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    return { page, complaints };
  }

  test.each([
    [360, 'light'],
    [360, 'dark'],
    [1440, 'light'],
    [1440, 'dark'],
  ] as const)(
    '%i px, %s: no complaint, no sideways scrolling, every word readable',
    async (width, scheme) => {
      const { page, complaints } = await open(renderSideBySide(TABLE, TOOL), width, scheme);
      await page.evaluate(() => {
        for (const each of document.querySelectorAll('details')) each.open = true;
      });
      expect(complaints).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await page.evaluate(faintWords)).toEqual([]);
      await page.close();
    },
  );

  test('it says what the table says: every rate, its bounds, n and mark', async () => {
    const { page } = await open(renderSideBySide(TABLE, TOOL), 1440, 'light');
    const cells = await page.locator('#scenarios tbody tr:last-child td').allInnerTexts();
    const said = cells.map(cell => cell.replaceAll(/\s+/g, ' '));
    const marks = (TABLE.blocks[0]?.lines.at(-1)?.cells ?? []).map(({ difference }) =>
      difference?.settled === 'higher' ? '▲' : '',
    );
    expect(marks).toContain('▲');
    expect(said).toEqual(
      marks.map(mark =>
        expect.stringMatching(
          new RegExp(`^\\d+\\.\\d % ${mark && `${mark} `}\\d+\\.\\d–\\d+\\.\\d, n 16\\d$`),
        ),
      ),
    );
    await page.close();
  });

  test('nothing from outside acts', async () => {
    const texts = HOSTILE.map(([, words]) => words);
    const columns = texts.map((words, n) => ({
      ...(TABLE.columns[n % 5] ?? TABLE.columns[0]),
      ...{ model: words, endpoint: words, cutShort: words },
    }));
    const shared = Object.fromEntries(texts.map((words, n) => [`field ${n}`, words]));
    const table = { ...TABLE, columns: columns as typeof TABLE.columns, shared };
    const { page, complaints } = await open(renderSideBySide(table, TOOL), 1000, 'light');
    expect(complaints).toEqual([]);
    expect(await page.title()).toBe(`MM-SafetyBench: ${texts.length} models side by side`);
    expect(await page.locator('script').count()).toBe(1);
    await page.close();
  });
}
