/** Long: one browser serves all of it, and starting it takes seconds. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { badgeSvg } from '../../src/report/badge.ts';
import { type HtmlOptions, renderHtml } from '../../src/report/html/html.ts';
import { excerptOf } from '../../src/report/html/texts.ts';
import { junitXml } from '../../src/report/junit.ts';
import type { Report } from '../../src/report/report.ts';
import { CHROMIUM, launched, openFile, strange } from '../support/chromium.ts';
import { faintWords } from './faint-words.ts';
import { HOSTILE } from './hostile.ts';
import { hostileReport } from './hostile-report.ts';
import { failedReport, sampleHistory, sampleReport } from './sample-report.ts';

const FULL = sampleReport({
  size: 'full',
  rate: 0.25,
  before: 0.1,
  maxIncrease: 3,
  unjudged: 0.012,
  maxAsrPerScenario: { '07-Sex': 25, '02-HateSpeech': 25 },
});
const HISTORY = sampleHistory(30);

/** The smallest PNG there is: one pixel. */
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const WIDE = { viewport: { width: 1440, height: 900 } };
const NOTHING = { answers: 0, pictures: 0 };
const whole = (text: string) => ({ text, leftOut: 0 });
const LONG = excerptOf('word '.repeat(10_000));

if (!existsSync(CHROMIUM)) {
  test.skip(`no browser: ${CHROMIUM} is absent (set CHROMIUM to one)`, () => undefined);
} else {
  describe('report.html in Chromium', inChromium);
}

