/** A whole order book out of what a bar source says of it: spread, and value within two distances of the middle. */
import type { BookSummary } from '../../../src/market/book.ts';
import { stepsToText } from '../../../src/market/grid.ts';
import { noiseAt } from '../../../src/venue/simulated/generator/rng.ts';
import type { Listing } from '../core/instrument.ts';
import type { Level, Quote } from '../core/quote.ts';
import { decimal } from '../decimal.ts';

/** Levels on each side. */
export const LEVELS = 50;
/** Depth is spread over levels that reach this far from the middle. */
const REACH = 0.003;
/** Where the source says nothing of its book: spread over price, and value on one side over that of a candle. */
const ASSUMED_SPREAD = 0.0002;
const ASSUMED_DEPTH = 1.4;

export interface Shape {
  /** Whole ticks between best bid and best ask. */
  readonly wide: number;
  /** Ticks from level to level. */
  readonly gap: number;
  /** Mean lots on a level of each side. */
  readonly bidLots: number;
  readonly askLots: number;
}

/** @param value quote value that the last candle traded, for a source without books */
export function shapeOf(listing: Listing, price: number, summary: BookSummary | null, value: number): Shape {
  const { ticks, lots } = listing;
  const worth = price * ticks.step;
  const gap = Math.max(Math.round((worth * REACH) / ticks.step / LEVELS), 1);
  const spread = summary === null ? worth * ASSUMED_SPREAD : summary.ask - summary.bid;
  const bid = summary?.bidDepth03 ?? value * ASSUMED_DEPTH;
  const ask = summary?.askDepth03 ?? value * ASSUMED_DEPTH;
  const lotsOf = (depth: number) => Math.max(Math.round(depth / LEVELS / worth / lots.step), 1);
  return {
    wide: Math.max(Math.round(spread / ticks.step), 1),
    gap,
    bidLots: lotsOf(bid),
    askLots: lotsOf(ask),
  };
}

/** The book round a last trade at `price` ticks; the noise is a function of `key` and `step`. */
export function quoteOf(listing: Listing, shape: Shape, price: number, key: number, step: number): Quote {
  const bid = Math.max(price - Math.floor(shape.wide / 2), 1);
  return {
    last: decimal(stepsToText(listing.ticks, price)),
    bids: side(listing, bid, -shape.gap, shape.bidLots, key, step),
    asks: side(listing, bid + shape.wide, shape.gap, shape.askLots, key + 1, step),
  };
}

function side(listing: Listing, best: number, gap: number, lots: number, key: number, step: number): Level[] {
  const levels: Level[] = [];
  for (let n = 0; n < LEVELS; n += 1) {
    const price = best + n * gap;
    if (price < 1) break;
    // A level keeps its size as long as the price stays: books change at few levels at once.
    const size = Math.max(Math.round(lots * (0.5 + noiseAt(key, price, Math.floor(step / LEVELS)))), 1);
    levels.push({
      price: decimal(stepsToText(listing.ticks, price)),
      quantity: decimal(stepsToText(listing.lots, size)),
    });
  }
  return levels;
}
