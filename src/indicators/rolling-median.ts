import type { Archive } from '../archive/archive.ts';
import { floatAt, intAt } from '../market/arrays.ts';
import { requireFinite, requirePeriod } from './input.ts';

/**
 * Median of the last `window` values; the mean of the two middle ones when `window` is even. Ready at the
 * `window`-th value. O(log window) a push.
 *
 * The lower half lies in a heap with its largest on top, the upper half in one with its smallest on top. Both
 * lie in one array, `lowCount` slots of values first, and `place` knows where each slot of the ring lies, so
 * the newest value takes the oldest one's place in its heap and moves from there.
 */
export class RollingMedian {
  private readonly window: number;
  private readonly lowCount: number;
  private readonly values: Float64Array;
  private readonly heap: Int32Array;
  private readonly place: Int32Array;
  private next = 0;
  private full = false;

  constructor(window: number) {
    this.window = requirePeriod('RollingMedian', window);
    this.lowCount = Math.ceil(window / 2);
    this.values = new Float64Array(window);
    // All zeros is a valid pair of heaps, so filling up is the same replacement as later; nothing reads a
    // median before the last zero has been replaced.
    this.heap = Int32Array.from({ length: window }, (_, i) => i);
    this.place = Int32Array.from({ length: window }, (_, i) => i);
  }

  get ready(): boolean {
    return this.full;
  }

  /** In the unit of the values; NaN until ready. */
  get value(): number {
    if (!this.full) return Number.NaN;
    const lower = this.valueAt(0);
    return this.window % 2 === 1 ? lower : (lower + this.valueAt(this.lowCount)) / 2;
  }

  push(x: number): void {
    requireFinite('RollingMedian', x);
    const slot = this.next;
    const { values, lowCount } = this;
    const old = floatAt(values, slot);
    values[slot] = x;
    const position = intAt(this.place, slot);
    if (position < lowCount) {
      if (x > old) this.lowUp(slot, position);
      else this.lowDown(slot, position);
    } else if (x < old) {
      this.highUp(slot, position);
    } else {
      this.highDown(slot, position);
    }
    if (lowCount < this.window) this.exchangeTops();
    this.next += 1;
    if (this.next === this.window) {
      this.next = 0;
      this.full = true;
    }
  }

  /** Only one value is new, so at most it has to change sides, and the top that comes back fits as a top. */
  private exchangeTops(): void {
    const low = intAt(this.heap, 0);
    const high = intAt(this.heap, this.lowCount);
    if (floatAt(this.values, low) <= floatAt(this.values, high)) return;
    this.lowDown(high, 0);
    this.highDown(low, this.lowCount);
  }

  private valueAt(position: number): number {
    return floatAt(this.values, intAt(this.heap, position));
  }

  private put(slot: number, position: number): void {
    this.heap[position] = slot;
    this.place[slot] = position;
  }

  private lowUp(slot: number, position: number): void {
    const x = floatAt(this.values, slot);
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const other = intAt(this.heap, parent);
      if (floatAt(this.values, other) >= x) break;
      this.put(other, position);
      position = parent;
    }
    this.put(slot, position);
  }

  private lowDown(slot: number, position: number): void {
    const x = floatAt(this.values, slot);
    const end = this.lowCount;
    for (let child = 2 * position + 1; child < end; child = 2 * position + 1) {
      if (child + 1 < end && this.valueAt(child + 1) > this.valueAt(child)) child += 1;
      const other = intAt(this.heap, child);
      if (floatAt(this.values, other) <= x) break;
      this.put(other, position);
      position = child;
    }
    this.put(slot, position);
  }

  private highUp(slot: number, position: number): void {
    const x = floatAt(this.values, slot);
    const start = this.lowCount;
    while (position > start) {
      const parent = start + ((position - start - 1) >> 1);
      const other = intAt(this.heap, parent);
      if (floatAt(this.values, other) <= x) break;
      this.put(other, position);
      position = parent;
    }
    this.put(slot, position);
  }

  private highDown(slot: number, position: number): void {
    const x = floatAt(this.values, slot);
    const start = this.lowCount;
    const end = this.window;
    for (let child = 2 * position - start + 1; child < end; child = 2 * position - start + 1) {
      if (child + 1 < end && this.valueAt(child + 1) < this.valueAt(child)) child += 1;
      const other = intAt(this.heap, child);
      if (floatAt(this.values, other) >= x) break;
      this.put(other, position);
      position = child;
    }
    this.put(slot, position);
  }

  archive(a: Archive): void {
    a.section('RollingMedian');
    a.column(this.values);
    a.column(this.heap);
    a.column(this.place);
    this.next = a.number(this.next);
    this.full = a.flag(this.full);
  }
}
