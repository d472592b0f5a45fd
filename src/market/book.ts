import { numberShape, type Shape } from '../archive/archive.ts';
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

export const quoteShape: Shape<BookQuote> = (a, quote) => {
  const given = {
    at: a.number(quote?.at),
    bid: a.number(quote?.bid),
    ask: a.number(quote?.ask),
    bidDepth03: a.number(quote?.bidDepth03),
    askDepth03: a.number(quote?.askDepth03),
    bidDepth05: a.number(quote?.bidDepth05),
    askDepth05: a.number(quote?.askDepth05),
  };
  const tradesPerMinute = a.nullable(quote?.tradesPerMinute ?? null, numberShape);
  const openInterest = a.nullable(quote?.openInterest ?? null, numberShape);
  return {
    ...given,
    ...(tradesPerMinute === null ? {} : { tradesPerMinute }),
    ...(openInterest === null ? {} : { openInterest }),
  };
};
