/**
 * Signals: what a closed base candle says of a level. *Momentum*: the candle closed beyond an armed level with
 * volume and body. *Retest*: after a recorded break the price came back to the level and was turned away.
 */
import type { Codes } from '../archive/archive.ts';
import type { Preset } from '../config/preset.ts';
import type { Side, Strategy } from '../engine/output.ts';
import { item } from '../market/arrays.ts';
import { type BookQuote, freshQuote, imbalance } from '../market/book.ts';
import type { Millis } from '../market/time.ts';
import type { Level } from './level.ts';
import type { LevelBook } from './level-book.ts';
import type { Series } from './series.ts';
import type { Why } from './why.ts';

export interface Signal {
  readonly symbol: number;
  readonly side: Side;
  readonly strategy: 'momentum' | 'retest';
  readonly levelId: number;
  readonly level: number;
  /** The close it was given on. */
  readonly price: number;
  /** Initial stop, before rounding to the tick. */
  readonly stop: number;
  readonly atr: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reason: string;
}

export interface SignalContext {
  readonly preset: Preset;
  readonly why: Why;
  readonly book: LevelBook;
  readonly series: readonly Series[];
  readonly quotes: readonly (BookQuote | null)[];
  readonly hasBook: boolean;
  /** False while the symbol's feed is stale. */
  readonly live: (symbol: number) => boolean;
}

export const STRATEGY_CODES: Codes<Strategy> = { momentum: 0, retest: 1, adopted: 2 };

/** Weights of a signal's confidence: the level's strength, volume over its minimum, and the body. */
const CONFIDENCE = { strength: 0.35, volume: 0.35, body: 0.3 } as const;
/** Volume of this many times the required multiple is as convincing as volume gets. */
const FULL_VOLUME = 3;

/** +1 for a long, -1 for a short: turns "beyond" into "greater". */
function direction(side: Side): 1 | -1 {
  return side === 'long' ? 1 : -1;
}

/**
 * Moves the lives of one symbol's levels on by the base candle that just closed and appends the signals it gives.
 */
export function watchLevels(context: SignalContext, symbol: number, at: Millis, signals: Signal[]): void {
  const { book, preset } = context;
  const s = item(context.series, symbol);
  const atr = s.atr.value;
  if (s.closeTime !== at || !(atr > 0)) return;
  if (s.gapBefore > 0) book.crossedInGap(symbol, s.close);
  if (preset.strategy === 'retest') book.expireBroken(symbol, at);
  for (const level of [...book.of(symbol)]) {
    if (level.life === 'armed') {
      if (!brokeOut(context, level, s, atr)) continue;
      level.brokenAt = at;
      level.breakVolume = s.volume / s.volumeMedian.value;
      if (preset.entry.policy === 'stop') {
        // The order that rests at the level is the entry; the close decides nothing.
        book.move(level, 'broken', 'closed beyond');
        book.move(level, 'expired', 'broke');
      } else if (preset.strategy === 'momentum') {
        book.move(level, 'broken', 'closed beyond');
        const signal = momentum(context, level, s, atr);
        if (signal !== null) signals.push(signal);
        // One break, one judgement: a level that broke without a signal is spent.
        book.move(level, 'expired', signal === null ? 'broke without a signal' : 'traded');
      } else if (
        context.why.atLeast(
          symbol,
          'min_breakout_volume_multiple',
          level.breakVolume,
          preset.retest.min_breakout_volume_multiple,
        )
      ) {
        book.move(level, 'broken', 'closed beyond; a retest is waited for');
      } else {
        book.move(level, 'expired', 'broke on too little volume');
      }
    } else if (level.life === 'broken') {
      const signal = retest(context, level, s, atr);
      if (signal !== null) signals.push(signal);
    }
  }
}

function brokeOut({ preset, why }: SignalContext, level: Level, s: Series, atr: number): boolean {
  const beyond = (direction(level.side) * (s.close - level.price)) / atr;
  // Most candles stay inside; only those that reach the level are worth a record.
  if (beyond < 0) return false;
  return why.atLeast(level.symbol, 'epsilon_atr', beyond, preset.momentum.epsilon_atr);
}

function permitted({ why, live }: SignalContext, symbol: number, s: Series): boolean {
  const noGap = why.judge(symbol, 'no_gap', s.quiet === 0, s.quiet, 0);
  return why.holds(symbol, 'feed_live', live(symbol)) && noGap;
}

