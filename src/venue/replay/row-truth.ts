/** What a candle must be to be true, whatever file it stands in. */
import { DAY, type Millis } from '../../market/time.ts';

/** Times outside these are seconds or microseconds taken for milliseconds. */
const EARLIEST: Millis = 1_180 * DAY;
const LATEST: Millis = 110_000 * DAY;

export function untrueCandle(
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
): string | null {
  if (high < low) return `high ${high} is below low ${low}`;
  if (low <= 0) return `low ${low} is not above zero`;
  if (open < low || open > high) return `open ${open} is outside low ${low} to high ${high}`;
  if (close < low || close > high) return `close ${close} is outside low ${low} to high ${high}`;
  return volume < 0 ? `volume ${volume} is negative` : null;
}

/** @param previous the candle before it; none is minus infinity. */
export function untrueTime(t: Millis, previous: Millis, step: Millis): string | null {
  if (!(t >= EARLIEST && t <= LATEST)) return `timestamp ${t} is not in epoch milliseconds`;
  if (t % step !== 0) return `timestamp ${t} (${iso(t)}) is not a multiple of the timeframe, ${step} ms`;
  if (t === previous) return `timestamp ${t} (${iso(t)}) comes twice`;
  return t < previous ? `timestamp ${t} (${iso(t)}) is not after ${previous}, the candle before` : null;
}

function iso(at: Millis): string {
  return new Date(at).toISOString();
}
