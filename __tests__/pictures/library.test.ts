import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

test('under WebAssembly, 100 pictures composed take no more memory than a few', async () => {
  const script = resolve('__tests__/support/composing.ts');
  const { stdout } = await run(process.execPath, ['--no-addons', '--no-warnings', script, '100']);
  // It begins with 16 MB, and grows by a fifth at a time.
  expect(Number(stdout)).toBeGreaterThanOrEqual(16);
  expect(Number(stdout)).toBeLessThan(32);
});
