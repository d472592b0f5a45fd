import type { Millis } from '../../market/time.ts';

/** Spans and timers. */
export interface Timer {
  /** Runs on evenly whatever the wall clock is set to. */
  steady(): Millis;
  /** @returns what calls it off. */
  after(ms: Millis, run: () => void): () => void;
}

/** Node cuts a longer wait down to a millisecond. */
const LONGEST = 2 ** 31 - 1;

export const machineTimer: Timer = {
  steady: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, Math.min(LONGEST, Math.max(0, ms)));
    return () => clearTimeout(timer);
  },
};

/** Resolves after the wait, or at once when `signal` ends it. */
export function pause(timer: Timer, ms: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const ended = (): void => {
      callOff();
      resolve();
    };
    const callOff = timer.after(ms, () => {
      signal.removeEventListener('abort', ended);
      resolve();
    });
    signal.addEventListener('abort', ended, { once: true });
  });
}
