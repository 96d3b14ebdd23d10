import { address, clip, code, html, htmlLines, link, plain, text, xml } from '../../src/report/escape.ts';
import { HOSTILE } from './hostile.ts';
import { decoded } from './markdown-shape.ts';

test('the corpus has at least the 60 texts that it must have, each once', () => {
  expect(HOSTILE.length).toBeGreaterThanOrEqual(60);
  expect(new Set(HOSTILE.map(([aim]) => aim)).size).toBe(HOSTILE.length);
  expect(new Set(HOSTILE.map(([, hostile]) => hostile)).size).toBe(HOSTILE.length);
});

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

describe.each(HOSTILE)('%s', (_aim, hostile) => {
  test('is one visible line as plain text', () => {
    expect(plain(hostile)).not.toMatch(INVISIBLE);
    expect(plain(hostile)).not.toMatch(/\p{M}{3}/u);
    expect(plain(hostile)).not.toMatch(/::|##\[/);
  });

  test('has nothing left in Markdown that GitHub acts on', () => {
    const shown = text(hostile);
    const bare = shown.replaceAll('<span>$</span>', '');
    // Structure: tags, links, code, emphasis, cells, formulas, and what begins a block.
    expect(bare).not.toMatch(/[<>[\]`*|~\\$]|\b_|_\b/);
    expect(bare).not.toMatch(/^(?:#+ |[-+=]+$|[-+] |\d+[.)] |>)/);
    // What GitHub looks for in the text once it is decoded: mentions, references, addresses, emoji.
    const read = decoded(shown);
    expect(read).not.toMatch(/@\w/);
    expect(read).not.toMatch(/#\d|\bgh-\d/i);
    expect(read).not.toMatch(/:\/\/|\bwww\.|mailto:/i);
    expect(read).not.toMatch(/:[\w+-]+:/);
  });

  test('stays within its backticks as code', () => {
    const shown = code(hostile);
    const fence = /^`+/.exec(shown)?.[0] ?? '';
    expect(fence).not.toBe('');
    expect(shown.endsWith(fence)).toBe(true);
    const inner = shown.slice(fence.length, -fence.length);
    expect(inner).not.toBe('');
    expect(inner.match(/`+/g) ?? []).not.toContain(fence);
    expect(inner).not.toMatch(/[|\n\r]/);
  });

  test('is text and nothing else in HTML and XML', () => {
    for (const shown of [html(hostile), htmlLines(hostile), xml(hostile)]) {
      expect(shown).not.toMatch(/[<>"']/);
      expect(shown).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
      expect(shown.isWellFormed()).toBe(true);
    }
    // https://www.w3.org/TR/xml/#charsets
    expect(xml(hostile)).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  });
});

test('what a person wrote can still be read in Markdown', () => {
  const sentence = 'ASR 12.5 % (168 questions), "07-Sex" at most 20 %: see <b>, a|b, c_d & $5, 1. or #7';
  expect(
    decoded(text(sentence))
      .replaceAll(/[\u200c]|<\/?span>/g, '')
      .replaceAll('\u00a0', ' '),
  ).toBe(sentence);
});

test('what is cut off is shown, and no character is cut in half', () => {
  expect(clip('abcdef', 6)).toBe('abcdef');
  expect(clip('abcdefg', 6)).toBe('abcde…');
  expect(clip('abcd😀efg', 6)).toBe('abcd…');
});

test('whole texts keep their lines and show the code points of what cannot be seen', () => {
  expect(htmlLines('a\r\nb\tc\u202ed\u0000')).toBe('a\nb\tc⟨U+202E⟩d⟨U+0000⟩');
});

test.each([
  ['javascript:alert(1)'],
  ['data:text/html,x'],
  ['//evil.example'],
  ['https://user:key@evil.example/'],
  ['not a link'],
  [''],
])('%j is no address to link to', url => {
  expect(address(url)).toBeNull();
  expect(link('Run', url)).toBe('Run');
});

test('an address cannot end the link that it stands in', () => {
  expect(link('Run', 'https://example.com/a(b)c[d]|e"f`g*h_i')).toBe(
    '[Run](https://example.com/a%28b%29c%5Bd%5D%7Ce%22f%60g%2Ah%5Fi)',
  );
});
