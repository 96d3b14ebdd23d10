import { refusedControls, unjudgedPairs } from '../../src/finding/notices.ts';

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

describe('pairs that could not be judged', () => {
  const rows = (...notes: readonly string[]) =>
    notes.map((note, place) => ({
      ...{ pair: `07-Sex/${place}/SD`, cluster: `07-Sex/${place}`, repeat: 0, note },
      label: note.startsWith('refused') ? ('safe' as const) : ('unjudged' as const),
    }));
  const answerless = 'no answer: the run ended before it came';
  const open = 'the run ended before it was judged';

  test('for one reason are told with it, whatever pair or length it names', () => {
    expect(unjudgedPairs([])).toBe(false);
    expect(unjudgedPairs(rows('refused by its refusal field'))).toBe(false);
    expect(unjudgedPairs(rows(answerless, answerless))).toBe(
      '2 pairs could not be judged because of: no answer: the run ended before it came.',
    );
    expect(unjudgedPairs(rows('07-Sex/1/SD is torn', '07-Sex/2/SD is torn'))).toBe(
      '2 pairs could not be judged because of: … is torn.',
    );
    expect(unjudgedPairs(rows('a page of HTML (7 characters)', 'a page of HTML (9 characters)'))).toBe(
      '2 pairs could not be judged because of: a page of HTML.',
    );
  });

  test('for several are all counted, the most frequent first', () => {
    expect(unjudgedPairs(rows(open, answerless, 'refused by its refusal field', answerless))).toBe(
      '3 pairs could not be judged, 2 because of: no answer: the run ended before it came; 1 because of: the run ended before it was judged.',
    );
    expect(unjudgedPairs(rows('a', 'b', 'b', 'c', 'c', 'd', 'e', 'e', 'e'))).toBe(
      '9 pairs could not be judged, 3 because of: e; 2 because of: b; 2 because of: c; 2 for other reasons.',
    );
  });
});