function inChromium(): void {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await launched();
    folder = await mkdtemp(join(tmpdir(), 'report-'));
  });

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Opens the page of a report. */
  async function open(report: Report, options: HtmlOptions = {}, context: BrowserContextOptions = {}) {
    const file = join(folder, 'report.html');
    await writeFile(file, renderHtml(report, options));
    return openFile(browser, file, context);
  }

  describe.each([
    [360, 'light'],
    [360, 'dark'],
    [1440, 'light'],
    [1440, 'dark'],
  ] as const)('%i px wide, %s', (width, colorScheme) => {
    test.each([
      ['a full run', FULL],
      ['a passing one', sampleReport()],
      ['one in which every answer is unsafe', sampleReport({ rate: 1000 })],
      ['one that could not be made', failedReport()],
    ])('%s: no complaint, no request, no sideways scrolling, every word readable', async (_name, report) => {
      const shown = FULL.rows
        .slice(0, 3)
        .map(row => ({ ...row, arm: 'off' as const, prompt: whole('p'), answer: LONG, picture: PIXEL }));
      const viewport = { width, height: 800 };
      const view = await open(
        report,
        { history: HISTORY, texts: { shown, leftOut: { answers: 7, pictures: 1 } } },
        { viewport, colorScheme },
      );
      await view.page.evaluate(() => {
        for (const each of document.querySelectorAll('details')) each.open = true;
      });
      expect(view.complaints).toEqual([]);
      expect(view.requests).toEqual([]);
      expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await view.page.evaluate(faintWords)).toEqual([]);
      await view.close();
    });
  });

  test('the table of scenarios sorts by what is asked for, with what is unknown last', async () => {
    if (!FULL.estimates) throw new Error('the sample is estimated');
    const byScenario = FULL.estimates.byScenario.map((each, n) => (n === 4 ? { ...each, rate: null } : each));
    const { page, close } = await open({ ...FULL, estimates: { ...FULL.estimates, byScenario } });
    const names = () => page.locator('#scenarios tbody th').allInnerTexts();
    const head = page.locator('#scenarios th', { hasText: /^ASR$/ });
    const before = await names();
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    expect((await names()).slice(0, 3)).toEqual(['10 Legal opinion', '02 Hate speech', '07 Sex']);
    expect((await names()).at(-1)).toBe('05 Economic harm');
    await head.getByRole('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    expect((await names())[0]).toBe('13 Government decision');
    expect((await names()).at(-1)).toBe('05 Economic harm');
    await head.getByRole('button').click();
    expect(await names()).toEqual(before);
    await close();
  });

  test('everything works by keyboard: to the verdict, the theme, sorting, what is folded', async () => {
    const { page, close } = await open(FULL);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('To the verdict');
    await page.keyboard.press('Enter');
    await page.waitForURL(url => url.hash === '#verdict');
    await page.getByRole('button', { name: 'Theme' }).focus();
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('Theme: light');
    await page.getByRole('button', { name: 'unsafe of judged' }).first().focus();
    await page.keyboard.press('Space');
    expect(await page.locator('#scenarios tbody th').first().textContent()).toBe('02 Hate speech');
    await page.locator('#answers summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#answers details').first().getAttribute('open')).toBe('');
    await close();
  });

  test('the theme is the machine’s until one is chosen, and then that', async () => {
    const { page, close } = await open(FULL, {}, { colorScheme: 'dark' });
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await colour();
    const button = page.getByRole('button', { name: 'Theme' });
    await button.click();
    expect(await button.textContent()).toBe('Theme: light');
    expect(await colour()).not.toBe(dark);
    // A busy browser hands what was stored to the page a moment later.
    for (let tries = 0; tries < 20; tries++) {
      await page.reload();
      if ((await button.textContent()) === 'Theme: light') break;
    }
    expect(await button.textContent()).toBe('Theme: light');
    await button.click();
    expect(await button.textContent()).toBe('Theme: dark');
    expect(await colour()).toBe(dark);
    await close();
  });

  test('it can be read without seeing: titles, sections, names of drawings and regions', async () => {
    const { page, close } = await open(FULL, { history: HISTORY });
    expect(await page.title()).toBe('MM-SafetyBench: fail');
    expect(await page.locator('h1').allInnerTexts()).toEqual(['acme/assistant-vl-7b']);
    await page.getByRole('region', { name: 'Fail' }).waitFor();
    await page
      .getByRole('img', {
        name: /^Attack success rate 25\.5 %, bounds 24\.1 – 27\.5 %, ceiling 20 %, baseline/,
      })
      .waitFor();
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('svg:not([aria-hidden]), [role=region], img, button')]
        .filter(
          each => !each.getAttribute('aria-label') && !each.getAttribute('alt') && !each.textContent?.trim(),
        )
        .map(each => each.outerHTML.slice(0, 100)),
    );
    expect(nameless).toEqual([]);
    await close();
  });

  test('without script everything is there but sorting and the theme', async () => {
    const { page, close } = await open(FULL, {}, { javaScriptEnabled: false });
    expect(await page.locator('#scenarios tbody tr').count()).toBe(13);
    expect(await page.getByRole('button', { name: 'Theme' }).isVisible()).toBe(false);
    await close();
  });

  test('prompts and answers are shown as they are, pictures blurred until asked for', async () => {
    const shown = [
      {
        pair: '07-Sex/3/SD',
        repeat: 0,
        arm: 'off' as const,
        label: 'unsafe' as const,
        prompt: whole('one\n  two'),
        answer: whole('<b>x</b>'),
        picture: PIXEL,
      },
      {
        pair: '07-Sex/4/SD',
        repeat: 1,
        arm: 'off' as const,
        label: 'safe' as const,
        prompt: whole('p'),
        answer: whole('a'),
        picture: 'data:image/svg+xml;base64,AAAA',
      },
      {
        pair: '07-Sex/5/TEXT',
        repeat: 0,
        arm: 'off' as const,
        label: 'safe' as const,
        prompt: whole('p'),
        answer: whole('a'),
        picture: 'https://evil.example/x.png',
      },
    ];
    const { page, requests, close } = await open(FULL, { texts: { shown, leftOut: NOTHING } });
    await page.locator('#texts summary').click();
    expect(await page.locator('#texts pre').first().textContent()).toBe('one\n  two');
    expect(await page.locator('#texts pre').nth(1).textContent()).toBe('<b>x</b>');
    expect(await page.locator('#texts img').count()).toBe(1);
    const filter = () => page.locator('#texts img').evaluate(each => getComputedStyle(each).filter);
    expect(await filter()).toBe('blur(28px)');
    await page.getByLabel(/^Show the picture of \S+\/\d+\/\w+$/).check();
    expect(await filter()).toBe('none');
    expect(requests).toEqual([]);
    expect(await page.locator('#texts').textContent()).not.toContain('safety prompt');
    await close();
  });

  test('where a pair was asked with the safety prompt and without it, each answer names its own', async () => {
    const asked = { pair: '07-Sex/3/SD', repeat: 0, prompt: whole('p'), answer: whole('a'), picture: null };
    const shown = [
      { ...asked, arm: 'off' as const, label: 'unsafe' as const },
      { ...asked, arm: 'on' as const, label: 'safe' as const, repeat: 1 },
    ];
    const { page, close } = await open(FULL, { texts: { shown, leftOut: NOTHING } });
    await page.locator('#texts summary').click();
    expect(await page.locator('#texts h3').allInnerTexts()).toEqual([
      '07-Sex/3/SD, without the safety prompt: unsafe',
      '07-Sex/3/SD, with the safety prompt, repeat 1: safe',
    ]);
    await close();
  });

  test.each([2, 3, 30])(
    'the ceiling of %i runs stays within the plot, off the words of its axis',
    async runs => {
      const { page, close } = await open(FULL, { history: HISTORY.slice(0, runs) }, WIDE);
      const overlaps = await page.evaluate(() => {
        const limit = document.querySelector('.trend .limit')?.getBoundingClientRect();
        const words = [...document.querySelectorAll('.trend text')].map(each => each.getBoundingClientRect());
        if (!limit || words.length === 0) throw new Error('no trend is drawn');
        return words.filter(
          each =>
            limit.left < each.right &&
            each.left < limit.right &&
            limit.top < each.bottom &&
            each.top < limit.bottom,
        ).length;
      });
      expect(overlaps).toBe(0);
      await close();
    },
  );

  test.each([0.02, 0.06, 0.1, 0.15, 0.52])(
    'ceiling and baseline of %d are named within the line on a narrow page',
    async before => {
      const report = sampleReport({ rate: 0.5, before, maxAsr: 100 * before });
      const { page, close } = await open(report, {}, { viewport: { width: 360, height: 800 } });
      const outside = await page.evaluate(() => {
        const line = document.querySelector('svg.headline .track')?.getBoundingClientRect();
        return [...document.querySelectorAll('svg.headline text')]
          .map(each => ({ words: each.textContent, box: each.getBoundingClientRect() }))
          .filter(({ box }) => !line || box.left < line.left - 1 || box.right > line.right + 1)
          .map(({ words, box }) => [words, box.left, box.right, line?.left, line?.right]);
      });
      expect(outside).toEqual([]);
      await close();
    },
  );

  test.each(['light', 'dark'] as const)(
    'a table wider than a narrow page shows a shadow where more of it is hidden, and there alone: %s',
    async colorScheme => {
      const viewport = { width: 360, height: 800 };
      const { page, close } = await open(FULL, { history: HISTORY }, { viewport, colorScheme });
      const region = page.getByRole('region', { name: 'Scenarios', exact: true });
      /** Whether the region's edges are of another colour than its middle. */
      const shaded = async () => {
        const { data, info } = await sharp(await region.screenshot())
          .removeAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true });
        // The fourth row of pixels has no words yet.
        const at = (x: number) => data[3 * (3 * info.width + x)] ?? 0;
        return [1, info.width - 2].map(x => Math.abs(at(x) - at(120)) > 5);
      };
      expect(await shaded()).toEqual([false, true]);
      await region.evaluate(each => {
        each.scrollLeft = 60;
      });
      expect(await shaded()).toEqual([true, true]);
      await region.evaluate(each => {
        each.scrollLeft = each.scrollWidth;
      });
      expect(await shaded()).toEqual([true, false]);
      await close();
    },
  );

  describe('whatever stands in the report', () => {
    let view: Awaited<ReturnType<typeof open>>;

    beforeAll(async () => {
      view = await open(FULL, {}, { viewport: { width: 360, height: 800 } });
    });

    afterAll(() => view.close());

    test.each(HOSTILE)('%s does not act, ask for anything or break the page', async (_aim, hostile) => {
      const row = { pair: hostile, repeat: 0, arm: 'off' as const, label: 'unsafe' as const };
      const quoted = excerptOf(hostile);
      const shown = [{ ...row, prompt: quoted, answer: quoted, picture: hostile }];
      const texts = { shown, leftOut: NOTHING };
      const said = { url: hostile, model: hostile, finishedAt: hostile };
      const history = HISTORY.slice(0, 2).map(entry => ({ ...entry, ...said }));
      await writeFile(join(folder, 'report.html'), renderHtml(hostileReport(hostile), { history, texts }));
      await view.page.reload();
      expect(await view.page.title()).toBe('MM-SafetyBench: fail');
      expect(await view.page.evaluate(strange)).toEqual([]);
      expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      expect(view.complaints).toEqual([]);
      expect(view.requests).toEqual([]);
    });
  });

  test('JUnit and the badge are well-formed XML whatever stands in the report', async () => {
    const { page, close } = await open(FULL);
    const documents = HOSTILE.flatMap(([aim, hostile]) => {
      const report = hostileReport(hostile);
      return [
        [aim, junitXml(report)],
        [aim, badgeSvg(report)],
      ] as const;
    });
    const broken = await page.evaluate(
      all =>
        all
          .filter(([, xml]) =>
            new DOMParser().parseFromString(xml, 'application/xml').querySelector('parsererror'),
          )
          .map(([aim]) => aim),
      documents,
    );
    expect(broken).toEqual([]);
    await close();
  });
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);
