/**
 * Finds the levels of one symbol in its last 15 m candles: Donchian extremes and swing points are the
 * proposals; those nearer to each other than the tolerance are one level, at the outermost of their prices;
 * a level counts the candles that turned within the tolerance of it.
 */
import type { Preset } from '../config/preset.ts';
import type { Side } from '../engine/output.ts';
import type { CandleRing } from './candle-ring.ts';
import type { FoundLevel } from './level.ts';
import type { Series } from './series.ts';

/** Candles between two touches: a neighbour's touch is the same one. */
const TOUCH_SPACING = 2;
/** Touches that make a level as strong as touches can. */
const FULL_TOUCHES = 4;
/** Weights of touches, recency of the last touch and short wicks in the strength. */
const STRENGTH = { touches: 0.5, recency: 0.25, wicks: 0.25 } as const;

const proposals = new Float64Array(1024);

/**
 * Levels beyond the last close on one side, nearest first, at most `max_levels_per_side`. Empty until there is an ATR.
 */
export function findLevels(series: Series, side: Side, preset: Preset): FoundLevel[] {
  const ring = series.candles;
  const atr = series.atr.value;
  if (!(atr > 0) || ring.length < 2) return [];
  const tolerance = preset.levels.merge_tolerance_atr * atr;
  const sorted = propose(series, side, ring);
  const found: FoundLevel[] = [];
  for (let i = 0; i < sorted.length && found.length < preset.levels.max_levels_per_side; ) {
    // Nearest to price first; a level takes in all that lies within the tolerance of its first proposal.
    const first = sorted[i] ?? 0;
    let outermost = first;
    while (i < sorted.length && Math.abs((sorted[i] ?? 0) - first) <= tolerance) {
      outermost = sorted[i] ?? outermost;
      i++;
    }
    const level = measure(ring, side, outermost, tolerance, preset);
    if (level !== null) found.push(level);
  }
  return found;
}

/** Extremes and swing points beyond the last close, nearest first. */
function propose(series: Series, side: Side, ring: CandleRing): Float64Array {
  const close = series.close;
  let n = 0;
  const long = side === 'long';
  const channel = long ? series.donchian.high : series.donchian.low;
  if (long ? channel > close : channel < close) proposals[n++] = channel;
  for (let age = 0; age < ring.length; age++) {
    if (long ? !ring.isSwingHigh(age) : !ring.isSwingLow(age)) continue;
    const price = long ? ring.high(age) : ring.low(age);
    if (long ? price > close : price < close) proposals[n++] = price;
  }
  const sorted = proposals.subarray(0, n).sort();
  return long ? sorted : sorted.reverse();
}

/** Counts the touches of `price`; null when a candle closed beyond it after the first touch. */
function measure(
  ring: CandleRing,
  side: Side,
  price: number,
  tolerance: number,
  preset: Preset,
): FoundLevel | null {
  const { max_wick_share } = preset.levels;
  const long = side === 'long';
  let touches = 0;
  let wicks = 0;
  let first = -1;
  let last = -1;
  for (let age = ring.length - 1; age >= 0; age--) {
    const extreme = long ? ring.high(age) : ring.low(age);
    const close = ring.close(age);
    if (first >= 0 && (long ? close > price : close < price)) {
      // Broken since: what was touched before is history. A new first touch starts the level anew.
      touches = 0;
      wicks = 0;
      first = -1;
      last = -1;
      continue;
    }
    if (Math.abs(extreme - price) > tolerance) continue;
    const range = ring.high(age) - ring.low(age);
    const body = long ? Math.max(ring.open(age), close) : Math.min(ring.open(age), close);
    const wick = range > 0 ? Math.abs(extreme - body) / range : 0;
    if (wick > max_wick_share) continue;
    if (last >= 0 && last - age < TOUCH_SPACING) continue;
    if (first < 0) first = age;
    last = age;
    touches++;
    wicks += wick;
  }
  if (touches === 0) return null;
  const strength =
    STRENGTH.touches * Math.min(1, touches / FULL_TOUCHES) +
    STRENGTH.recency * (1 - last / ring.length) +
    STRENGTH.wicks * (1 - wicks / touches);
  return { price, touches, strength, bornAt: ring.closeTime(first) };
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
