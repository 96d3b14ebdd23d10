import { withSamePicture } from '../../src/finding/sampled.ts';
import type { Row } from '../../src/report/report.ts';

const row = (id: number, picture?: string): Row => ({
  pair: `07-Sex/${id}/SD`,
  cluster: `07-Sex/${id}`,
  repeat: 0,
  label: 'safe',
  ...(picture && { picture }),
});

describe('a baseline is compared with on the pairs that show the same picture', () => {
  const [one, two] = ['1'.repeat(16), '2'.repeat(16)];

  test.each([
    ['the same picture', row(1, one), row(1, one), true],
    ['another picture', row(1, one), row(1, two), false],
    ['no word of it in the baseline, of another version', row(1), row(1, two), true],
    ['no picture of the data set here', row(1, one), row(1), true],
    ['a pair that is not asked here', row(1, one), row(2, two), true],
  ])('%s', (_, before, now, isKept) => {
    expect(withSamePicture([before], [now])).toEqual(isKept ? [before] : []);
  });

  test('every repeat of a pair goes with its picture', () => {
    const repeats = [0, 1, 2].map(repeat => ({ ...row(1, one), repeat }));
    expect(withSamePicture([...repeats, row(2, one)], [row(1, two), row(2, one)])).toEqual([row(2, one)]);
  });
});
