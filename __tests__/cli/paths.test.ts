import { filesAt, isColoured } from '../../src/cli/paths.ts';

/** A terminal as far as colours go. */
const terminal = (isTTY: boolean, environment: NodeJS.ProcessEnv) => ({
  environment,
  out: Object.assign(Object.create(process.stdout), { isTTY }) as NodeJS.WriteStream,
  err: process.stderr,
});

test.each([
  ['a screen', true, {}, true],
  ['a screen with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
  ['NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ['a pipe', false, {}, false],
])('colours on %s', (_where, isTTY, environment, expected) => {
  const asked = terminal(isTTY, environment);
  expect(isColoured(asked)).toBe(expected);
  expect(filesAt({ Report: 'report.html' }, asked).includes('\u001b')).toBe(expected);
});