function momentum(context: SignalContext, level: Level, s: Series, atr: number): Signal | null {
  const { preset, why } = context;
  const m = preset.momentum;
  const i = level.symbol;
  const d = direction(level.side);
  const range = s.high - s.low;
  const body = range > 0 ? (d * (s.close - s.open)) / range : 0;
  const volume = level.breakVolume;
  let ok = permitted(context, i, s);
  if (!why.atMost(i, 'max_extension_atr', (d * (s.close - level.price)) / atr, m.max_extension_atr))
    ok = false;
  if (!why.atLeast(i, 'volume_multiple', volume, m.volume_multiple)) ok = false;
  if (!why.atLeast(i, 'min_body_share', body, m.min_body_share)) ok = false;
  if (!why.atMost(i, 'max_vwap_gap_atr', Math.abs(s.close - s.vwap.value) / atr, m.max_vwap_gap_atr))
    ok = false;
  if (m.min_imbalance !== null) {
    const quote = freshQuote(item(context.quotes, i), s.closeTime);
    if (!context.hasBook) why.notEvaluated(i, 'min_imbalance', m.min_imbalance);
    else if (!why.atLeast(i, 'min_imbalance', quote ? d * imbalance(quote) : Number.NaN, m.min_imbalance))
      ok = false;
  }
  if (!ok) return null;
  return {
    symbol: i,
    side: level.side,
    strategy: 'momentum',
    levelId: level.id,
    level: level.price,
    price: s.close,
    stop: initialStop(preset, level, s.close, atr),
    atr,
    confidence: confidence(level, volume / Math.max(m.volume_multiple, 1e-9), body),
    reason: `closed beyond the level with ${volume.toFixed(2)} x volume`,
  };
}

function retest(context: SignalContext, level: Level, s: Series, atr: number): Signal | null {
  const { preset, why, book } = context;
  const r = preset.retest;
  const i = level.symbol;
  const d = direction(level.side);
  const nearest = d === 1 ? s.low : s.high;
  const gap = (d * (nearest - level.price)) / atr;
  const closeGap = (d * (s.close - level.price)) / atr;
  if (closeGap < -r.max_pierce_atr) {
    why.atMost(i, 'max_pierce_atr', -closeGap, r.max_pierce_atr);
    book.move(level, 'invalidated', 'closed back through');
    return null;
  }
  // Most candles stay away; only those that come near are judged.
  if (gap > 2 * r.tolerance_atr) return null;
  if (!why.atMost(i, 'tolerance_atr', gap, r.tolerance_atr)) return null;
  const activity = s.volume / s.volumeMedian.value;
  const range = s.high - s.low;
  const bounce = range > 0 ? (d === 1 ? s.close - s.low : s.high - s.close) / range : 0;
  let ok = permitted(context, i, s);
  if (!why.atMost(i, 'max_pierce_atr', -gap, r.max_pierce_atr)) ok = false;
  if (!why.atLeast(i, 'epsilon_atr', closeGap, 0)) ok = false;
  if (!why.atMost(i, 'max_extension_atr', closeGap, preset.momentum.max_extension_atr)) ok = false;
  if (!why.atLeast(i, 'min_activity_multiple', activity, r.min_activity_multiple)) ok = false;
  if (!why.atLeast(i, 'min_bounce_share', bounce, r.min_bounce_share)) ok = false;
  if (!ok) return null;
  book.move(level, 'retested', 'held on its retest');
  return {
    symbol: i,
    side: level.side,
    strategy: 'retest',
    levelId: level.id,
    level: level.price,
    price: s.close,
    stop: initialStop(preset, level, s.close, atr),
    atr,
    confidence: confidence(level, level.breakVolume / Math.max(r.min_breakout_volume_multiple, 1e-9), bounce),
    reason: `held the broken level with ${activity.toFixed(2)} x volume`,
  };
}

/** The stop behind the level, no nearer to `price` than `min_stop_atr`. */
export function initialStop(preset: Preset, level: Level, price: number, atr: number): number {
  const d = direction(level.side);
  const behindLevel = level.price - d * preset.position.stop_buffer_atr * atr;
  const nearest = price - d * preset.position.min_stop_atr * atr;
  return d === 1 ? Math.min(behindLevel, nearest) : Math.max(behindLevel, nearest);
}

function confidence(level: Level, volumeOverMinimum: number, body: number): number {
  const volume = Math.min(1, volumeOverMinimum / FULL_VOLUME);
  return (
    CONFIDENCE.strength * Math.min(1, level.strength) +
    CONFIDENCE.volume * volume +
    CONFIDENCE.body * Math.max(0, Math.min(1, body))
  );
}
