import { createHash } from 'node:crypto';
import { html } from '../escape.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** What a page of the tool says; `meta`, `main` and `footer` are finished HTML. */
export interface Page {
  readonly title: string;
  /** What kind of page it is, above its heading. */
  readonly eyebrow: string;
  readonly heading: string;
  readonly meta: string;
  readonly main: string;
  /** The link for those who skip the head: where to, and its words. */
  readonly skip: readonly [id: string, words: string];
  readonly tool: { readonly name: string; readonly version: string };
}

const hash = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/** Nothing may be loaded, sent or run but the one script and the one style that stand in the file. */
const POLICY = [
  "default-src 'none'",
  `script-src ${hash(SCRIPT)}`,
  `style-src ${hash(STYLE)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** A whole page on one file that asks nobody for anything, in light and dark. */
export function page({ title, eyebrow, heading, meta, main, skip: [id, words], tool }: Page): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${html(title, 200)}</title>`,
    '<link rel="icon" href="data:,">',
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<a class="skip" href="#${id}">${words}</a>`,
    '<div class="page">',
    `<header><div><p class="eyebrow">${eyebrow}</p><h1>${html(heading, 200)}</h1><p class="meta">${meta}</p></div><button type="button" class="theme" hidden>Theme</button></header>`,
    `<main>${main}</main>`,
    `<footer class="soft">${html(`${tool.name} ${tool.version}`, 100)} · this page asks nobody for anything</footer>`,
    '</div>',
    `<script>${SCRIPT}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
