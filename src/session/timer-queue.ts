import type { Millis } from '../market/time.ts';

interface Timer {
  readonly id: number;
  readonly due: Millis;
}

/** Timers in venue time, earliest first; of equals the one set first. Few are ever set at once. */
export class TimerQueue {
  readonly #timers: Timer[] = [];

  get nextDue(): Millis | null {
    return this.#timers[0]?.due ?? null;
  }

  set(id: number, due: Millis): void {
    let i = this.#timers.length;
    while (i > 0 && (this.#timers[i - 1]?.due ?? 0) > due) i--;
    this.#timers.splice(i, 0, { id, due });
  }

  /** Removes the earliest timer. @throws RangeError when there is none. */
  take(): number {
    const timer = this.#timers.shift();
    if (timer === undefined) throw new RangeError('no timer is set');
    return timer.id;
  }
}
