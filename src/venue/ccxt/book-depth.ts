/** How deep a book is asked for. Exchanges take different numbers, and some give the deeper ones to customers alone. */
import { type Trouble, troubleOf } from './troubles.ts';

/** Troubles that a number of levels may be the reason of. */
const MAY_BE_THE_NUMBER: ReadonlySet<Trouble> = new Set(['request', 'unclear', 'credentials', 'permission']);

/** Levels on each side; undefined: the exchange's own choice. */
export type Levels = number | undefined;

export class BookDepth {
  readonly #steps: readonly Levels[];
  /** The first that a book came with: what goes wrong after that has other reasons. */
  #found: number | null = null;

  /** @param steps the one that is wanted first. */
  constructor(steps: readonly Levels[]) {
    this.#steps = steps;
  }

  /** Asks again with the next number where the exchange turns one down, until one has given a book. */
  async ask<T>(get: (levels: Levels) => Promise<T>): Promise<T> {
    let at = this.#found ?? 0;
    for (;;) {
      try {
        const given = await get(this.#steps[at]);
        this.#found ??= at;
        return given;
      } catch (error) {
        const isLast = at === this.#found || at + 1 >= this.#steps.length;
        if (isLast || !MAY_BE_THE_NUMBER.has(troubleOf(error))) throw error;
        // Others that asked at the same time may have found it meanwhile.
        at = this.#found ?? at + 1;
      }
    }
  }
}
