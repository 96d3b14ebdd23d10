import { integrityOf } from '../../src/report/json.ts';

/** A report's or a baseline's value as a file of it has it: with what vouches for its rows. */
export const sealed = <T extends Parameters<typeof integrityOf>[0]>(value: T) => ({
  ...value,
  integrity: integrityOf(value),
});
