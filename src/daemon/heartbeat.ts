/**
 * Whether the engine is alive. That the event loop turns is shown by the asking itself; here is asked whether the
 * session, when one runs, makes progress or waits for a time that has not come. The age of a feed is no part of it:
 * a venue that says nothing is no reason to be killed.
 */
import type { Pulse } from '../session/drive.ts';

/** Why the engine is not alive, in words, or null while it is. */
export function stalled(pulse: Pulse | null, toleranceMs: number): string | null {
  if (pulse === null) return null;
  if (!pulse.running) return 'a session is open and nothing drives it';
  if (pulse.overdueMs <= toleranceMs) return null;
  return `the session's next step is overdue by ${Math.round(pulse.overdueMs)} ms`;
}
