import { type Archive, type Codes, numberShape, type Shape } from '../archive/archive.ts';
import type { Millis } from '../market/time.ts';
import { RELEASE_CODES, RiskLimits, RULE_CODES } from '../risk/limits.ts';
import type { HaltLatch, PauseLatch } from './view.ts';

const HALT_CODES: Codes<HaltLatch['rule']> = { ...RULE_CODES, panic: 3 };

const pauseShape: Shape<PauseLatch> = (a, pause) => ({
  by: a.text(pause?.by),
  at: a.number(pause?.at),
  reason: a.text(pause?.reason),
});

const haltShape: Shape<HaltLatch> = (a, halt) => ({
  rule: a.choice(halt?.rule, HALT_CODES),
  by: a.text(halt?.by),
  at: a.number(halt?.at),
  reason: a.text(halt?.reason),
  value: a.nullable(halt?.value, numberShape),
  limit: a.nullable(halt?.limit, numberShape),
  release: a.choice(halt?.release, RELEASE_CODES),
});

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

  archive(a: Archive): void {
    a.section('Latches');
    this.pause = a.nullable(this.pause, pauseShape);
    this.halt = a.nullable(this.halt, haltShape);
  }
}
