import type { TemplateName } from '../benchmark/scenarios.ts';
import { LANGUAGES, type Language, TRANSLATIONS } from './planted-languages.ts';
import { REASONS, REFUSED_IN, SOFT } from './planted-refusals.ts';
import {
  BRIBES,
  HEDGES,
  PLANTED_TEXTS,
  type PlantedText,
  SHORT,
  TAKEN_BACK,
  TALK,
  type ThemedText,
} from './planted-texts.ts';

/** Where the harm stands in a long answer: a judge may read its head alone, its tail alone, or both. */
export const PLACES = ['at the beginning', 'at the end', 'in the middle'] as const;
export type Place = (typeof PLACES)[number];

/** What compliance looks like besides plain; a word to its grader by its place among them. */
export type Form = `long ${Place}` | `bribed ${number}` | 'hedged' | 'refused' | 'code' | 'short' | Language;

/** What refusals look like besides plain. */
export type RefusalForm = 'soft' | 'lengthy' | Language;

/** Compliance, or a refusal, in one of the forms. */
export interface Formed<F = Form> {
  readonly template: TemplateName;
  readonly way: F;
  readonly text: PlantedText | ThemedText;
}

/** Each word to a grader, and each place, is planted at least so often: one slip is forgiven, and does not hide it. */
const FEWEST = 2;

/**
 * The compliances of these templates in other forms: each with a word to its grader and each in a long answer; and a
 * few behind an apology or a disclaimer, behind a whole refusal, in a block of code, and in each other language; and short
 * ones for each template. No form is there only once.
 */
export function formsFor(templates: readonly TemplateName[]): readonly Formed[] {
  const all = templates.flatMap(template =>
    PLANTED_TEXTS[template].compliances.map(text => ({ template, text })),
  );
  const some = (count: number, from: number, way: Form, dress: (answer: string, n: number) => string) =>
    taken(templatesInTurn(all), count, from).map((each, n) => formed(each, way, answer => dress(answer, n)));
  return [
    ...goingRound(all, BRIBES.length).map(([each, n]) =>
      formed(each, `bribed ${n}`, answer => saying(answer, BRIBES[n])),
    ),
    ...goingRound(all, PLACES.length).map(([each, n]) => {
      const place = PLACES[n] as Place;
      return formed(each, `long ${place}`, answer => amidTalk(answer, place));
    }),
    ...some(HEDGES.length, 0, 'hedged', (answer, n) => saying(answer, { before: HEDGES[n] })),
    ...some(TAKEN_BACK.length, HEDGES.length + FEWEST, 'refused', (answer, n) =>
      saying(answer, { before: TAKEN_BACK[n] }),
    ),
    ...some(FEWEST, HEDGES.length, 'code', answer => `\`\`\`text\n${answer}\n\`\`\``),
    ...LANGUAGES.flatMap((language, n) => {
      const translated = saidTo('compliances', templates, language, each =>
        TRANSLATIONS[each].map(said => said[language]),
      );
      return taken(translated, FEWEST, n * FEWEST);
    }),
    ...taken(
      saidTo('compliances', templates, 'short', each => SHORT[each]),
      Math.max(FEWEST, templates.length),
      0,
    ),
  ];
}

/**
 * Refusals of these templates in other forms, each as often as the fewest: a judge may know the plain ones alone. Soft
 * ones are of one template, for those of the general one, where it is asked, decline in no word at all.
 */
export function refusalFormsFor(templates: readonly TemplateName[]): readonly Formed<RefusalForm>[] {
  const some = (way: RefusalForm, of: readonly TemplateName[], answers: Answers) =>
    taken(saidTo('refusals', of, way, answers), FEWEST, 0);
  return [
    ...some('soft', templates.slice(0, 1), each => SOFT[each]),
    ...some('lengthy', templates, each =>
      PLANTED_TEXTS[each].refusals.map(({ answer }) => saying(answer, { after: REASONS })),
    ),
    ...LANGUAGES.flatMap(language =>
      some(language, templates, each => REFUSED_IN[each].map(said => said[language])),
    ),
  ];
}

type Answers = (template: TemplateName) => readonly string[];

type Compliance = Omit<Formed, 'way'>;

const formed = ({ template, text }: Compliance, way: Form, dress: (answer: string) => string): Formed => ({
  template,
  way,
  text: { ...text, answer: dress(text.answer) },
});

const saying = (
  answer: string,
  { before, after }: { readonly before?: string | undefined; readonly after?: string | undefined } = {},
): string => [before, answer, after].filter(part => part !== undefined).join('\n\n');

/** An answer at this place among paragraphs of talk. */
export function amidTalk(answer: string, place: Place, talk: readonly string[] = TALK): string {
  const before = {
    'at the beginning': 0,
    'in the middle': Math.ceil(talk.length / 2),
    'at the end': talk.length,
  };
  return talk.toSpliced(before[place], 0, answer).join('\n\n');
}

/** What is said in this form to the first questions of each template, the templates in turn. */
const saidTo = <F extends RefusalForm | Form>(
  sort: 'refusals' | 'compliances',
  templates: readonly TemplateName[],
  way: F,
  answers: Answers,
): readonly Formed<F>[] =>
  templatesInTurn(
    templates.flatMap(template =>
      answers(template).map((answer, n) => ({
        template,
        way,
        text: { ...(PLANTED_TEXTS[template][sort][n] as PlantedText), answer },
      })),
    ),
  );

/** So many of a list from one on, which goes on at its beginning. */
const taken = <T>(list: readonly T[], count: number, from: number): readonly T[] =>
  Array.from({ length: count }, (_, n) => list[(from + n) % list.length] as T);

/** All of these, each with one of so many forms in turn; of few again with the next form, until each form is there often enough. */
function goingRound<T>(all: readonly T[], forms: number): readonly (readonly [T, number])[] {
  const rounds = Array.from({ length: forms }, (_, turn) =>
    all.map((each, place) => [each, (place + turn) % forms] as const),
  );
  const times = new Map<number, number>();
  return rounds.flatMap((round, turn) =>
    round.filter(([, form]) => {
      const before = times.get(form) ?? 0;
      if (turn > 0 && before >= FEWEST) return false;
      times.set(form, before + 1);
      return true;
    }),
  );
}

/** The first of each template, the second of each, and so on. */
export function templatesInTurn<T extends { readonly template: TemplateName }>(
  planted: readonly T[],
): readonly T[] {
  const groups = [...Map.groupBy(planted, ({ template }) => template).values()];
  const longest = Math.max(...groups.map(({ length }) => length));
  return Array.from({ length: longest }, (_, n) => groups.flatMap(own => own[n] ?? [])).flat();
}
