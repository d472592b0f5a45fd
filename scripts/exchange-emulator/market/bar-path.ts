/**
 * The way of a price inside one base candle: through its four path points, at even distances in time. Every shorter
 * candle and every price in between follows from it, so that what was shown while it formed agrees with what it became.
 */
import { item } from '../../../src/market/arrays.ts';
import { BASE, type Millis } from '../../../src/market/time.ts';
import { pathPoints } from '../../../src/venue/simulated/path.ts';

/** Prices in ticks, the volume in lots. */
export interface Candle {
  readonly start: Millis;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

const LEGS = 3;

/** The price `elapsed` into the candle, in ticks. */
export function priceAt(candle: Candle, elapsed: Millis): number {
  const points = pathPoints(candle, 'nearer');
  const along = (Math.min(Math.max(elapsed, 0), BASE) / BASE) * LEGS;
  const leg = Math.min(Math.floor(along), LEGS - 1);
  const from = item(points, leg);
  return Math.round(from + (item(points, leg + 1) - from) * (along - leg));
}

/** Of a candle's volume, the lots that have traded `elapsed` into it. */
export function volumeAt(candle: Candle, elapsed: Millis): number {
  return Math.floor((candle.volume * Math.min(elapsed, BASE)) / BASE);
}

/** The part of a base candle between two moments of it, as a candle of its own. */
export function part(candle: Candle, from: Millis, to: Millis): Candle {
  const points = pathPoints(candle, 'nearer');
  const prices = [priceAt(candle, from), priceAt(candle, to)];
  points.forEach((price, index) => {
    const at = (index / LEGS) * BASE;
    if (at > from && at < to) prices.push(price);
  });
  return {
    start: candle.start + from,
    open: item(prices, 0),
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: item(prices, 1),
    volume: volumeAt(candle, to) - volumeAt(candle, from),
  };
}

/** One candle out of several that follow each other. */
export function joined(start: Millis, parts: readonly Candle[]): Candle {
  return {
    start,
    open: item(parts, 0).open,
    high: Math.max(...parts.map(({ high }) => high)),
    low: Math.min(...parts.map(({ low }) => low)),
    close: item(parts, parts.length - 1).close,
    volume: parts.reduce((sum, { volume }) => sum + volume, 0),
  };
}
