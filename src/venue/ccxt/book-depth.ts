/** How deep a book is asked for. Exchanges take different numbers, and some give the deeper ones to customers alone. */
import { type Trouble, troubleOf } from './troubles.ts';

/** Troubles that a number of levels may be the reason of. */
const MAY_BE_THE_NUMBER: ReadonlySet<Trouble> = new Set(['request', 'unclear', 'credentials', 'permission']);

export class BookDepth {
  readonly #steps: readonly number[];
  #at = 0;

  /** @param steps levels on each side, the one that is wanted first; after the last the exchange's own choice. */
  constructor(steps: readonly number[]) {
    this.#steps = steps;
  }

  /** Asks again with the next number where the exchange turns one down, and from then on with that. */
  async ask<T>(get: (levels: number | undefined) => Promise<T>): Promise<T> {
    for (;;) {
      const at = this.#at;
      try {
        return await get(this.#steps[at]);
      } catch (error) {
        if (at >= this.#steps.length || !MAY_BE_THE_NUMBER.has(troubleOf(error))) throw error;
        // Others that asked at the same time have found it out too.
        this.#at = Math.max(this.#at, at + 1);
      }
    }
  }
}
