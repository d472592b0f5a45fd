/**
 * A book kept after Binance's rules for a local order book, by nothing but the text of the wire: prices and sizes stay
 * the strings that came, so that nothing is rounded.
 */
import type { Diff, Level, Snapshot } from './recording.ts';

/** A book as it was after one update; the best first. */
export interface Known {
  readonly update: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
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
  readonly levels: Level[];
  readonly #sign: 1 | -1;

  constructor(sign: 1 | -1, levels: readonly Level[]) {
    this.#sign = sign;
    this.levels = [...levels];
  }

  put(level: Level): void {
    const [price, size] = level;
    const key = Number(price) * this.#sign;
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Number(this.levels[middle]?.[0]) * this.#sign < key) low = middle + 1;
      else high = middle;
    }
    const there = Number(this.levels[low]?.[0]) * this.#sign === key;
    if (Number(size) !== 0) this.levels.splice(low, there ? 1 : 0, level);
    else if (there) this.levels.splice(low, 1);
  }
}
