import type { Millis } from '../market/time.ts';
import { RiskLimits } from '../risk/limits.ts';
import type { HaltLatch, PauseLatch } from './view.ts';

/** What keeps entries from being sent whatever the state: an operator's pause, a halt. They outlive a start. */
export class Latches {
  pause: PauseLatch | null = null;
  halt: HaltLatch | null = null;

  get held(): boolean {
    return this.pause !== null || this.halt !== null;
  }

  /** A halt that lifts by itself has had its time. */
  haltIsOver(at: Millis): boolean {
    return (
      this.halt !== null && this.halt.release === 'next_utc_day' && at >= RiskLimits.liftsAt(this.halt.at)
    );
  }
}
