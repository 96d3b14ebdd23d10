import { askedWait, heeded, shortened, timeOf } from '../../src/endpoint/limits.ts';

const NOW = Date.parse('2026-11-24T03:00:00Z');
const MINUTE = 60_000;

test.each([
  [{ 'retry-after-ms': '1500' }, 1500],
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': 'Tue, 24 Nov 2026 03:00:07 GMT' }, 7000],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' }, 6 * MINUTE],
  [{ 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '6m0s' }, 0],
  [{ 'retry-after-ms': '', 'retry-after': '3' }, 3000],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${NOW + 4000}` }, 4000],
  [{ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': `${NOW + 4000}` }, 0],
  [{ 'x-ratelimit-reset': '4' }, 0],
  [{ 'x-ratelimit-remaining': '', 'x-ratelimit-reset': '4' }, 0],
  [{ 'x-ratelimit-remaining-tokens': '-12', 'x-ratelimit-reset-tokens': '4' }, 4000],
  [{ 'x-ratelimit-remaining-tokens': ' 0.0 ', 'x-ratelimit-reset-tokens': '4' }, 4000],
  [{ 'x-ratelimit-remaining-tokens': 'none', 'x-ratelimit-reset-tokens': '4' }, 0],
  [{}, 0],
  [{ 'retry-after': `${NOW / 1000 + 2}` }, 2000],
])('%j is waited for as long as it says', (headers, expected) => {
  expect(askedWait(new Headers(headers as Record<string, string>), NOW)).toBe(expected);
});

test.each([
  ['1m2.5s', 62_500],
  ['6ms', 6],
  ['3', 3000],
  ['-5s', 0],
  ['-5', 0],
  ['soon', 0],
  ['', 0],
  ['2026-11-24T03:00:02Z', 2000],
  ['Tue, 24 Nov 2026 03:00:02 GMT', 2000],
  ['2026-11-24T02:59:00Z', 0],
  [`${NOW / 1000 + 2}`, 2000],
  [`${NOW + 2000}`, 2000],
  [`${NOW / 1000 - 2}`, 0],
])('a quota that is there again in «%s»', (reset, expected) => {
  const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': reset };
  expect(askedWait(new Headers(headers), NOW)).toBe(expected);
});

test.each([
  [{ 'retry-after': '901' }, 901_000, 15 * MINUTE],
  [{ 'retry-after': '3600' }, 60 * MINUTE, 15 * MINUTE],
  [{ 'retry-after': 'Thu, 26 Nov 2026 03:00:00 GMT' }, 2880 * MINUTE, 2000],
  [{ 'retry-after-ms': '1e9' }, 1e9, 2000],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1d' }, 1440 * MINUTE, 2000],
])(
  '%j is read as it is, and waited for a quarter of an hour at most, or only a moment beyond an hour',
  (headers, asked, waited) => {
    expect(askedWait(new Headers(headers as Record<string, string>), NOW)).toBe(asked);
    expect(heeded(asked)).toBe(waited);
    expect(shortened(asked)).toBe(15 * MINUTE);
  },
);

test.each([
  [400, '0 s'],
  [40_000, '40 s'],
  [89_000, '89 s'],
  [4 * MINUTE, '4 min'],
  [80 * MINUTE, '80 min'],
  [150 * MINUTE, '3 h'],
  [1440 * MINUTE, '24 h'],
  [4320 * MINUTE, '3 days'],
])('%i ms are told as %s', (ms, words) => {
  expect(timeOf(ms)).toBe(words);
});
