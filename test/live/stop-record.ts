/** What a daemon has shown of its positions and their stops, one look after another. */
import Big from 'big.js';
import type { ResultOf } from '../../src/protocol/methods.ts';

type Position = ResultOf<'positions.list'>['positions'][number];

interface Shown {
  readonly symbol: string;
  readonly direction: 1 | -1;
  readonly stops: string[];
  largest: Big;
  /** A part of it was closed, and the stop covers what is left and no more. */
  reduced: boolean;
}

export class StopRecord {
  /** Ids of trades begin anew with each session. */
  readonly #trades = new Map<string, Shown>();

  note(positions: readonly Position[]): void {
    for (const { openedAt, symbol, side, stop, quantity, protectedQuantity } of positions) {
      if (stop === null) continue;
      const key = `${symbol} since ${openedAt}`;
      const shown: Shown = this.#trades.get(key) ?? {
        symbol,
        direction: side === 'long' ? 1 : -1,
        stops: [],
        largest: new Big(0),
        reduced: false,
      };
      this.#trades.set(key, shown);
      if (shown.stops.at(-1) !== stop) shown.stops.push(stop);
      if (shown.largest.lt(quantity)) shown.largest = new Big(quantity);
      if (shown.largest.gt(quantity) && quantity === protectedQuantity) shown.reduced = true;
    }
  }

  /** Trades whose stop was moved. */
  get trailed(): number {
    return [...this.#trades.values()].filter(({ stops }) => stops.length > 1).length;
  }

  /** Trades of which a part was closed, with a stop that covers what is left. */
  get reduced(): number {
    return [...this.#trades.values()].filter(({ reduced }) => reduced).length;
  }

  /** Moves to a worse price, in words. */
  get lowered(): string[] {
    return [...this.#trades].flatMap(([key, { direction, stops }]) =>
      stops.slice(1).flatMap((stop, i) => {
        const before = stops[i];
        if (before === undefined || new Big(stop).minus(before).times(direction).gt(0)) return [];
        return [`${key}: from ${before} to ${stop}`];
      }),
    );
  }

  /** Symbol and price of each stop that was shown. */
  get prices(): readonly (readonly [symbol: string, price: string])[] {
    return [...this.#trades.values()].flatMap(({ symbol, stops }) =>
      stops.map((stop) => [symbol, stop] as const),
    );
  }
}
