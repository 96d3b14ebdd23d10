/**
 * Makes the README's pictures from the demo: the comment as GitHub shows it, and the page of the report, as PNG files
 * under docs/pictures. It needs Chromium (/usr/bin/chromium, or the path in CHROMIUM) and a font with emoji.
 *
 *     node scripts/docs-pictures.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { marked } from 'marked';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { renderComment } from '../src/report/comment.ts';
import { historyEntryOf } from '../src/report/history.ts';
import { renderHtml } from '../src/report/html/html.ts';
import { readReport } from '../src/report/read-report.ts';
import type { Report } from '../src/report/report.ts';
import { demoFlags } from './docs-demo.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const PICTURES = path.join(ROOT, 'docs/pictures');
/** How wide a comment is on GitHub, and the page on a laptop (CSS pixels). */
const COMMENT_WIDTH = 940;
const PAGE = { width: 1200, height: 1000 };

/** As far as it is used in the page. */
interface Mermaid {
  initialize(settings: { readonly startOnLoad: boolean }): void;
  run(): Promise<void>;
}

const home = mkdtempSync(path.join(tmpdir(), 'pictures-'));
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  mkdirSync(PICTURES, { recursive: true });
  const report = demoReport();
  await takeComment(browser, report);
  await takePage(browser, report);
} finally {
  await browser.close();
  rmSync(home, { recursive: true, force: true });
}

/** The demo's report, told as if a pull request of octo-org/models had made it. */
function demoReport(): Report {
  const code = `await (await import(${JSON.stringify(path.join(ROOT, 'src/cli.ts'))})).main()`;
  const args = [
    '--no-warnings',
    '--input-type=module',
    '--eval',
    code,
    'mm-safetybench-gate',
    'demo',
    ...demoFlags(readFileSync(path.join(ROOT, 'README.md'), 'utf8')),
    '--report-dir',
    home,
  ];
  try {
    execFileSync(process.execPath, args, { cwd: home, stdio: 'ignore' });
  } catch (error) {
    // A verdict that is no pass is an exit status of 1.
    if ((error as { status?: unknown }).status !== 1) throw error;
  }
  const report = readReport(readFileSync(path.join(home, 'report.json'), 'utf8'));
  if ('problem' in report) throw new Error(report.problem);
  const url = 'https://github.com/octo-org/models/actions/runs/1';
  return {
    ...report,
    run: { ...report.run, repository: 'octo-org/models', url, pullRequest: 7, event: 'pull_request' },
  };
}

/** GitHub's Markdown by marked, in GitHub's own style sheet, its Mermaid drawn. */
async function takeComment(browser: Browser, report: Report): Promise<void> {
  const read = (file: string) => readFileSync(path.join(ROOT, 'node_modules', file), 'utf8');
  const body = await marked.parse(renderComment(report), { gfm: true });
  const page = await browser.newPage({
    viewport: { width: COMMENT_WIDTH, height: 1000 },
  });
  await page.setContent(`<!doctype html><meta charset="utf-8">
    <style>${read('github-markdown-css/github-markdown-light.css')}</style>
    <style>
      body { margin: 0; background: #fff; }
      main { padding: 16px; border: 1px solid #d1d9e0; border-radius: 6px; }
    </style>
    <main class="markdown-body">${body.replaceAll(
      /<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g,
      '<pre class="mermaid">$1</pre>',
    )}</main>`);
  await page.addScriptTag({ content: read('@mermaid-js/tiny/dist/mermaid.tiny.js') });
  await page.evaluate(async () => {
    const { mermaid } = globalThis as unknown as { mermaid: Mermaid };
    mermaid.initialize({ startOnLoad: false });
    await mermaid.run();
  });
  await save('comment.png', page, 'main');
}

async function takePage(browser: Browser, report: Report): Promise<void> {
  const file = path.join(home, 'shown.html');
  writeFileSync(file, renderHtml(report, { history: [historyEntryOf(report, 1)] }));
  const page = await browser.newPage({ viewport: PAGE, colorScheme: 'light' });
  await page.goto(pathToFileURL(file).href);
  await save('report.png', page);
}

/** A picture of an element, or of what a window shows; 64 colours are enough, and a third of the size. */
async function save(name: string, page: Page, selector?: string): Promise<void> {
  const bytes = selector ? await page.locator(selector).screenshot() : await page.screenshot();
  const file = path.join(PICTURES, name);
  await sharp(bytes).png({ palette: true, colours: 64, effort: 10 }).toFile(file);
  process.stdout.write(`${path.relative(ROOT, file)} written\n`);
}
