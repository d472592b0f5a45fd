import { MINUTE, type Millis } from './time.ts';

/**
 * A book summary of one symbol. Depths are in quote, on one side, within a distance of the mid price.
 * At most one per watched symbol and second enters the engine.
 */
export interface BookSummary {
  readonly bid: number;
  readonly ask: number;
  /** Quote value bid within 0.3 % and 0.5 % of mid, and the same offered. */
  readonly bidDepth03: number;
  readonly askDepth03: number;
  readonly bidDepth05: number;
  readonly askDepth05: number;
  /** Trades in the last minute, where the venue gives them. */
  readonly tradesPerMinute?: number;
  /** In quote, where the venue gives it. */
  readonly openInterest?: number;
}

export interface BookQuote extends BookSummary {
  readonly at: Millis;
}

/** A book summary older than this is no figure of now. */
const STALE: Millis = 10 * MINUTE;

/** The quote when it is young enough to be decided on, else null. */
export function freshQuote(quote: BookQuote | null, now: Millis): BookQuote | null {
  return quote !== null && now - quote.at <= STALE ? quote : null;
}

/** (bid - ask depth) / (bid + ask depth) within 0.3 %: -1 all offers, +1 all bids. NaN for an empty book. */
export function imbalance(book: BookSummary): number {
  return (book.bidDepth03 - book.askDepth03) / (book.bidDepth03 + book.askDepth03);
}

/** Spread over mid, in basis points. */
export function spreadBps(book: BookSummary): number {
  return ((book.ask - book.bid) / ((book.ask + book.bid) / 2)) * 10_000;
}
