/**
 * The scan: which symbols are worth watching now. Every symbol of the universe is measured, judged by the
 * preset's filters and ranked by a weighted sum of z-scores.
 */
import type { Archive, Shape } from '../archive/archive.ts';
import type { Preset } from '../config/preset.ts';
import type { VenueFigures } from '../engine/input.ts';
import { at, floatAt, grown, item } from '../market/arrays.ts';
import { type BookQuote, freshQuote, spreadBps } from '../market/book.ts';
import type { Market } from '../market/instrument.ts';
import { BASE, type Millis } from '../market/time.ts';
import type { Condition } from './conditions.ts';
import type { Series } from './series.ts';
import type { Why } from './why.ts';

/** What a scan measures. `spread` in basis points, `depth` in quote, `volume_24h` in quote, shares and multiples else. */
const FIGURES = [
  'volume_24h',
  'atr_range',
  'bb_width_percentile',
  'volume_surge_1h',
  'volume_surge_5m',
  'change_24h',
  'btc_correlation',
  'oi_change',
  'spread',
  'depth',
  'trades_per_minute',
] as const;

type Figure = (typeof FIGURES)[number];

/** Figures that a venue may never give: their weight is then not evaluated, and that is counted. */
const SCORE_OF: Partial<Record<Figure, Condition>> = {
  spread: 'score_spread',
  depth: 'score_depth',
  trades_per_minute: 'score_trades_per_minute',
  oi_change: 'score_oi_change',
  btc_correlation: 'score_btc_correlation',
};

export interface Candidate {
  readonly symbol: number;
  readonly score: number;
}

export interface ScanResult {
  readonly universe: number;
  readonly passed: number;
  /** Best first; equal scores by symbol. */
  readonly candidates: readonly Candidate[];
}

const candidateShape: Shape<Candidate> = (a, candidate) => ({
  symbol: a.number(candidate?.symbol),
  score: a.number(candidate?.score),
});

export const scanShape: Shape<ScanResult> = (a, scan) => ({
  universe: a.number(scan?.universe),
  passed: a.number(scan?.passed),
  candidates: a.list(scan?.candidates, candidateShape),
});

export interface ScanInput {
  readonly at: Millis;
  readonly markets: readonly Market[];
  readonly series: readonly Series[];
  readonly books: readonly (BookQuote | null)[];
  readonly figures: VenueFigures;
  /** Index of the BTC market, or -1. */
  readonly btc: number;
  /** Markets that are traded no more. */
  readonly gone: ReadonlySet<number>;
}

export class Scanner {
  readonly #preset: Preset;
  readonly #why: Why;
  readonly #columns: Record<Figure, Float64Array>;
  #listed: Uint8Array;
  #openInterest: Float64Array;
  #depth05: Float64Array;
  readonly #minBars: number;
  /** Index of the BTC market as of the last scan. */
  #btc = -1;
  readonly #weighted: readonly (readonly [Figure, number])[];

