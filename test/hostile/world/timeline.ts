/** Virtual time: what is to happen, in order of its time, then of its being asked for. */
import type { Millis } from '../../../src/market/time.ts';

interface Event {
  readonly at: Millis;
  readonly n: number;
  run: (() => void) | null;
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.n < b.n);
}

export class Timeline {
  now: Millis;
  /** Events that have happened. */
  events = 0;
  readonly #heap: Event[] = [];
  #n = 0;

  constructor(now: Millis) {
    this.now = now;
  }

  /** @returns what calls it off. */
  at(time: Millis, run: () => void): () => void {
    this.#n += 1;
    const event: Event = { at: Math.max(time, this.now), n: this.#n, run };
    this.#push(event);
    return () => {
      event.run = null;
    };
  }

  after(ms: Millis, run: () => void): () => void {
    return this.at(this.now + ms, run);
  }

  /** The next event happens; false when there is none until `until`. */
  step(until: Millis): boolean {
    const next = this.#heap[0];
    if (next === undefined || next.at > until) {
      this.now = Math.max(this.now, until);
      return false;
    }
    this.#pop();
    this.now = next.at;
    const { run } = next;
    if (run === null) return true;
    next.run = null;
    this.events += 1;
    run();
    return true;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || before(parent, event)) break;
      heap[i] = parent;
      i = up;
    }
    heap[i] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      let least = heap[child];
      if (least === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && before(right, least)) {
        child += 1;
        least = right;
      }
      if (before(last, least)) break;
      heap[i] = least;
      i = child;
    }
    heap[i] = last;
  }
}
