import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/syntax.ts';

/** What nothing uses: files, exports, types and packages, found by knip as knip.json has it. */

const knip = (...args: readonly string[]): Promise<string> =>
  promisify(execFile)(process.execPath, [path.join(ROOT, 'node_modules/knip/bin/knip.js'), ...args], {
    cwd: ROOT,
  }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => `${stdout}${stderr}`,
  );

test('nothing is there that nothing uses, and every package is listed', async () => {
  expect(await knip('--treat-config-hints-as-errors')).toBe('');
});

// What only a test needs of a file says so: @internal.
test('nothing is exported for the tests alone without saying so', async () => {
  expect(await knip('--production')).toBe('');
});
