/** The newest of a series of things, in bounded memory. */
import type { Archive, Shape } from '../../archive/archive.ts';

export class Ring<T> {
  #capacity: number;
  #items: T[] = [];
  #oldest = 0;
  #dropped = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many gave way to newer ones. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @returns what gave way, if anything did. */
  push(item: T): T | undefined {
    if (this.#items.length < this.#capacity) {
      this.#items.push(item);
      return undefined;
    }
    const gone = this.#items[this.#oldest];
    this.#items[this.#oldest] = item;
    this.#oldest = (this.#oldest + 1) % this.#capacity;
    this.#dropped += 1;
    return gone;
  }

  /** Puts it where one is held that fits. False when none does. */
  replace(fits: (item: T) => boolean, item: T): boolean {
    const place = this.#items.findIndex(fits);
    if (place === -1) return false;
    this.#items[place] = item;
    return true;
  }

  /** Oldest first. */
  items(): T[] {
    return [...this.#items.slice(this.#oldest), ...this.#items.slice(0, this.#oldest)];
  }

  archive(a: Archive, shape: Shape<T>): void {
    this.#capacity = a.number(this.#capacity);
    this.#items = a.list(this.items(), shape);
    this.#oldest = 0;
    this.#dropped = a.number(this.#dropped);
  }

  /** Holds no more than `capacity` from here on. */
  shrink(capacity: number): void {
    const items = this.items();
    this.#capacity = Math.min(this.#capacity, capacity);
    this.#items = items.slice(Math.max(0, items.length - this.#capacity));
    this.#dropped += items.length - this.#items.length;
    this.#oldest = 0;
  }
}

/** The newest `limit` of an ordered list. */
export function newest<T>(items: readonly T[], limit: number): T[] {
  return items.slice(Math.max(0, items.length - limit));
}
