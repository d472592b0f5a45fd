import type { Archive } from '../archive/archive.ts';
import type { Preset } from '../config/preset.ts';
import { Atr } from '../indicators/atr.ts';
import { BollingerWidth } from '../indicators/bollinger-width.ts';
import { Change } from '../indicators/change.ts';
import { Donchian } from '../indicators/donchian.ts';
import { RollingCorrelation } from '../indicators/rolling-correlation.ts';
import { RollingMedian } from '../indicators/rolling-median.ts';
import { RollingRank } from '../indicators/rolling-rank.ts';
import { RollingSum } from '../indicators/rolling-sum.ts';
import { RollingVwap } from '../indicators/rolling-vwap.ts';
import { Aggregator } from '../market/aggregate.ts';
import { BASE, HOUR, MINUTE, type Millis } from '../market/time.ts';
import { CandleRing } from './candle-ring.ts';

export const CANDLE: Millis = 15 * MINUTE;

const ATR_PERIOD = 14;
const BOLLINGER_PERIOD = 20;
const BOLLINGER_DEVIATIONS = 2;
const WIDTH_RANK_WINDOW = 96;
const CORRELATION_WINDOW = 96;
/** Base candles in a day. */
const DAY_BARS = 288;
const VOLUME_MEDIAN_BARS = 48;
const HOURLY_MEDIAN_BARS = 24;
/**
 * Base candles after a gap on which a symbol gives no signal: enough for a whole 15 m candle, so that nothing
 * is decided on a move that was not seen.
 */
const QUIET_BARS_AFTER_GAP = 3;

/** Base candles that a symbol needs before it can be judged: the longest window of the preset, in candles. */
export function warmupBars(preset: Preset): number {
  const candles = Math.max(
    preset.levels.lookback_bars,
    BOLLINGER_PERIOD + WIDTH_RANK_WINDOW,
    CORRELATION_WINDOW + 1,
    ATR_PERIOD + 1,
  );
  return Math.max(candles * (CANDLE / BASE), (HOURLY_MEDIAN_BARS + 1) * (HOUR / BASE), DAY_BARS + 1);
}

/** All that is known of one symbol's candles: the last base candle, the 15 m candles and the indicators. */
export class Series {
  closeTime: Millis = 0;
  open = Number.NaN;
  high = Number.NaN;
  low = Number.NaN;
  close = Number.NaN;
  volume = Number.NaN;
  /** Base candles seen. */
  bars = 0;
  gaps = 0;
  missingBars = 0;
  /** Base candles in the gap just before the last candle. */
  gapBefore = 0;
  /** Candles still to come before the symbol may signal again. */
  quiet = 0;
  /** True when the last base candle closed a 15 m candle. */
  candleClosed = false;
  /** Return of the last 15 m candle over the one before; NaN across a gap. */
  candleReturn = Number.NaN;
  /** Volume of the hour that closed last; NaN when it was not seen whole. */
  lastHourVolume = Number.NaN;

  readonly candles: CandleRing;
  readonly atr = new Atr(ATR_PERIOD);
  readonly width = new BollingerWidth(BOLLINGER_PERIOD, BOLLINGER_DEVIATIONS);
  readonly widthRank = new RollingRank(WIDTH_RANK_WINDOW);
  readonly donchian: Donchian;
  readonly correlation = new RollingCorrelation(CORRELATION_WINDOW);
  readonly volumeMedian = new RollingMedian(VOLUME_MEDIAN_BARS);
  readonly hourlyMedian = new RollingMedian(HOURLY_MEDIAN_BARS);
  readonly vwap = new RollingVwap(DAY_BARS);
  readonly dayVolume = new RollingSum(DAY_BARS);
  readonly dayChange = new Change(DAY_BARS);
  readonly #fifteen = new Aggregator(CANDLE);
  readonly #hour = new Aggregator(HOUR);

  constructor(preset: Preset) {
    this.candles = new CandleRing(preset.levels.lookback_bars, preset.levels.swing_strength);
    this.donchian = new Donchian(preset.levels.donchian_bars);
  }

  /** Takes one closed base candle. False when it is not newer than the last: a repetition, ignored. */
  push(closeTime: Millis, open: number, high: number, low: number, close: number, volume: number): boolean {
    if (closeTime <= this.closeTime) return false;
    this.gapBefore = this.bars === 0 ? 0 : Math.round((closeTime - this.closeTime) / BASE) - 1;
    if (this.gapBefore > 0) {
      this.gaps++;
      this.missingBars += this.gapBefore;
      this.quiet = QUIET_BARS_AFTER_GAP;
      // An hour whose close fell into the gap is the last one, and nothing is known of it.
      if (Math.floor(closeTime / HOUR) > Math.floor(this.closeTime / HOUR)) this.lastHourVolume = Number.NaN;
    } else if (this.quiet > 0) {
      this.quiet--;
    }
    this.bars++;
    this.closeTime = closeTime;
    this.open = open;
    this.high = high;
    this.low = low;
    this.close = close;
    this.volume = volume;

    this.volumeMedian.push(volume);
    this.vwap.push((high + low + close) / 3, volume);
    this.dayVolume.push(volume * close);
    this.dayChange.push(close);

    this.candleClosed = this.#fifteen.push(closeTime, open, high, low, close, volume);
    if (this.candleClosed) this.#closeCandle(closeTime);
    if (this.#hour.push(closeTime, open, high, low, close, volume)) {
      const { complete, volume: hourly } = this.#hour;
      this.lastHourVolume = complete ? hourly : Number.NaN;
      if (complete) this.hourlyMedian.push(hourly);
    }
    return true;
  }

  #closeCandle(closeTime: Millis): void {
    const candle = this.#fifteen;
    const ring = this.candles;
    const consecutive = ring.length > 0 && closeTime - ring.closeTime(0) === CANDLE;
    this.candleReturn = consecutive ? candle.close / ring.close(0) - 1 : Number.NaN;
    this.atr.push(candle.high, candle.low, candle.close);
    this.width.push(candle.close);
    if (this.width.ready) this.widthRank.push(this.width.value);
    this.donchian.push(candle.high, candle.low);
    ring.push(closeTime, candle.open, candle.high, candle.low, candle.close);
  }

  archive(a: Archive): void {
    a.section('Series');
    this.closeTime = a.number(this.closeTime);
    this.open = a.number(this.open);
    this.high = a.number(this.high);
    this.low = a.number(this.low);
    this.close = a.number(this.close);
    this.volume = a.number(this.volume);
    this.bars = a.number(this.bars);
    this.gaps = a.number(this.gaps);
    this.missingBars = a.number(this.missingBars);
    this.gapBefore = a.number(this.gapBefore);
    this.quiet = a.number(this.quiet);
    this.candleClosed = a.flag(this.candleClosed);
    this.candleReturn = a.number(this.candleReturn);
    this.lastHourVolume = a.number(this.lastHourVolume);
    this.candles.archive(a);
    this.atr.archive(a);
    this.width.archive(a);
    this.widthRank.archive(a);
    this.donchian.archive(a);
    this.correlation.archive(a);
    this.volumeMedian.archive(a);
    this.hourlyMedian.archive(a);
    this.vwap.archive(a);
    this.dayVolume.archive(a);
    this.dayChange.archive(a);
    this.#fifteen.archive(a);
    this.#hour.archive(a);
  }
}
