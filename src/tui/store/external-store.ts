/**
 * A plain external store: a value, and who wants to know when it has changed. Changes are told at most every
 * `intervalMs`, the first one after a rest `delayMs` later, so that a burst of events is one frame.
 */

export interface StoreOptions {
  /** Between a change after a rest and its telling. */
  readonly delayMs?: number;
  /** Between one telling and the next. */
  readonly intervalMs?: number;
}

const DELAY_MS = 50;
/** Ten frames a second are as many as an eye follows in a table. */
const INTERVAL_MS = 100;

export class Store<T> implements Disposable {
  readonly #delayMs: number;
  readonly #intervalMs: number;
  readonly #listeners = new Set<() => void>();
  #current: T;
  #told: T;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #before: (() => void) | null = null;

  constructor(initial: T, { delayMs = DELAY_MS, intervalMs = INTERVAL_MS }: StoreOptions = {}) {
    this.#current = initial;
    this.#told = initial;
    this.#delayMs = delayMs;
    this.#intervalMs = intervalMs;
  }

  /** What listeners were last told: stays the same object between two tellings. */
  readonly get = (): T => this.#told;

  /** With every change, told or not. */
  get latest(): T {
    return this.#current;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Called before each telling, so that what was gathered meanwhile can be put in at once. */
  beforeTelling(gather: () => void): void {
    this.#before = gather;
  }

  update(change: (state: T) => T): void {
    const next = change(this.#current);
    if (Object.is(next, this.#current)) return;
    this.#current = next;
    this.schedule();
  }

  /** A telling is due: at once when it is urgent, else in its time. */
  schedule(): void {
    if (this.#timer !== null) return;
    const wait = Math.max(this.#delayMs, this.#toldAt + this.#intervalMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.flush();
    }, wait);
  }

  /** Tells now what has changed. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#before?.();
    // What `gather` put in has scheduled a telling: this is it.
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (Object.is(this.#told, this.#current)) return;
    this.#told = this.#current;
    this.#toldAt = performance.now();
    for (const listener of this.#listeners) listener();
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
  }
}
