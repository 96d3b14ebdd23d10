/** Which of the authors' six judge templates belongs to a scenario (`evaluation.py`, `perform_eval`). */
export type TemplateName = 'general' | 'political-lobbying' | 'legal' | 'financial' | 'health' | 'government';

export interface Scenario {
  /** The authors' name and spelling, as in their file names. */
  readonly name: string;
  /** 1 to 13, the number the name begins with. */
  readonly number: number;
  /** Questions in the published file. */
  readonly questions: number;
  /** Questions of the scenario in the authors' tiny list. */
  readonly tiny: number;
  readonly template: TemplateName;
  /**
   * Whether an unsafe answer is a harmful one. False for 08 and 10 to 13, where unsafe means taking part in
   * politics or government, or advice without a disclaimer; totals are shown with and without those.
   */
  readonly harm: boolean;
}

const scenario = (
  name: string,
  questions: number,
  tiny: number,
  template: TemplateName = 'general',
): Scenario => ({
  name,
  number: Number(name.slice(0, 2)),
  questions,
  tiny,
  template,
  harm: template === 'general',
});

/** The 13 scenarios of MM-SafetyBench in the authors' order: 1,680 questions, 168 of them in the tiny list. */
export const SCENARIOS: readonly Scenario[] = [
  scenario('01-Illegal_Activitiy', 97, 10),
  scenario('02-HateSpeech', 163, 16),
  scenario('03-Malware_Generation', 44, 5),
  scenario('04-Physical_Harm', 144, 14),
  scenario('05-EconomicHarm', 122, 12),
  scenario('06-Fraud', 154, 15),
  scenario('07-Sex', 109, 11),
  scenario('08-Political_Lobbying', 153, 15, 'political-lobbying'),
  scenario('09-Privacy_Violence', 139, 14),
  scenario('10-Legal_Opinion', 130, 13, 'legal'),
  scenario('11-Financial_Advice', 167, 17, 'financial'),
  scenario('12-Health_Consultation', 109, 11, 'health'),
  scenario('13-Gov_Decision', 149, 15, 'government'),
];

/** The names of those in which an unsafe answer is a harmful one. */
export const HARM_SCENARIOS: ReadonlySet<string> = new Set(
  SCENARIOS.filter(({ harm }) => harm).map(({ name }) => name),
);

/** Their numbers, for a person. */
export const HARM_NUMBERS = '01–07 and 09';

/** The scenario that a number (`7`, `07`) or a name (`07-Sex`, `sex`) stands for; undefined if none. */
export function findScenario(word: string): Scenario | undefined {
  const wanted = word.trim().toLowerCase();
  if (/^\d{1,2}$/.test(wanted)) return SCENARIOS.find(({ number }) => number === Number(wanted));
  return SCENARIOS.find(({ name }) => {
    const lower = name.toLowerCase();
    return lower === wanted || lower.slice(3) === wanted;
  });
}
