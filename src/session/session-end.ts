/** When a session is over, and what is said of it. */
import type { StatusView } from '../engine/view.ts';
import type { Millis } from '../market/time.ts';

/** Why nothing more can happen to the account, or null while something can: the engine is idle and flat. */
export function overBecause({ state, openPositions, pendingEntries, haltedBy }: StatusView): string | null {
  if ((state !== 'IDLE' && state !== 'STOPPED') || openPositions > 0 || pendingEntries > 0) return null;
  // A halt that flattened and lifts by itself goes on trading when its day has come.
  if (state === 'STOPPED' && haltedBy?.release === 'next_utc_day') return null;
  if (state !== 'STOPPED') return 'stopped';
  return haltedBy === null || haltedBy.rule === 'panic'
    ? 'stopped in an emergency'
    : `halted by ${haltedBy.rule}`;
}

export function dataEndedMessage(at: Millis): string {
  return `the recording ended at ${new Date(at).toISOString()}`;
}

/** What failed, in words; the daemon puts a reference to its log in their place where they are not for clients. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
