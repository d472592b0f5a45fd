/**
 * Where a venue's symbols have their places in the engine: after a restart the venue may list others than before, and what
 * an engine knows keeps its index for good.
 */
import { item } from '../../market/arrays.ts';
import { type BarColumns, barColumns } from '../../market/bars.ts';
import type { Instrument } from '../../market/instrument.ts';

const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

export class Places {
  readonly #of: readonly number[];
  readonly #same: boolean;

  /** @param known by the engine's index; @param listed by the venue's. The engine knows all that is listed. */
  constructor(known: readonly Instrument[], listed: readonly Instrument[]) {
    const indices = new Map(known.map(({ symbol }, index) => [symbol, index]));
    this.#of = listed.map(({ symbol }) => {
      const index = indices.get(symbol);
      if (index === undefined) throw new Error(`the engine does not know ${symbol}`);
      return index;
    });
    this.#same = this.#of.every((index, place) => index === place);
  }

  at(symbol: number): number {
    return item(this.#of, symbol);
  }

  /** The same bars in the engine's places and order; the same object where these are the venue's. */
  bars(bars: BarColumns): BarColumns {
    if (this.#same) return bars;
    const rows = Array.from({ length: bars.count }, (_, row) => ({
      row,
      at: this.at(bars.symbol[row] ?? -1),
    }));
    rows.sort((a, b) => a.at - b.at);
    const moved = barColumns(bars.count);
    moved.closeTime = bars.closeTime;
    moved.count = bars.count;
    for (const [to, { row, at }] of rows.entries()) {
      moved.symbol[to] = at;
      for (const column of COLUMNS) moved[column][to] = bars[column][row] ?? Number.NaN;
    }
    return moved;
  }
}
