/**
 * Finds the levels of one symbol in its last 15 m candles: Donchian extremes and swing points are the
 * proposals; those within the tolerance of the nearest are one level, at the outermost of their prices, and no
 * other level lies within the tolerance of it;
 * a level counts the candles that turned within the tolerance of it.
 */
import type { Preset } from '../config/preset.ts';
import type { Side } from '../engine/output.ts';
import { floatAt, intAt } from '../market/arrays.ts';
import { type CandleRing, SWING_HIGH, SWING_LOW } from './candle-ring.ts';
import type { FoundLevel } from './level.ts';
import type { Series } from './series.ts';

/** Candles between two touches: a neighbour's touch is the same one. */
const TOUCH_SPACING = 2;
/** Touches that make a level as strong as touches can. */
const FULL_TOUCHES = 4;
/** Weights of touches, recency of the last touch and short wicks in the strength. */
const STRENGTH = { touches: 0.5, recency: 0.25, wicks: 0.25 } as const;

/** Scratch: a search begins and ends within one call. */
const proposals = new Float64Array(1024);

/**
 * Levels beyond the last close on one side, nearest first, at most `max_levels_per_side`. Empty until there is an ATR.
 */
export function findLevels(series: Series, side: Side, preset: Preset): FoundLevel[] {
  const ring = series.candles;
  const atr = series.atr.value;
  if (!(atr > 0) || ring.length < 2) return [];
  const tolerance = preset.levels.merge_tolerance_atr * atr;
  const count = propose(series, side, ring);
  const found: FoundLevel[] = [];
  for (let i = 0; i < count && found.length < preset.levels.max_levels_per_side; ) {
    // Nearest to price first: a level stands at the outermost of the proposals within the tolerance of its first.
    const first = floatAt(proposals, i);
    let outermost = first;
    for (; i < count && Math.abs(floatAt(proposals, i) - first) <= tolerance; i++)
      outermost = floatAt(proposals, i);
    // What is within the tolerance of where it stands is no level of its own: a break of one is a break of both.
    while (i < count && Math.abs(floatAt(proposals, i) - outermost) <= tolerance) i++;
    const level = measure(ring, side, outermost, tolerance, preset.levels.max_wick_share);
    if (level !== null) found.push(level);
  }
  return found;
}

/** Fills `proposals` with the extremes and swing points beyond the last close, nearest first; says how many. */
function propose(series: Series, side: Side, ring: CandleRing): number {
  const sign = side === 'long' ? 1 : -1;
  const close = sign * series.close;
  const extremes = side === 'long' ? ring.highs : ring.lows;
  const swing = side === 'long' ? SWING_HIGH : SWING_LOW;
  const channel = side === 'long' ? series.donchian.high : series.donchian.low;
  let n = sign * channel > close ? insert(0, channel, sign) : 0;
  for (let i = ring.end - ring.length; i < ring.end; i++) {
    if ((intAt(ring.swings, i) & swing) === 0) continue;
    const price = floatAt(extremes, i);
    if (sign * price > close) n = insert(n, price, sign);
  }
  return n;
}

/** There are few proposals and they come nearly in order: each is put in its place. */
function insert(count: number, price: number, sign: 1 | -1): number {
  let i = count;
  while (i > 0 && sign * floatAt(proposals, i - 1) > sign * price) {
    proposals[i] = floatAt(proposals, i - 1);
    i--;
  }
  proposals[i] = price;
  return count + 1;
}

/** Counts the touches of `price` since the last close beyond it; null when there is none. */
function measure(
  ring: CandleRing,
  side: Side,
  price: number,
  tolerance: number,
  maxWickShare: number,
): FoundLevel | null {
  // For a support everything is looked at upside down: `sign` makes "beyond" greater on both sides.
  const sign = side === 'long' ? 1 : -1;
  const { opens, closes, end } = ring;
  const extremes = side === 'long' ? ring.highs : ring.lows;
  const farEnds = side === 'long' ? ring.lows : ring.highs;
  const beyond = sign * price;
  const near = beyond - tolerance;
  let touches = 0;
  let wicks = 0;
  let first = -1;
  let last = -1;
  for (let i = end - ring.length; i < end; i++) {
    const extreme = sign * floatAt(extremes, i);
    if (extreme < near) continue;
    const close = sign * floatAt(closes, i);
    if (close > beyond) {
      // Broken here: what was touched before is history. The next touch starts the level anew.
      touches = 0;
      wicks = 0;
      first = -1;
      last = -1;
      continue;
    }
    if (extreme > beyond + tolerance) continue;
    const range = extreme - sign * floatAt(farEnds, i);
    const wick = range > 0 ? (extreme - Math.max(sign * floatAt(opens, i), close)) / range : 0;
    if (wick > maxWickShare) continue;
    if (last >= 0 && i - last < TOUCH_SPACING) continue;
    if (first < 0) first = i;
    last = i;
    touches++;
    wicks += wick;
  }
  if (touches === 0) return null;
  const strength =
    STRENGTH.touches * Math.min(1, touches / FULL_TOUCHES) +
    STRENGTH.recency * (1 - (end - 1 - last) / ring.length) +
    STRENGTH.wicks * (1 - wicks / touches);
  return { price, touches, strength, bornAt: floatAt(ring.closeTimes, first) };
}

/** Height of the last `candles` candles, in price: the base that a breakout leaves. */
export function baseHeight(ring: CandleRing, candles: number): number {
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  for (let age = 0; age < Math.min(candles, ring.length); age++) {
    high = Math.max(high, ring.high(age));
    low = Math.min(low, ring.low(age));
  }
  return high - low;
}
