import type { Millis } from '../../market/time.ts';

/** Time and timers as they are outside; tests bring their own. */
export interface Clock {
  /** The venue's time. */
  now(): Millis;
  /** @returns what calls it off. */
  after(ms: Millis, run: () => void): () => void;
}

/** Waits that grow: each twice the one before, up to the last. */
export function backOff(first: Millis, most: Millis, tries: number): Millis {
  return Math.min(most, first * 2 ** Math.min(tries, 30));
}
