/**
 * The ports of venues that run in lock-step: a source of candles and a matching engine that walks inside
 * them. Backtest, replay and `sim` differ only in the source.
 */
import type { Archive } from '../archive/archive.ts';
import type { FillReport, OrderReport, VenueFigures } from '../engine/input.ts';
import type { OrderRequest } from '../engine/output.ts';
import type { BarColumns } from '../market/bars.ts';
import type { BookSummary } from '../market/book.ts';
import type { Instrument } from '../market/instrument.ts';
import type { Millis } from '../market/time.ts';

/** Candles in venue time, recorded or generated. */
export interface BarSource {
  /** Sorted by symbol; the position is the symbol's index in bars. */
  readonly instruments: readonly Instrument[];
  readonly figures: VenueFigures;
  /** In words, what the venue did not say and had to be assumed, e.g. "BTCUSDT: tick 0.01 (from its prices)". */
  readonly assumed: readonly string[];
  /** Open time of the first tradable bar. */
  readonly startsAt: Millis;
  /** Close times there are to come, when known: for progress bars. */
  readonly total: number | null;
  /**
   * Up to `bars` closed base bars before the first tradable one, oldest first. Called once, before `next`.
   * The columns are reused: a caller that keeps them copies them.
   */
  history(bars: number): Iterable<BarColumns>;
  /** The bars of the next close time that has any, or null at the end. The object is reused at the next call. */
  next(): BarColumns | null;
  /** The book of one symbol at the close of the last `next`, or null where there is none. */
  book(symbol: number): BookSummary | null;
  /**
   * Saves where it stands, between two calls of `next`; a fresh source of the same bars that loads it goes on there.
   * @throws ArchiveError when what is loaded came from other bars.
   */
  archive(a: Archive): void;
}

/** The points of a base interval: open, an extreme, the other, close. */
export type PathPoint = 0 | 1 | 2 | 3;

/** Where the walk through the candles stands. */
export interface Standing {
  /** The interval under way, or over when `point` is 3; null before the first. */
  readonly bars: BarColumns | null;
  /** The last point walked in it; -1 = none yet. */
  readonly point: -1 | PathPoint;
}

/** An own order as the venue's books have it. */
export interface VenueOrder {
  /** The kernel's ordinal. */
  readonly orderId: number;
  readonly symbol: string;
  readonly status: 'open' | 'filled' | 'cancelled' | 'rejected';
  /** As amended, exact decimals. */
  readonly quantity: string;
  readonly stopPrice: string | null;
  /** Why it was rejected or cancelled. */
  readonly reason: string;
  readonly fills: readonly FillReport[];
}

/** How a bar in which both ways were possible was walked: the nearer extreme first, or the other one. */
export type BarPath = 'nearer' | 'other';

export interface MatchingCosts {
  /** Half the assumed spread, slippage of a taker order, both as shares of the price. */
  readonly halfSpread: number;
  readonly slippage: number;
  /** Extra slippage for a fill that takes the whole allowed share of a bar's volume; grows with the square root. */
  readonly impact: number;
  /** Largest share of a bar's volume that own orders may take. */
  readonly volumeShare: number;
}

/** Simulated matching of own orders against candles. Knows nothing of the engine; deterministic. */
export interface Matching {
  /** Takes an order at `at`; it acts on prices that come after. Returns what the venue answers at once. */
  submit(order: OrderRequest, at: Millis): readonly OrderReport[];
  cancel(orderId: number, at: Millis): readonly OrderReport[];
  amend(orderId: number, quantity: string, stopPrice: string | null, at: Millis): readonly OrderReport[];
  /** Begins the candles of one base interval: `bars` are those that will close at its end. */
  begin(bars: BarColumns): void;
  /** True when any order is resting, so that walking the bar can change anything. */
  readonly busy: boolean;
  /**
   * Walks to path point 0..3 (open, an extreme, the other, close) of the bars begun: one batch of reports, sorted by
   * symbol, then along the path. Points are walked in order, each once.
   */
  walk(point: PathPoint): readonly OrderReport[];
  /** What a symbol traded at last in the interval under way or just over, an exact decimal; null when that is not known. */
  priceOf(symbol: string): string | null;
  /** Signed base quantity held per symbol, exact decimals; flat symbols are missing. */
  positions(): ReadonlyMap<string, string>;
  /** Trade ordinals whose outcome hung on the order of a bar's extremes. */
  readonly ambiguousTrades: ReadonlySet<number>;
  /** Saves or takes over orders and holdings, between two bars: after `walk(3)`, before the next `begin`. */
  archive(a: Archive): void;
}
