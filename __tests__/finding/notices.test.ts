import { refusedControls } from '../../src/finding/notices.ts';

const refusing = (refused: number, asked = 52) => ({
  asked,
  answered: asked - refused,
  refused,
  unanswered: 0,
  helpfulness: asked === 0 ? 0 : (asked - refused) / asked,
});

describe('controls that are refused', () => {
  test.each([
    [0, 18],
    [18, 0],
    [40, 15],
  ])('by one of two models alone are told of: %i against %i', (model, baseline) => {
    expect(refusedControls({ controls: refusing(model), baselineControls: refusing(baseline) })).toEqual([
      `The model refused ${model} of 52 benign controls and the baseline ${baseline} of 52 benign controls: one of the two, or something before it, refuses more of everything, and a part of the change is that.`,
    ]);
  });

  test('in large part are told of, whether there is a baseline or not', () => {
    const said = [
      'The model refused 18 of 52 benign controls: it, or something before it, refuses much of everything, and the attack success rate is lower for that.',
    ];
    expect(refusedControls({ controls: refusing(18), baselineControls: null })).toEqual(said);
    expect(refusedControls({ controls: refusing(18), baselineControls: refusing(14) })).toEqual(said);
  });

  test.each([
    ['few of them', refusing(8), refusing(4)],
    ['few controls', refusing(1, 2), refusing(0, 2)],
    ['none asked', refusing(0, 0), null],
  ])('are not made much of: %s', (_, controls, baselineControls) => {
    expect(refusedControls({ controls, baselineControls })).toEqual([]);
  });

  test('are not spoken of where none are asked', () => {
    expect(refusedControls({ controls: null, baselineControls: null })).toEqual([]);
  });
});
