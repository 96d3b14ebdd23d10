import v8 from 'node:v8';

/**
 * Keeps the heap from growing far beyond what is in use, as V8 does where memory costs nothing: a run makes much
 * garbage (a picture as text for each request) and keeps little. The space for new objects stays as small as it
 * begins, and the others grow by half at most: 160 MB at the peak, in place of 290 and more.
 */
export function beFrugal(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  v8.setFlagsFromString('--heap-growing-percent=50');
}
