/**
 * A plain external store: a value, and who wants to know when it has changed. Changes are told at most every
 * `intervalMs`, so that a burst of events is one frame; the first one after a rest, and what is urgent, `delayMs` later.
 */

export interface StoreOptions {
  /** Between a change after a rest and its telling. */
  readonly delayMs?: number;
  /** Between one telling and the next. */
  readonly intervalMs?: number;
}

const DELAY_MS = 50;
/** Four frames a second are as many as an eye reads in a table of figures that all move. */
const INTERVAL_MS = 250;

export class Store<T> implements Disposable {
  readonly #delayMs: number;
  readonly #intervalMs: number;
  readonly #listeners = new Set<() => void>();
  #current: T;
  #told: T;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  /** When the timer runs out, on the monotonic clock. */
  #dueAt = Number.POSITIVE_INFINITY;
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

  /** A telling is due in its time. */
  schedule(): void {
    const now = performance.now();
    this.#tellAt(Math.max(now + this.#delayMs, this.#toldAt + this.#intervalMs));
  }

  /** A telling is due as soon as after a rest: a person waits for this one. */
  hurry(): void {
    this.#tellAt(performance.now() + this.#delayMs);
  }

  /** Tells now what has changed. */
  flush(): void {
    this.#rest();
    this.#before?.();
    // What `gather` put in has scheduled a telling: this is it.
    this.#rest();
    if (Object.is(this.#told, this.#current)) return;
    this.#told = this.#current;
    this.#toldAt = performance.now();
    for (const listener of this.#listeners) listener();
  }

  /** At the earliest of the times asked for. */
  #tellAt(at: number): void {
    if (this.#timer !== null && this.#dueAt <= at) return;
    this.#rest();
    this.#dueAt = at;
    this.#timer = setTimeout(() => this.flush(), at - performance.now());
  }

  #rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  [Symbol.dispose](): void {
    this.#rest();
    this.#listeners.clear();
  }
}
