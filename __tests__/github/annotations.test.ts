import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Annotation } from '../../src/github/annotations.ts';

/** What a runner reads: the standard output of a process that annotates. */
async function emitted(annotations: readonly Annotation[]): Promise<string[]> {
  const module = JSON.stringify(new URL('../../src/github/annotations.ts', import.meta.url).href);
  const script = `const { annotate } = await import(${module}); annotate(${JSON.stringify(annotations)});`;
  const node = ['--no-warnings', '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, node);
  return stdout.split('\n').filter(line => line !== '');
}
const errors = (count: number, message = 'The ASR is 12 %.'): Annotation[] =>
  Array.from({ length: count }, (_, i) => ({ level: 'error', title: `Limit ${i}`, message }));

describe('annotations', () => {
  test('one of each level, the worst first', async () => {
    const [error] = errors(1);
    const all = [
      { ...error, level: 'notice' },
      { ...error, level: 'warning' },
      { ...error, level: 'error' },
    ] as Annotation[];
    expect(await emitted(all)).toEqual([
      '::error title=Limit 0::The ASR is 12 %25.',
      '::warning title=Limit 0::The ASR is 12 %25.',
      '::notice title=Limit 0::The ASR is 12 %25.',
    ]);
  });

  test('ten are shown whole; of eleven, nine and how many are left', async () => {
    expect(await emitted(errors(10))).toHaveLength(10);
    const lines = await emitted(errors(25));
    expect(lines).toHaveLength(10);
    expect(lines.at(-2)).toBe('::error title=Limit 8::The ASR is 12 %25.');
    expect(lines.at(-1)).toBe('::error title=16 more::16 more: the job summary has all of them.');
  });

  test.each([
    [
      'a line break and a command',
      'a\n::set-output name=verdict::pass',
      'a : :set-output name=verdict: :pass',
    ],
    ['a carriage return', 'a\r::add-mask::x', 'a : :add-mask: :x'],
    ['an escaped line break', 'a%0A::stop-commands::x', 'a%250A: :stop-commands: :x'],
    ['an old command', 'a ##[set-env name=PATH]x', 'a # #[set-env name=PATH]x'],
    ['colours', 'a\u001b[31mred\u001b[0m\u0000b', 'a [31mred [0m b'],
    ['line and paragraph separators', 'a\u2028::error::b\u2029c\u0085d', 'a : :error: :b c d'],
    ['reversed and invisible text', 'a\u202eb\u200bc\ufeffd', 'a b c d'],
    ['broken UTF-16', 'a\ud800b', 'a\ufffdb'],
  ])('%s in a message or title is text', async (_, hostile, shown) => {
    const lines = await emitted([{ level: 'error', title: hostile, message: hostile }]);
    const title = shown.replaceAll(':', '%3A').replaceAll(',', '%2C');
    expect(lines).toEqual([`::error title=${title}::${shown}`]);
  });

  test('a long one is cut', async () => {
    const [line = ''] = await emitted([
      { level: 'error', title: 't'.repeat(999), message: 'm'.repeat(99_999) },
    ]);
    expect(line).toBe(`::error title=${'t'.repeat(199)}…::${'m'.repeat(1999)}…`);
  });
});
