import type { Archive } from '../archive/archive.ts';
import { floatAt } from '../market/arrays.ts';
import { requireFinite, requirePeriod } from './input.ts';

/**
 * Relative change against the value `period` pushes ago: (x - old) / old, that is x / old - 1; ready at the
 * (`period` + 1)-th value. An old value of zero gives 0, as TA-Lib's ROCP.
 */
export class Change {
  private readonly slots: Float64Array;
  private next = 0;
  private full = false;
  private current = Number.NaN;

  constructor(period: number) {
    this.slots = new Float64Array(requirePeriod('Change', period));
  }

  get ready(): boolean {
    return !Number.isNaN(this.current);
  }

  /** A ratio: 0.01 is one per cent up. NaN until ready. */
  get value(): number {
    return this.current;
  }

  push(x: number): void {
    requireFinite('Change', x);
    const slots = this.slots;
    if (this.full) {
      const old = floatAt(slots, this.next);
      this.current = old === 0 ? 0 : (x - old) / old;
    }
    slots[this.next] = x;
    this.next += 1;
    if (this.next === slots.length) {
      this.next = 0;
      this.full = true;
    }
  }

  archive(a: Archive): void {
    a.section('Change');
    a.column(this.slots);
    this.next = a.number(this.next);
    this.full = a.flag(this.full);
    this.current = a.number(this.current);
  }
}
