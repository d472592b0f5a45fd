/** Order books with their update ids: a snapshot and the changes that follow it are numbered as one. */
import type { Listing } from '../core/instrument.ts';
import { plain } from '../decimal.ts';
import { LEVELS } from '../market/depth.ts';
import type { Venue } from '../venue.ts';

export type Side = ReadonlyMap<string, string>;

export interface Shown {
  readonly bids: Side;
  readonly asks: Side;
  readonly update: number;
}

export const levels = (side: Side) => [...side];

export class DepthBooks {
  readonly #venue: Venue;
  readonly #updates = new Map<Listing, number>();
  readonly #shown = new Map<Listing, Shown>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** The book as it was last numbered. */
  now(of: Listing): Shown {
    const update = this.#updates.get(of) ?? 1;
    const shown = this.#shown.get(of);
    if (shown !== undefined && shown.update === update) return shown;
    const { bids, asks } = this.#venue.exchange.quote(of);
    const made = {
      bids: new Map(bids.slice(0, LEVELS).map((level) => [plain(level.price), plain(level.quantity)])),
      asks: new Map(asks.slice(0, LEVELS).map((level) => [plain(level.price), plain(level.quantity)])),
      update,
    };
    this.#shown.set(of, made);
    return made;
  }

  /** The book has changed. */
  next(of: Listing): void {
    this.#updates.set(of, (this.#updates.get(of) ?? 1) + 1);
  }

  /** What was shown last, whatever has happened since. */
  last(of: Listing): Shown {
    return this.#shown.get(of) ?? this.now(of);
  }
}

/** Levels that are gone have the size 0. */
export function changes(before: Side, now: Side): readonly (readonly [string, string])[] {
  const gone = [...before.keys()].filter((price) => !now.has(price)).map((price) => [price, '0'] as const);
  return [...gone, ...[...now].filter(([price, size]) => before.get(price) !== size)];
}
