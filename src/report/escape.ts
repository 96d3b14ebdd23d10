/** The one place where text is made harmless for what it is put into. Every renderer escapes through here alone. */

/** Control, bidirectional, zero-width and other invisible characters, and halves of surrogate pairs. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|[\ufe00-\ufe0f]/gu;

/** A number and its unit stay on one line. */
const united = (value: string): string => value.replaceAll(/(\d) (?=%|points?\b)/g, '$1\u00a0');

/** Marks piled on one letter until they cover the lines around it. */
const PILED = /(\p{M}{2})\p{M}+/gu;

/** At most so many UTF-16 units; what was cut off is shown by an ellipsis, and no character is cut in half. */
export const clip = (value: string, most: number): string =>
  value.length <= most ? value : `${value.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** Text on one line, without anything invisible: for whatever escapes it further. */
const visible = (value: string): string =>
  value.toWellFormed().replaceAll(INVISIBLE, ' ').replaceAll(PILED, '$1').replaceAll(/ +/g, ' ').trim();

/** What GitHub's runner takes for a command: `::` behind the blanks that begin a line, `##[` anywhere in it. */
const COMMAND = /:(?=:)|#(?=#\[)/g;

/** Text on one line for a log or a terminal: nothing invisible, and no command to GitHub's runner, wherever it wraps. */
export const plain = (value: string): string => visible(value).replaceAll(COMMAND, '$& ');

/** One visible line of at most so many units; of a text that is far longer no more is looked at than that takes. */
const short = (value: string, most: number): string => clip(visible(clip(value, 8 * most)), most);

/** A break that GitHub's searches for mentions and references stop at, and nobody sees. */
const BREAK = '\u200c';

/**
 * Text within GitHub's Markdown, also in a table's cell: no HTML, link, formula, heading, list, mention, reference or
 * emoji of its own.
 * @param most UTF-16 units of the text that are kept
 */
export const text = (value: string, most = 2000): string =>
  united(short(value, most))
    .replaceAll('@', `@${BREAK}`)
    .replaceAll(/#(?=\w)/g, `#${BREAK}`)
    .replaceAll(/\bgh-(?=\d)/gi, found => `${found}${BREAK}`)
    .replaceAll(/:(?=[\w+-]+:|\/\/)/g, `:${BREAK}`)
    .replaceAll(/\b(mailto|xmpp):/gi, `$1:${BREAK}`)
    .replaceAll(/\bwww\./gi, found => `${found.slice(0, 3)}${BREAK}.`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*[\]|~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, entity)
    .replace(/^[-+#=](?!\d)/, entity)
    .replace(/^(\d+)([.)])(?= |$)/, (_, digits: string, mark: string) => `${digits}${entity(mark)}`)
    .replaceAll('$', '<span>$</span>');

/**
 * Text as inline code, in a paragraph or a table's cell: GitHub looks for nothing in it. A bar would end the cell,
 * and what keeps it from that shows outside of tables: it becomes a broken bar.
 */
export function code(value: string, most = 300): string {
  const inner = short(value, most).replaceAll('|', '¦') || '–';
  const longest = Math.max(0, ...(inner.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${inner} ${fence}` : `${fence}${inner}${fence}`;
}

const entity = (mark: string): string => `&#${mark.charCodeAt(0)};`;

/** An address that may be linked to: http or https without a name or password in it; null for any other. */
export function address(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, username, password, href } = new URL(url);
  const sound = /^https?:$/.test(protocol) && username === '' && password === '' && href.length <= 2000;
  return sound ? href.replaceAll(/[\s()<>[\]|"'`\\*_~]/g, mark => encoded(mark)) : null;
}

const encoded = (mark: string): string =>
  `%${mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** A link of Markdown; only its label where the address is none to link to. */
export function link(label: string, url: string): string {
  const target = address(url);
  return target === null ? text(label) : `[${text(label)}](${target})`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const markup = (value: string): string => value.replaceAll(/[&<>"']/g, mark => ENTITIES[mark] ?? mark);

/** Text on one line as HTML's or SVG's text, or the value of a quoted attribute. */
export const html = (value: string, most = 4000): string => united(markup(short(value, most)));

/** A whole text as HTML's: its lines are kept, and what is invisible is shown by its code point. */
export const htmlLines = (value: string): string =>
  markup(
    value
      .toWellFormed()
      .replaceAll(/\r\n?/g, '\n')
      .replaceAll(INVISIBLE, mark =>
        mark === '\n' || mark === '\t'
          ? mark
          : `⟨U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
      )
      .replaceAll(PILED, '$1'),
  );

/** Text on one line as XML's text or the value of a quoted attribute; nothing that XML 1.0 forbids. */
export const xml = (value: string, most = 4000): string =>
  markup(short(value, most)).replaceAll(/[\uFFFE\uFFFF]/g, ' ');
