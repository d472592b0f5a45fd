import type { BookSummary } from '../../../market/book.ts';
import { stepsToNumber } from '../../../market/grid.ts';
import { BASE, MINUTE } from '../../../market/time.ts';
import type { CapClass } from './instruments.ts';
import type { SymbolPath } from './path.ts';
import { noiseAt } from './rng.ts';

/** Spread in a calm market (lowest and highest, basis points) and mean size of a trade (quote), by class. */
const CLASSES: Record<CapClass, { spread: readonly [number, number]; tradeSize: number }> = {
  large: { spread: [1, 2], tradeSize: 3_000 },
  mid: { spread: [2, 4], tradeSize: 700 },
  small: { spread: [3, 8], tradeSize: 250 },
};

/** A shock widens the spread up to so many times, and thins the book to so small a share. */
const SHOCK_SPREAD = 4;
const SHOCK_DEPTH = 0.4;
/** Depth within 0.3 % on one side over the recent volume of a base bar. */
const DEPTH_TO_VOLUME = 1.4;
/** Depth within 0.5 % over that within 0.3 %: books thin out a little further away. */
const DEPTH_GROWTH = [1.4, 1.65] as const;
/** How far the book leans: towards the last move, with a genuine or a false breakout, and at random. */
const LEAN_TO_MOVE = 0.1;
const LEAN_GENUINE = 0.3;
const LEAN_FALSE = 0.05;
const LEAN_NOISE = 0.25;
const LARGEST_LEAN = 0.85;
/** Open interest of an ordinary day over its volume. */
const INTEREST_TO_VOLUME = 0.3;

const MINUTES = BASE / MINUTE;

const SALT = { spread: 0, side: 1, lean: 2, bidDepth: 3, askDepth: 4, growth: 5, trades: 6 } as const;

/**
 * The book of a symbol at the close of its last candle. Its noise is a function of the symbol's key and the
 * ordinal of the bar, never a draw from a stream: asking or not asking changes nothing.
 */
export function bookOf(path: SymbolPath, bar: number): BookSummary {
  const { ticks, turbulence, profile } = path;
  const { spread, tradeSize } = CLASSES[profile.cap];
  const noise = (salt: number, low: number, high: number) =>
    low + (high - low) * noiseAt(path.key, bar, salt);

  const bps = noise(SALT.spread, spread[0], spread[1]) * (1 + (SHOCK_SPREAD - 1) * turbulence);
  const wide = Math.max(Math.round((path.close * bps) / 10_000 / ticks.step), 1);
  // The last trade was at one of the two sides of a tight book, and inside a wide one.
  const below = Math.min(Math.floor(wide * noise(SALT.side, 0.3, 0.7) + 0.5), path.closeTicks - 1);

  const lean = leanOf(path, noise(SALT.lean, -LEAN_NOISE, LEAN_NOISE));
  const depth = path.recentQuoteVolume * DEPTH_TO_VOLUME * (1 - (1 - SHOCK_DEPTH) * turbulence);
  const bidDepth03 = depth * (1 + lean) * noise(SALT.bidDepth, 0.9, 1.1);
  const askDepth03 = depth * (1 - lean) * noise(SALT.askDepth, 0.9, 1.1);
  const further = noise(SALT.growth, DEPTH_GROWTH[0], DEPTH_GROWTH[1]);
  return {
    bid: stepsToNumber(ticks, path.closeTicks - below),
    ask: stepsToNumber(ticks, path.closeTicks - below + wide),
    bidDepth03,
    askDepth03,
    bidDepth05: bidDepth03 * further,
    askDepth05: askDepth03 * further,
    tradesPerMinute: Math.round((path.quoteVolume / MINUTES / tradeSize) * noise(SALT.trades, 0.8, 1.2)),
    openInterest: path.interest * profile.dailyVolume * INTEREST_TO_VOLUME,
  };
}

/** From -1 (all offers) to +1 (all bids). */
function leanOf(path: SymbolPath, noise: number): number {
  const { phase, side } = path.regime;
  let lean = noise + LEAN_TO_MOVE * Math.min(Math.max(path.surprise, -2), 2);
  if (phase === 'extend' || phase === 'retest') lean += LEAN_GENUINE * side;
  else if (phase === 'trend') lean += (LEAN_GENUINE / 2) * side;
  else if (phase === 'pierced') lean += LEAN_FALSE * side;
  return Math.min(Math.max(lean, -LARGEST_LEAN), LARGEST_LEAN);
}
