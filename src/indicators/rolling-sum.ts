import type { Archive } from '../archive/archive.ts';
import { floatAt } from '../market/arrays.ts';
import { requireFinite, requirePeriod } from './input.ts';

/**
 * Sum of the last `window` values; ready when `window` values have come.
 *
 * Nothing is ever subtracted, so nothing drifts and a spike that leaves takes no digits of the small values
 * with it: the stream is cut into blocks of `window` values, and the window is always the end of the last
 * block (suffix sums, made once a block) plus the beginning of the current one (a running sum). A push costs
 * O(1) amortised. Of one array of `window` slots, those before `next` hold the current block's values and
 * those from `next` on the last block's suffix sums.
 */
export class RollingSum {
  private readonly slots: Float64Array;
  private next = 0;
  private head = 0;
  private full = false;
  private current = Number.NaN;

  constructor(window: number) {
    this.slots = new Float64Array(requirePeriod('RollingSum', window));
  }

  get ready(): boolean {
    return this.full;
  }

  /** NaN until ready. */
  get value(): number {
    return this.current;
  }

  push(x: number): void {
    requireFinite('RollingSum', x);
    const slots = this.slots;
    slots[this.next] = x;
    this.next += 1;
    this.head += x;
    if (this.next === slots.length) this.closeBlock();
    else if (this.full) this.current = this.head + floatAt(slots, this.next);
  }

  private closeBlock(): void {
    const slots = this.slots;
    let sum = 0;
    for (let i = slots.length - 1; i >= 0; i -= 1) {
      sum += floatAt(slots, i);
      slots[i] = sum;
    }
    this.current = sum;
    this.full = true;
    this.next = 0;
    this.head = 0;
  }

  archive(a: Archive): void {
    a.section('RollingSum');
    a.column(this.slots);
    this.next = a.number(this.next);
    this.head = a.number(this.head);
    this.full = a.flag(this.full);
    this.current = a.number(this.current);
  }
}
