/**
 * A clock in milliseconds since the epoch: as the machine has the time now, and counted on from here whatever the
 * machine's clock is set to. Who waits by one that is set back waits as much longer.
 */
export function steadyClock(): () => number {
  const origin = Date.now() - performance.now();
  return () => Math.round(origin + performance.now());
}
