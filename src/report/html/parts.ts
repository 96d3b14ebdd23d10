import { html } from '../escape.ts';

/** What the sections of the HTML report are made of. Every function gives finished HTML. */

/** A section without a body is empty. */
export const section = (id: string, title: string, body: string): string =>
  body === ''
    ? ''
    : `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;

/** Smaller words about what follows. */
export const note = (words: string): string => `<p class="note">${words}</p>`;

/** A table that scrolls within itself where it is wider than the page. */
export const scrolling = (name: string, table: string): string =>
  `<div class="scroll" role="region" aria-label="${html(name)}" tabindex="0">${table}</div>`;

/** A table of names and facts; the facts are finished HTML. */
export const facts = (name: string, rows: readonly (readonly [string, string])[]): string =>
  rows.length === 0
    ? ''
    : `<table class="facts" aria-label="${html(name)}"><tbody>${rows.map(([what, fact]) => `<tr><th scope="row">${html(what)}</th><td>${fact}</td></tr>`).join('')}</tbody></table>`;

/** One figure among others. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  /** What it is known to be, and what it is held to. */
  readonly lines: readonly string[];
  /** Finished HTML. */
  readonly drawing?: string;
}

export const figures = (all: readonly Figure[]): string =>
  `<dl class="figures">${all
    .map(
      ({ name, value, lines, drawing = '' }) =>
        `<div><dt>${html(name)}</dt><dd><span class="value">${html(value).replace(/\u00a0points?$/, '<small>$&</small>')}</span>${lines
          .filter(line => line !== '')
          .map(line => `<span class="line">${html(line)}</span>`)
          .join('')}${drawing}</dd></div>`,
    )
    .join('')}</dl>`;

/** The heading of a column that can be sorted by. */
export const sortable = (name: string, numeric = true): string =>
  `<th scope="col"${numeric ? ' class="n"' : ''}><button type="button">${name}</button></th>`;

/** A cell with a number; `value` is what it is sorted by. */
export const number = (shown: string, value: number | null): string =>
  `<td class="n" data-value="${value ?? ''}">${html(shown)}</td>`;
