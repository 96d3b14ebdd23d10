import { integrityOf } from '../../src/report/json.ts';
import type { Row } from '../../src/report/report.ts';

/** A report's or a baseline's value as a file of it has it: with what vouches for its rows. */
export const sealed = <T extends { readonly rows: readonly Row[] }>(value: T) => ({
  ...value,
  integrity: integrityOf(value.rows),
});
