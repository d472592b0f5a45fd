/** Presets, markets and candles for the tests of strategy, risk and execution. */
import { type Preset, presetSchema } from '../../src/config/preset.ts';
import { item } from '../../src/market/arrays.ts';
import { type Instrument, type Market, toMarket } from '../../src/market/instrument.ts';
import { BASE, DAY, type Millis } from '../../src/market/time.ts';
import type { Condition } from '../../src/strategy/conditions.ts';
import { Series, warmupBars } from '../../src/strategy/series.ts';
import { type Judgement, Why } from '../../src/strategy/why.ts';

/** Any part of a preset, at any depth. */
export type Part<T> = T extends readonly unknown[] | string | number | boolean | null
  ? T
  : { [K in keyof T]?: Part<T[K]> };

const WEIGHTS = {
  volume_24h: 1,
  atr_range: 0,
  bb_width_percentile: 0,
  volume_surge_1h: 0,
  volume_surge_5m: 0,
  change_24h: 0,
  btc_correlation: 0,
  oi_change: 0,
  spread: 0,
  depth: 0,
  trades_per_minute: 0,
};

const BASIS = {
  name: 'test',
  description: 'for tests',
  strategy: 'momentum',
  scan: { score_weights: WEIGHTS },
  volatility_filters: { atr_range_min: 0, atr_range_max: 0.5 },
  risk: {
    risk_per_trade: 0.01,
    max_open_positions: 5,
    max_total_risk: 0.05,
    max_position_share: 20,
    max_leverage: 50,
    max_depth_share: 1,
    max_volume_share: 1,
    daily_loss_limit: 0.03,
    losing_streak_limit: 3,
    max_drawdown: 0.1,
  },
};

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(a: unknown, b: unknown): unknown {
  if (!isTree(a) || !isTree(b)) return b;
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) merged[key] = key in a ? merge(a[key], value) : value;
  return merged;
}

/** A preset whose caps and filters are wide open, but for `part`. */
export function presetOf(part: Part<Preset> = {}): Preset {
  return presetSchema.parse(merge(BASIS, part));
}

export const INSTRUMENT: Instrument = {
  symbol: 'AAAUSDT',
  base: 'AAA',
  quote: 'USDT',
  type: 'linear',
  tick: '0.01',
  lot: '0.001',
  minNotional: '5',
  makerFee: 0.0002,
  takerFee: 0.0005,
};

export function marketOf(part: Partial<Instrument> = {}, index = 0): Market {
  return toMarket({ ...INSTRUMENT, ...part }, index);
}

export interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A midnight; the first bar of a test closes one base interval after it. */
export const START: Millis = 20_000 * DAY;

/** Bars that close one after the other from START on. */
export function feed(series: Series, bars: readonly Bar[]): void {
  for (const bar of bars) {
    const last = series.bars === 0 ? START : series.closeTime;
    push(series, last + BASE, bar);
  }
}

export function push(series: Series, closeTime: Millis, b: Bar): void {
  series.push(closeTime, b.open, b.high, b.low, b.close, b.volume);
}

/** The three base bars that make exactly this 15 m candle. */
export function candle(open: number, high: number, low: number, close: number, volume = 30): Bar[] {
  const rest = { open: close, high: close, low: close, close, volume: volume / 3 };
  return [{ open, high, low, close, volume: volume / 3 }, rest, rest];
}

/** Around 100, one high and wide in every 15 m: ATR is exactly 1, median volume 10, VWAP 100. */
export const CALM: Bar = { open: 100, high: 100.5, low: 99.5, close: 100, volume: 10 };

/** A series warmed up on calm bars, its last bar ending an hour. */
export function calmSeries(preset: Preset, bars = Math.ceil(warmupBars(preset) / 12) * 12): Series {
  const series = new Series(preset);
  feed(
    series,
    Array.from({ length: bars }, () => CALM),
  );
  return series;
}

/** The last judgement of one condition. */
export function judged(why: Why, condition: Condition, symbol = 0): Omit<Judgement, 'at'> | undefined {
  const found = why.of(symbol).find((j) => j.condition === condition);
  if (found === undefined) return undefined;
  const { at: _, ...judgement } = found;
  return judgement;
}

export function failures(why: Why, symbol = 0): string[] {
  return why
    .of(symbol)
    .filter((j) => j.verdict === 'failed')
    .map((j) => j.condition);
}

export function whyOf(symbols = 1): Why {
  return new Why(symbols);
}

/** The only element. */
export function sole<T>(list: readonly T[]): T {
  if (list.length !== 1) throw new Error(`there are ${list.length}, not one`);
  return item(list, 0);
}