  constructor(preset: Preset, markets: readonly Market[], minBars: number, why: Why) {
    this.#preset = preset;
    this.#why = why;
    this.#minBars = minBars;
    const n = markets.length;
    const column = () => new Float64Array(n).fill(Number.NaN);
    this.#columns = {
      volume_24h: column(),
      atr_range: column(),
      bb_width_percentile: column(),
      volume_surge_1h: column(),
      volume_surge_5m: column(),
      change_24h: column(),
      btc_correlation: column(),
      oi_change: column(),
      spread: column(),
      depth: column(),
      trades_per_minute: column(),
    };
    this.#openInterest = column();
    this.#depth05 = column();
    this.#listed = this.#allowed(markets);
    this.#weighted = FIGURES.map((figure) => [figure, preset.scan.score_weights[figure]] as const).filter(
      ([, weight]) => weight !== 0,
    );
  }

  #allowed(markets: readonly Market[]): Uint8Array {
    const { whitelist, blacklist } = this.#preset.universe;
    return Uint8Array.from(markets, (m) =>
      (whitelist.length === 0 || whitelist.includes(m.symbol)) && !blacklist.includes(m.symbol) ? 1 : 0,
    );
  }

  /** There are more markets now, behind those of before. */
  grow(markets: readonly Market[]): void {
    const size = markets.length;
    for (const figure of FIGURES) this.#columns[figure] = grown(this.#columns[figure], size, Number.NaN);
    this.#openInterest = grown(this.#openInterest, size, Number.NaN);
    this.#depth05 = grown(this.#depth05, size, Number.NaN);
    this.#listed = this.#allowed(markets);
  }

  scan(input: ScanInput): ScanResult {
    this.#btc = input.btc;
    const universe = this.#universe(input);
    const passed = universe.filter((symbol) => this.#passes(symbol, input));
    const ranked = this.#rank(passed, universe);
    const limit = this.#preset.scan.max_candidates;
    for (const [i, candidate] of ranked.entries()) {
      this.#why.judge(candidate.symbol, 'max_candidates', i < limit, i + 1, limit);
    }
    return { universe: universe.length, passed: passed.length, candidates: ranked.slice(0, limit) };
  }

  /** Correlation of the symbol's 15 m returns with BTC's, as of the last scan; 1 for BTC, NaN when not known. */
  btcCorrelation(symbol: number): number {
    return symbol === this.#btc ? 1 : floatAt(this.#columns.btc_correlation, symbol);
  }

  /** What the last scan measured of a symbol; NaN where there is no figure. */
  figuresOf(symbol: number): Record<Figure, number> {
    const c = this.#columns;
    return {
      volume_24h: floatAt(c.volume_24h, symbol),
      atr_range: floatAt(c.atr_range, symbol),
      bb_width_percentile: floatAt(c.bb_width_percentile, symbol),
      volume_surge_1h: floatAt(c.volume_surge_1h, symbol),
      volume_surge_5m: floatAt(c.volume_surge_5m, symbol),
      change_24h: floatAt(c.change_24h, symbol),
      btc_correlation: floatAt(c.btc_correlation, symbol),
      oi_change: floatAt(c.oi_change, symbol),
      spread: floatAt(c.spread, symbol),
      depth: floatAt(c.depth, symbol),
      trades_per_minute: floatAt(c.trades_per_minute, symbol),
    };
  }

  /** Symbols with a fresh candle and enough history, allowed by the lists; the largest by volume. */
  #universe(input: ScanInput): number[] {
    const known: number[] = [];
    for (const series of input.series.keys()) {
      const s = item(input.series, series);
      const listed = at(this.#listed, series) === 1 && !input.gone.has(series);
      if (!this.#why.holds(series, 'listed', listed)) continue;
      const age = (input.at - s.closeTime) / BASE;
      if (!this.#why.judge(series, 'fresh_candle', age === 0, s.bars > 0 ? age : Number.NaN, 0)) continue;
      // Gaps leave out 15 m candles, so that enough base candles may still be too few of them.
      const enough = s.bars >= this.#minBars && s.widthRank.ready;
      if (!this.#why.judge(series, 'history', enough, s.bars, this.#minBars)) continue;
      this.#measure(series, s, input);
      known.push(series);
    }
    const volume = this.#columns.volume_24h;
    known.sort((a, b) => floatAt(volume, b) - floatAt(volume, a) || a - b);
    const n = this.#preset.universe.top_n_by_volume;
    for (const [rank, symbol] of known.entries()) {
      this.#why.judge(symbol, 'top_n_by_volume', rank < n, rank + 1, n);
    }
    return known.slice(0, n).sort((a, b) => a - b);
  }

  #measure(i: number, s: Series, input: ScanInput): void {
    const c = this.#columns;
    c.volume_24h[i] = s.dayVolume.value;
    c.atr_range[i] = s.atr.value / s.close;
    c.bb_width_percentile[i] = s.widthRank.value;
    c.volume_surge_1h[i] = s.lastHourVolume / s.hourlyMedian.value;
    c.volume_surge_5m[i] = s.volume / s.volumeMedian.value;
    c.change_24h[i] = s.dayChange.value;
    c.btc_correlation[i] = input.btc < 0 || i === input.btc ? Number.NaN : s.correlation.value;
    const book = freshQuote(item(input.books, i), input.at);
    c.spread[i] = book ? spreadBps(book) : Number.NaN;
    c.depth[i] = book ? Math.min(book.bidDepth03, book.askDepth03) : Number.NaN;
    this.#depth05[i] = book ? Math.min(book.bidDepth05, book.askDepth05) : Number.NaN;
    c.trades_per_minute[i] = book?.tradesPerMinute ?? Number.NaN;
    const before = floatAt(this.#openInterest, i);
    const now = book?.openInterest ?? Number.NaN;
    c.oi_change[i] = now / before - 1;
    this.#openInterest[i] = now;
  }

  /** All filters are judged, also after the first that fails, so that the record is whole. */
  #passes(i: number, input: ScanInput): boolean {
    const { liquidity_filters: liquidity, volatility_filters: volatility, scan } = this.#preset;
    const c = this.#columns;
    const { book, tradesPerMinute, openInterest } = input.figures;
    const why = this.#why;
    let ok = why.atLeast(i, 'min_24h_volume', floatAt(c.volume_24h, i), liquidity.min_24h_volume);
    ok = this.#most(i, 'max_spread_bps', floatAt(c.spread, i), liquidity.max_spread_bps, book) && ok;
    ok = this.#least(i, 'min_depth_03pct', floatAt(c.depth, i), liquidity.min_depth_03pct, book) && ok;
    ok = this.#least(i, 'min_depth_05pct', floatAt(this.#depth05, i), liquidity.min_depth_05pct, book) && ok;
    const trades = floatAt(c.trades_per_minute, i);
    ok =
      this.#least(i, 'min_trades_per_minute', trades, liquidity.min_trades_per_minute, tradesPerMinute) && ok;
    const interest = floatAt(this.#openInterest, i);
    ok = this.#least(i, 'min_open_interest', interest, liquidity.min_open_interest, openInterest) && ok;
    ok = this.#least(i, 'atr_range_min', floatAt(c.atr_range, i), volatility.atr_range_min, true) && ok;
    ok = this.#most(i, 'atr_range_max', floatAt(c.atr_range, i), volatility.atr_range_max, true) && ok;
    const width = floatAt(c.bb_width_percentile, i);
    ok = this.#most(i, 'bb_width_percentile_max', width, volatility.bb_width_percentile_max, true) && ok;
    ok =
      this.#least(
        i,
        'volume_surge_1h_min',
        floatAt(c.volume_surge_1h, i),
        volatility.volume_surge_1h_min,
        true,
      ) && ok;
    ok =
      this.#least(
        i,
        'volume_surge_5m_min',
        floatAt(c.volume_surge_5m, i),
        volatility.volume_surge_5m_min,
        true,
      ) && ok;
    ok =
      this.#least(i, 'oi_change_min', floatAt(c.oi_change, i), volatility.oi_change_min, openInterest) && ok;
    ok = this.#least(i, 'change_24h_min', floatAt(c.change_24h, i), volatility.change_24h_min, true) && ok;
    ok = this.#most(i, 'change_24h_max', floatAt(c.change_24h, i), volatility.change_24h_max, true) && ok;
    // BTC is not judged against itself.
    if (i === input.btc) return ok;
    return (
      this.#most(
        i,
        'max_btc_correlation',
        floatAt(c.btc_correlation, i),
        scan.max_btc_correlation,
        input.btc >= 0,
      ) && ok
    );
  }

  /** A filter that is off passes; a figure that the venue never gives is not evaluated; one lacking now blocks. */
  #least(i: number, condition: Condition, value: number, threshold: number | null, given: boolean): boolean {
    if (threshold === null) return true;
    if (given) return this.#why.atLeast(i, condition, value, threshold);
    this.#why.notEvaluated(i, condition, threshold);
    return true;
  }

  #most(i: number, condition: Condition, value: number, threshold: number | null, given: boolean): boolean {
    if (threshold === null) return true;
    if (given) return this.#why.atMost(i, condition, value, threshold);
    this.#why.notEvaluated(i, condition, threshold);
    return true;
  }

  /** z-scores over the universe; a figure that nobody has is left out and the weights renormalised. */
  #rank(passed: readonly number[], universe: readonly number[]): Candidate[] {
    const scores = new Map<number, number>(passed.map((symbol) => [symbol, 0]));
    let weights = 0;
    for (const [figure, weight] of this.#weighted) {
      const column = this.#columns[figure];
      let n = 0;
      let sum = 0;
      for (const symbol of universe) {
        const x = floatAt(column, symbol);
        if (!Number.isFinite(x)) continue;
        n++;
        sum += x;
      }
      if (n === 0) {
        const condition = SCORE_OF[figure];
        if (condition !== undefined)
          for (const symbol of passed) this.#why.notEvaluated(symbol, condition, weight);
        continue;
      }
      weights += Math.abs(weight);
      const mean = sum / n;
      // From the differences: the difference of two large sums would lose a small spread among large figures.
      let squares = 0;
      for (const symbol of universe) {
        const x = floatAt(column, symbol);
        if (Number.isFinite(x)) squares += (x - mean) ** 2;
      }
      const deviation = Math.sqrt(squares / n);
      if (deviation === 0) continue;
      for (const symbol of passed) {
        const x = floatAt(column, symbol);
        // A symbol without the figure is taken as average: it neither gains nor loses by it.
        if (Number.isFinite(x))
          scores.set(symbol, (scores.get(symbol) ?? 0) + (weight * (x - mean)) / deviation);
      }
    }
    return [...scores]
      .map(([symbol, score]) => ({ symbol, score: weights > 0 ? score / weights : 0 }))
      .sort((a, b) => b.score - a.score || a.symbol - b.symbol);
  }

  archive(a: Archive): void {
    a.section('Scanner');
    for (const figure of FIGURES) a.column(this.#columns[figure]);
    a.column(this.#openInterest);
    a.column(this.#depth05);
    this.#btc = a.number(this.#btc);
  }
}
