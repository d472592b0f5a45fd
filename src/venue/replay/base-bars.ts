/**
 * Base bars of one symbol, made from its candles. The rule for candles finer than the base: a base bar is
 * kept when its first and its last candle are there, so that its open and close are true. Otherwise (at
 * either end of a recording, and on both sides of an outage) it is dropped, which leaves a gap that the
 * engine sees and counts: nothing is invented, and no signal comes from half a bar. A hole inside a
 * kept bar stays (venues leave out minutes without a trade) and is counted as `thin`.
 */
import { at } from '../../market/arrays.ts';
import { BASE, type Millis } from '../../market/time.ts';
import { type Candles, ROW } from './candle-file.ts';

/** Base bars by slot: `slot * BASE` is the close time. Slots ascend; `ohlcv` has `ROW` numbers a bar. */
export interface BaseBars {
  readonly slot: Int32Array;
  readonly ohlcv: Float64Array;
}

/** What became of a symbol's candles. */
export interface BarCount {
  readonly candles: number;
  readonly bars: number;
  /** Base bars missing between the first and the last. */
  readonly missing: number;
  /** Base bars dropped because their first or last candle is missing. */
  readonly dropped: number;
  /** Base bars kept although a candle inside is missing. */
  readonly thin: number;
}

/** @param step the candles' timeframe, which divides the base. */
export function toBaseBars(
  candles: Candles,
  step: Millis,
): { readonly bars: BaseBars; readonly count: BarCount } {
  const made = step === BASE ? asTheyAre(candles) : aggregate(candles, step);
  const { slot } = made.bars;
  const span = slot.length === 0 ? 0 : at(slot, slot.length - 1) - at(slot, 0) + 1;
  return {
    bars: made.bars,
    count: {
      candles: candles.count,
      bars: slot.length,
      missing: span - slot.length,
      dropped: made.dropped,
      thin: made.thin,
    },
  };
}

function asTheyAre(candles: Candles): { bars: BaseBars; dropped: number; thin: number } {
  const slot = new Int32Array(candles.count);
  for (let index = 0; index < candles.count; index += 1) slot[index] = at(candles.time, index) / BASE + 1;
  return { bars: { slot, ohlcv: candles.ohlcv }, dropped: 0, thin: 0 };
}

function aggregate(candles: Candles, step: Millis): { bars: BaseBars; dropped: number; thin: number } {
  const { time, ohlcv: fine, count } = candles;
  const slot = new Int32Array(count);
  const ohlcv = new Float64Array(count * ROW);
  let bars = 0;
  let dropped = 0;
  let thin = 0;
  for (let first = 0, next = 0; first < count; first = next) {
    const openSlot = Math.floor(at(time, first) / BASE);
    let high = at(fine, first * ROW + 1);
    let low = at(fine, first * ROW + 2);
    let volume = at(fine, first * ROW + 4);
    next = first + 1;
    while (next < count && at(time, next) < (openSlot + 1) * BASE) {
      high = Math.max(high, at(fine, next * ROW + 1));
      low = Math.min(low, at(fine, next * ROW + 2));
      volume += at(fine, next * ROW + 4);
      next += 1;
    }
    const opens = at(time, first) === openSlot * BASE;
    const closes = at(time, next - 1) === (openSlot + 1) * BASE - step;
    if (!opens || !closes) {
      dropped += 1;
      continue;
    }
    if ((next - first) * step < BASE) thin += 1;
    slot[bars] = openSlot + 1;
    ohlcv.set([at(fine, first * ROW), high, low, at(fine, (next - 1) * ROW + 3), volume], bars * ROW);
    bars += 1;
  }
  return { bars: { slot: slot.slice(0, bars), ohlcv: ohlcv.slice(0, bars * ROW) }, dropped, thin };
}
