/** Epoch milliseconds, UTC. Every time in the project is one. */
export type Millis = number;

export const SECOND: Millis = 1_000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;
export const DAY: Millis = 24 * HOUR;

/** The base timeframe: entries are decided on closed 5 m bars; 15 m and 1 h are aggregated from them. */
export const BASE: Millis = 5 * MINUTE;

/** The UTC day that holds `at`, as the epoch millisecond of its midnight. */
export function utcDay(at: Millis): Millis {
  return Math.floor(at / DAY) * DAY;
}

/** Waits that grow: each twice the one before, up to the last. */
export function backOff(first: Millis, most: Millis, tries: number): Millis {
  return Math.min(most, first * 2 ** Math.min(tries, 30));
}
