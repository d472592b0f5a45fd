import type { Archive } from '../../../archive/archive.ts';
import { item } from '../../../market/arrays.ts';
import { type BarColumns, barColumns } from '../../../market/bars.ts';
import type { BookSummary } from '../../../market/book.ts';
import { BASE, DAY, type Millis } from '../../../market/time.ts';
import type { BarSource } from '../../ports.ts';
import { bookOf } from './books.ts';
import { MarketFactor } from './factor.ts';
import { profilesOf } from './instruments.ts';
import { SymbolPath } from './path.ts';
import { volatilityRhythm, volumeRhythm } from './rhythm.ts';

/** Where generated time begins unless told otherwise: 2025-01-01T00:00Z. Never the wall clock. */
export const GENERATED_START: Millis = 1_735_689_600_000;

/** Bars that every series has before its start, whatever part of them is asked for: five days. */
const RUN_IN_BARS = (5 * DAY) / BASE;

export interface GeneratedMarketOptions {
  /** Any safe integer. The same seed gives the same market, on every platform. */
  readonly seed: number;
  /** Some of the generated symbols; all 36 when missing. A symbol's series is the same in any selection. */
  readonly symbols?: readonly string[];
  /** Close time of the last bar of history, a multiple of the base interval. Default: `GENERATED_START`. */
  readonly start?: Millis;
  /** Close times after the start; null, the default, for a market without end. */
  readonly bars?: number | null;
}

/**
 * A market out of a seed: correlated symbols that go through bases, true and false breakouts and trends.
 * Prices lie on ticks and volumes on lots; every symbol has a bar at every close time.
 * @throws RangeError when the seed, the start, the number of bars or a symbol cannot be used.
 */
export function generatedMarket(options: GeneratedMarketOptions): BarSource {
  const { seed, start = GENERATED_START, bars = null } = options;
  if (!Number.isSafeInteger(seed)) throw new RangeError(`the seed must be a whole number, not ${seed}`);
  if (!Number.isSafeInteger(start) || start % BASE !== 0) {
    throw new RangeError(
      `the start must be an epoch time on the 5 m grid (a multiple of ${BASE} ms), not ${start}`,
    );
  }
  if (bars !== null && (!Number.isSafeInteger(bars) || bars < 0)) {
    throw new RangeError(`the number of bars must be a whole number from 0, or null for no end, not ${bars}`);
  }
  return new GeneratedMarket(seed, options.symbols, start, bars);
}

class GeneratedMarket implements BarSource {
  readonly instruments;
  readonly figures = { book: true, tradesPerMinute: true, openInterest: true };
  readonly assumed: readonly string[] = [];
  readonly startsAt: Millis;
  readonly total: number | null;
  readonly #paths: readonly SymbolPath[];
  readonly #factor: MarketFactor;
  readonly #columns: BarColumns;
  /** Bars made so far, the run-in included. */
  #made = 0;
  #historyTaken = false;

  constructor(seed: number, symbols: readonly string[] | undefined, start: Millis, bars: number | null) {
    const profiles = profilesOf(symbols);
    this.instruments = profiles.map((profile) => profile.instrument);
    this.startsAt = start;
    this.total = bars;
    this.#paths = profiles.map((profile) => new SymbolPath(seed, profile));
    this.#factor = new MarketFactor(seed);
    this.#columns = barColumns(profiles.length);
    this.#columns.count = profiles.length;
    this.#columns.symbol.forEach((_, row, column) => {
      column[row] = row;
    });
  }

  *history(bars: number): Generator<BarColumns> {
    if (this.#historyTaken || this.#made > 0)
      throw new Error('history is asked for once, before the first bar');
    this.#historyTaken = true;
    while (this.#made < RUN_IN_BARS) {
      this.#step();
      // Counted after the step, so that a consumer that stops early leaves a market that goes on rightly.
      if (this.#made > RUN_IN_BARS - bars) yield this.#columns;
    }
  }

  next(): BarColumns | null {
    while (this.#made < RUN_IN_BARS) this.#step();
    if (this.total !== null && this.#made >= RUN_IN_BARS + this.total) return null;
    this.#step();
    return this.#columns;
  }

  book(symbol: number): BookSummary | null {
    const path = item(this.#paths, symbol);
    return this.#made > RUN_IN_BARS ? bookOf(path, this.#made) : null;
  }

  #step(): void {
    const columns = this.#columns;
    const opensAt = this.startsAt + (this.#made - RUN_IN_BARS) * BASE;
    const volume = volumeRhythm(opensAt);
    const volatility = volatilityRhythm(opensAt);
    this.#factor.step(volatility);
    this.#made += 1;
    columns.closeTime = opensAt + BASE;
    for (let row = 0; row < columns.count; row += 1) {
      const path = item(this.#paths, row);
      path.step(this.#factor, volume, volatility);
      columns.open[row] = path.open;
      columns.high[row] = path.high;
      columns.low[row] = path.low;
      columns.close[row] = path.close;
      columns.volume[row] = path.volume;
    }
  }

  /** The columns are filled anew by the next bar. */
  archive(a: Archive): void {
    a.section('GeneratedMarket');
    a.same('the number of symbols', this.#paths.length);
    a.same('the start', this.startsAt);
    this.#made = a.number(this.#made);
    this.#historyTaken = a.flag(this.#historyTaken);
    this.#factor.archive(a);
    for (const path of this.#paths) path.archive(a);
  }
}
