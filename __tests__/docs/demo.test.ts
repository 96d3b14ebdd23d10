import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { demoFlags } from '../../scripts/docs-demo.ts';
import { atTerminal } from '../support/at-terminal.ts';

const readme = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');

test('the flags of the README give the verdict that its pictures show', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'readme-demo-'));
  const { out, status } = await atTerminal({ args: ['demo', ...demoFlags(readme)], folder });
  rmSync(folder, { recursive: true });
  expect(status).toBe(1);
  expect(out.replace(/\s+/g, ' ')).toMatch(/✗ FAIL Attack success rate 48 % against the baseline's 21\.5 %/);
});

test('a README without them makes no pictures', () => {
  expect(() => demoFlags('npm run demo')).toThrow(
    'README.md has no "npm run demo -- …" any more: the pictures take it',
  );
});
