/** How long to wait before the next attempt: doubling, bounded, with jitter so that many views do not come at once. */

const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/** @param attempt 1 after the first failure. @param random 0 to 1. @returns milliseconds, between half the step and the whole. */
export function backOff(attempt: number, random: () => number): number {
  const step = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 16));
  return Math.round(step * (0.5 + 0.5 * random()));
}
