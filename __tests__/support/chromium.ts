import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's chromium, or the one that CHROMIUM names. */
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launched = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });

/** A page as it was opened, with everything that it complained of (errors, console, dialogs) and asked others for. */
export interface View {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Opens a file as a person does. */
export async function openFile(
  browser: Browser,
  file: string,
  context: BrowserContextOptions = {},
): Promise<View> {
  const own = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...context });
  const page = await own.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', message => complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(error.message));
  page.on('dialog', dialog => complaints.push(dialog.message()));
  page.on('request', request => {
    if (!/^(?:file|data):/.test(request.url())) requests.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requests, close: () => own.close() };
}

/** Elements and attributes that the report never has of its own. Runs in the page. */
export function strange(): readonly string[] {
  const all = [...document.querySelectorAll('*')];
  return [
    ...all
      .filter(each =>
        /^(?:IFRAME|FORM|BASE|OBJECT|EMBED|TEXTAREA|VIDEO|AUDIO|B-|MARQUEE)$/i.test(each.tagName),
      )
      .map(each => each.tagName),
    ...all.flatMap(each =>
      [...each.attributes]
        .filter(({ name }) => name.startsWith('on') || name === 'style')
        .map(({ name }) => name),
    ),
    ...(document.querySelectorAll('script').length === 1 ? [] : ['script']),
    ...(document.querySelectorAll('style').length === 1 ? [] : ['style']),
    ...(document.querySelectorAll('meta').length === 4 ? [] : ['meta']),
  ];
}
