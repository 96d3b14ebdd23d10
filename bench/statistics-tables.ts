/** A table as Markdown, its first column left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** A share of runs, or a rate, in per cent. */
export const share = (part: number, of = 1, places = 1): string => ((100 * part) / of).toFixed(places);

/** A rate as a row's or column's name: 2 %, 0.5 %. */
export const named = (rate: number): string => `${Number((100 * rate).toFixed(2))} %`;

/** What must hold of a table, and whether it does. */
interface Claim {
  readonly says: string;
  readonly holds: boolean;
}

/** A finished section: its name, its Markdown, and what it was to show. */
export interface Section {
  readonly name: string;
  readonly markdown: string;
  /** How many runs each cell of it stands on. */
  readonly runs: number;
  readonly claims: readonly Claim[];
}

/** How much is simulated and where progress goes. */
export interface Effort {
  readonly runs: number;
  readonly say: (line: string) => void;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
