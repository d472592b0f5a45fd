/**
 * The market that drives the exchange: walks the candles of a bar source in the venue's time, a price every `stepMs`,
 * and tells who listens what was traded and which candles closed.
 */
import { at, item } from '../../../src/market/arrays.ts';
import type { BarColumns } from '../../../src/market/bars.ts';
import { stepsNearest } from '../../../src/market/grid.ts';
import { BASE, type Millis } from '../../../src/market/time.ts';
import type { BarSource } from '../../../src/venue/ports.ts';
import { streamKey } from '../../../src/venue/simulated/generator/rng.ts';
import type { Exchange } from '../core/exchange.ts';
import { type Category, type Listing, listing } from '../core/instrument.ts';
import { type Candle, part, priceAt, volumeAt } from './bar-path.ts';
import { QuoteAt, type Shape, shapeOf } from './depth.ts';
import { Series, turnover } from './series.ts';

export interface Trade {
  readonly id: number;
  readonly at: Millis;
  /** In ticks and lots. */
  readonly price: number;
  readonly volume: number;
  readonly buy: boolean;
}

export type MarketEvent =
  /** A new price; the books have taken it in. */
  | { readonly kind: 'price'; readonly listing: Listing; readonly trade: Trade | null }
  | { readonly kind: 'closed'; readonly listing: Listing; readonly candle: Candle }
  /** A closed candle that is shown late, or shown again as another one. */
  | { readonly kind: 'amended'; readonly listing: Listing; readonly candle: Candle };

/** Trades that are kept for who asks for the latest. */
const RECENT_TRADES = 60;
/** Candles before the start that the venue has: as many as a generated market runs in. */
const HISTORY_BARS = 1440;

export interface MarketOptions {
  readonly source: BarSource;
  readonly categories: readonly Category[];
  readonly stepMs: Millis;
  readonly exchange: Exchange;
}

export class Market {
  readonly listings: readonly Listing[];
  readonly stepMs: Millis;
  readonly #source: BarSource;
  readonly #exchange: Exchange;
  readonly #series: readonly Series[];
  readonly #shapes = new Map<Listing, Shape>();
  readonly #keys = new Map<Listing, number>();
  readonly #trades = new Map<number, Trade[]>();
  readonly #listeners = new Set<(event: MarketEvent) => void>();
  #opensAt: Millis;
  #step = 0;
  #ended = false;
  /** Candles after a gap that have not opened yet. */
  #waiting: BarColumns | null = null;
  /** Of the last steps; they count on over the whole run. */
  #steps = 0;
  #tradeId = 0;

  constructor({ source, categories, stepMs, exchange }: MarketOptions) {
    this.#source = source;
    this.#exchange = exchange;
    this.stepMs = stepMs;
    this.#series = source.instruments.map(() => new Series());
    this.listings = categories.flatMap((category) =>
      source.instruments.map((instrument, index) => listing(instrument, index, category)),
    );
    for (const bars of source.history(HISTORY_BARS))
      this.#each(bars, (candle, series) => series.addClosed(candle));
    this.#opensAt = source.startsAt - BASE;
    this.#begin();
  }

