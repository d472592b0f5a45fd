/**
 * Closed base candles of before, page by page. What the exchange does not have is missing here too: a gap stays one.
 */
import { type BarColumns, barColumns } from '../../market/bars.ts';
import { BASE, type Millis } from '../../market/time.ts';
import { type Candle, candleOf, volumeUnit } from './candle.ts';
import { BASE_FRAME, fetchPage } from './candle-pages.ts';
import type { CcxtExchange } from './exchange.ts';

export interface HistoryOptions {
  readonly exchange: CcxtExchange;
  /** By index in bars. */
  readonly symbols: readonly string[];
  /** Candles that the exchange gives at once. */
  readonly page: number;
  readonly signal?: AbortSignal | undefined;
}

/** Symbols that are asked for at the same time; how fast it goes is the budget's to say. */
const AT_ONCE = 6;

/**
 * Up to `bars` base bars that had closed by `before`, oldest first. The columns are used again for the next.
 * @throws the exchange's error when a page cannot be had: part of a history is none.
 */
export async function history(
  options: HistoryOptions,
  bars: number,
  before: Millis,
): Promise<Iterable<BarColumns>> {
  const end = Math.floor(before / BASE) * BASE;
  const start = end - bars * BASE;
  const tables = options.symbols.map(() => new Table(bars, start));
  const queue = options.symbols.entries();
  const worker = async (): Promise<void> => {
    for (const [i, symbol] of queue) {
      const table = tables[i];
      if (table === undefined) continue;
      for await (const candle of candles(options, symbol, start, end)) table.put(candle);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return merged(tables, bars, start);
}

/** The candles of one symbol that opened in [start, end), oldest first, each once. */
export async function* candles(
  { exchange, page, signal }: Pick<HistoryOptions, 'exchange' | 'page' | 'signal'>,
  symbol: string,
  start: Millis,
  end: Millis,
): AsyncGenerator<Candle> {
  const unit = volumeUnit(exchange, symbol);
  let from = start;
  while (from < end) {
    signal?.throwIfAborted();
    const count = Math.min(page, Math.round((end - from) / BASE));
    const rows = await fetchPage(exchange, symbol, BASE_FRAME, from, count);
    let next = from;
    for (const row of [...rows].sort((a, b) => Number(a[0]) - Number(b[0]))) {
      const candle = candleOf(row, unit);
      if (candle === null || candle.openTime < next || candle.openTime >= end) continue;
      next = candle.openTime + BASE;
      yield candle;
    }
    // An empty page may have more behind it: the gap is longer than a page, or it is from before the listing.
    from = next > from ? next : from + count * BASE;
  }
}

/** The candles of one symbol by their place in time. */
class Table {
  readonly #start: Millis;
  readonly #values: Float64Array;

  constructor(bars: number, start: Millis) {
    this.#start = start;
    this.#values = new Float64Array(bars * 5).fill(Number.NaN);
  }

  put(candle: Candle): void {
    const row = (candle.openTime - this.#start) / BASE;
    this.#values.set([candle.open, candle.high, candle.low, candle.close, candle.volume], row * 5);
  }

  /** @returns whether there is a candle in that place. */
  copy(row: number, bars: BarColumns, symbol: number): boolean {
    const [open = Number.NaN, high = 0, low = 0, close = 0, volume = 0] = this.#values.subarray(
      row * 5,
      row * 5 + 5,
    );
    if (Number.isNaN(open)) return false;
    const i = bars.count;
    bars.symbol[i] = symbol;
    bars.open[i] = open;
    bars.high[i] = high;
    bars.low[i] = low;
    bars.close[i] = close;
    bars.volume[i] = volume;
    bars.count += 1;
    return true;
  }
}

function* merged(tables: readonly Table[], bars: number, start: Millis): Iterable<BarColumns> {
  const columns = barColumns(tables.length);
  for (let row = 0; row < bars; row += 1) {
    columns.closeTime = start + (row + 1) * BASE;
    columns.count = 0;
    for (const [symbol, table] of tables.entries()) table.copy(row, columns, symbol);
    if (columns.count > 0) yield columns;
  }
}
