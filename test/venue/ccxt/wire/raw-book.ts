/** A book kept after Binance's rules for a local order book, by nothing but the text of the wire. */
import type { Diff, Level, Snapshot } from './recording.ts';

export interface KnownLevel {
  readonly price: number;
  readonly size: number;
  /** As it came. */
  readonly text: Level;
}

/** A book as it was after one update; the best first. */
export interface Known {
  readonly update: number;
  readonly bids: readonly KnownLevel[];
  readonly asks: readonly KnownLevel[];
}

export class RawBook {
  readonly #bids: Side;
  readonly #asks: Side;
  #update: number;
  #joined = false;

  constructor(snapshot: Snapshot) {
    this.#update = snapshot.lastUpdateId;
    this.#bids = new Side(-1, snapshot.bids);
    this.#asks = new Side(1, snapshot.asks);
  }

  /** @returns false for a diff that the snapshot holds already. @throws Error for one that does not follow. */
  apply(diff: Diff): boolean {
    const { U, u, pu } = diff;
    const old = pu === undefined ? u <= this.#update : u < this.#update;
    if (!this.#joined && old) return false;
    if (!this.#follows(diff)) throw new Error(`${U} to ${u} does not follow ${this.#update}`);
    for (const level of diff.b) this.#bids.put(level);
    for (const level of diff.a) this.#asks.put(level);
    this.#update = u;
    this.#joined = true;
    return true;
  }

  get update(): number {
    return this.#update;
  }

  known(): Known {
    return { update: this.#update, bids: [...this.#bids.levels], asks: [...this.#asks.levels] };
  }

  #follows({ U, u, pu }: Diff): boolean {
    if (pu === undefined)
      return this.#joined ? U === this.#update + 1 : U <= this.#update + 1 && u >= this.#update + 1;
    return this.#joined ? pu === this.#update : U <= this.#update && u >= this.#update;
  }
}

class Side {
  readonly levels: KnownLevel[];
  readonly #sign: 1 | -1;

  constructor(sign: 1 | -1, levels: readonly Level[]) {
    this.#sign = sign;
    this.levels = levels.map(knownLevel);
  }

  put(text: Level): void {
    const level = knownLevel(text);
    const key = level.price * this.#sign;
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.levels[middle]?.price ?? Number.NaN) * this.#sign < key) low = middle + 1;
      else high = middle;
    }
    const there = this.levels[low]?.price === level.price;
    if (level.size !== 0) this.levels.splice(low, there ? 1 : 0, level);
    else if (there) this.levels.splice(low, 1);
  }
}

function knownLevel(text: Level): KnownLevel {
  return { price: Number(text[0]), size: Number(text[1]), text };
}
