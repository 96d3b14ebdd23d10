/** Wakes whoever waits. */
export interface Bell {
  ring(): void;
  /** Resolves when it rings next. */
  readonly next: Promise<void>;
}

export function createBell(): Bell {
  let next: PromiseWithResolvers<void> | undefined;
  return {
    ring() {
      next?.resolve();
      next = undefined;
    },
    get next() {
      next ??= Promise.withResolvers();
      return next.promise;
    },
  };
}