  listen(listener: (event: MarketEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** No candles are left. */
  get ended(): boolean {
    return this.#ended;
  }

  get nextStepAt(): Millis | null {
    if (this.#ended) return null;
    return this.#waiting === null ? this.#opensAt + (this.#step + 1) * this.stepMs : this.#opensAt;
  }

  /** Those that have had a price: a recorded symbol may come later than the others. */
  get traded(): readonly Listing[] {
    return this.listings.filter((one) => this.series(one).known);
  }

  /** Those that are shown among the markets. */
  get shown(): readonly Listing[] {
    return this.traded.filter(({ listed }) => listed);
  }

  find(category: Category, symbol: string): Listing | null {
    return this.traded.find((one) => one.category === category && one.symbol === symbol) ?? null;
  }

  series(of: Listing): Series {
    return item(this.#series, of.series);
  }

  trades(of: Listing): readonly Trade[] {
    return this.#trades.get(of.series) ?? [];
  }

  /** Open interest in base units, where the source gives it. */
  openInterest(of: Listing): number | null {
    const summary = this.#source.book(of.series);
    return summary?.openInterest === undefined
      ? null
      : summary.openInterest / ((summary.bid + summary.ask) / 2);
  }

  /** Goes to the next price; the clock stands at `nextStepAt` then. */
  step(): void {
    if (this.#waiting !== null) {
      this.#open(this.#waiting);
      return;
    }
    this.#step += 1;
    const elapsed = this.#step * this.stepMs;
    this.#prices(elapsed);
    if (elapsed < BASE) return;
    const closed = this.#series.map((series) => series.forming);
    for (const series of this.#series) series.close();
    for (const one of this.listings) {
      const candle = closed[one.series];
      if (candle) this.#say({ kind: 'closed', listing: one, candle });
    }
    this.#begin();
  }

  /** Shows a candle that was withheld, or another one in its place. */
  amend(of: Listing, candle: Candle): boolean {
    const series = this.series(of);
    series.giveBack(candle.start);
    if (!series.correct(candle)) return false;
    for (const one of this.listings) {
      if (one.series === of.series) this.#say({ kind: 'amended', listing: one, candle });
    }
    return true;
  }

  /** Takes the next candles; after a gap they open when their time has come. */
  #begin(): void {
    const bars = this.#source.next();
    const over = this.#opensAt + BASE;
    this.#step = 0;
    if (bars === null) {
      this.#ended = true;
      return;
    }
    this.#opensAt = bars.closeTime - BASE;
    this.#waiting = bars;
    if (this.#opensAt <= over) this.#open(bars);
  }

  #open(bars: BarColumns): void {
    this.#waiting = null;
    this.#each(bars, (candle, series) => series.begin(candle));
    for (const one of this.listings) {
      const { forming, last } = this.series(one);
      const candle = forming ?? last;
      if (candle === null) continue;
      const value = turnover(last ?? candle) * one.ticks.step * one.lots.step;
      const shape = shapeOf(one, candle.open, this.#source.book(one.series), value);
      this.#shapes.set(one, shape);
      if (forming === null)
        this.#exchange.setQuote(one, new QuoteAt(one, shape, candle.close, 0, this.#steps));
    }
    this.#prices(0);
  }

  #prices(elapsed: Millis): void {
    this.#steps += 1;
    const before = Math.max(elapsed - this.stepMs, 0);
    const made = new Map<number, Trade | null>();
    this.#series.forEach((series, index) => {
      const candle = series.forming;
      if (candle === null) return;
      const volume = volumeAt(candle, elapsed) - volumeAt(candle, before);
      const price = priceAt(candle, elapsed);
      made.set(index, null);
      if (volume === 0) return;
      this.#tradeId += 1;
      const buy = price >= part(candle, before, elapsed).open;
      const trade = { id: this.#tradeId, at: candle.start + elapsed, price, volume, buy };
      const kept = this.#trades.get(index) ?? [];
      kept.push(trade);
      if (kept.length > RECENT_TRADES) kept.shift();
      this.#trades.set(index, kept);
      made.set(index, trade);
    });
    for (const one of this.listings) {
      const shape = this.#shapes.get(one);
      const candle = this.series(one).forming;
      if (shape === undefined || candle === null) continue;
      this.#exchange.setQuote(
        one,
        new QuoteAt(one, shape, priceAt(candle, elapsed), this.#key(one), this.#steps),
      );
    }
    for (const one of this.listings) {
      const trade = made.get(one.series);
      if (trade !== undefined) this.#say({ kind: 'price', listing: one, trade });
    }
  }

  #key(of: Listing): number {
    const known = this.#keys.get(of);
    if (known !== undefined) return known;
    const key = streamKey(of.series, of.symbol);
    this.#keys.set(of, key);
    return key;
  }

  #each(bars: BarColumns, take: (candle: Candle, series: Series) => void): void {
    for (let row = 0; row < bars.count; row += 1) {
      const index = at(bars.symbol, row);
      const instrument = this.listings[index];
      if (instrument === undefined) throw new RangeError(`no instrument ${index}`);
      const ticks = (value: number) => stepsNearest(instrument.ticks, value);
      take(
        {
          start: bars.closeTime - BASE,
          open: ticks(at(bars.open, row)),
          high: ticks(at(bars.high, row)),
          low: ticks(at(bars.low, row)),
          close: ticks(at(bars.close, row)),
          volume: stepsNearest(instrument.lots, at(bars.volume, row)),
        },
        item(this.#series, index),
      );
    }
  }

  #say(event: MarketEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
