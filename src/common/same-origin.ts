/** Whether two URLs lead to one scheme, host and port: what may be told to one of them may be told to the other. */
export const sameOrigin = (one: string, other: string): boolean =>
  new URL(one).origin === new URL(other).origin;
