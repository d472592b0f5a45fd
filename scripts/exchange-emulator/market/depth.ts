/** A whole order book out of what a bar source says of it: spread, and value within two distances of the middle. */
import type Big from 'big.js';
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

/**
 * The book round a last trade at `price` ticks; the noise is a function of `key` and `step`. It is made when it is looked
 * at: most prices come and go without anybody asking for theirs.
 */
export class QuoteAt implements Quote {
  readonly #listing: Listing;
  readonly #shape: Shape;
  readonly #price: number;
  readonly #key: number;
  readonly #step: number;
  #last: Big | null = null;
  #bids: Level[] | null = null;
  #asks: Level[] | null = null;

  constructor(listing: Listing, shape: Shape, price: number, key: number, step: number) {
    this.#listing = listing;
    this.#shape = shape;
    this.#price = price;
    this.#key = key;
    this.#step = step;
  }

  get last(): Big {
    this.#last ??= decimal(stepsToText(this.#listing.ticks, this.#price));
    return this.#last;
  }

  get bids(): Level[] {
    const { gap, bidLots } = this.#shape;
    this.#bids ??= side(this.#listing, this.#bid, -gap, bidLots, this.#key, this.#step);
    return this.#bids;
  }

  get asks(): Level[] {
    const { wide, gap, askLots } = this.#shape;
    this.#asks ??= side(this.#listing, this.#bid + wide, gap, askLots, this.#key + 1, this.#step);
    return this.#asks;
  }

  get #bid(): number {
    return Math.max(this.#price - Math.floor(this.#shape.wide / 2), 1);
  }
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
