/** Candles out of a seed: boxes, true and false breaks, gaps, missing symbols, bars in which nothing was traded. */
import { type BarColumns, barColumns } from '../../src/market/bars.ts';
import type { Instrument } from '../../src/market/instrument.ts';
import { BASE, type Millis } from '../../src/market/time.ts';
import type { BarSource } from '../../src/venue/ports.ts';

/** A small deterministic generator (mulberry32): from 0 to below 1. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface RandomMarketOptions {
  readonly seed: number;
  readonly instruments: readonly Instrument[];
  /** Open time of the first tradable bar. */
  readonly startsAt: Millis;
  readonly history: number;
  readonly bars: number;
  /** Bars at the end in which every symbol is traded, and much. */
  readonly calmTail: number;
  /** Chance a bar: that the symbol is missing, has no volume, opens away from the last close. */
  readonly missing: number;
  readonly silent: number;
  readonly gap: number;
}

interface Row {
  readonly symbol: number;
  readonly ohlcv: readonly [number, number, number, number, number];
}

export interface RandomMarket extends BarSource {
  rewind(): void;
}

export function randomMarket(options: RandomMarketOptions): RandomMarket {
  const { instruments, startsAt, history, bars } = options;
  const walks = instruments.map((instrument, i) => walk(options, instrument, options.seed * 31 + i));
  const times: { readonly closeTime: Millis; readonly rows: Row[] }[] = [];
  for (let i = 0; i < history + bars; i++) {
    const rows = walks.flatMap((next, symbol) => {
      const ohlcv = next(i);
      return ohlcv === null ? [] : [{ symbol, ohlcv }];
    });
    if (rows.length > 0) times.push({ closeTime: startsAt + (i + 1 - history) * BASE, rows });
  }
  const past = times.filter((t) => t.closeTime <= startsAt);
  const future = times.filter((t) => t.closeTime > startsAt);
  const columns = barColumns(instruments.length);
  const fill = ({ closeTime, rows }: { closeTime: Millis; rows: readonly Row[] }): BarColumns => {
    columns.closeTime = closeTime;
    columns.count = rows.length;
    rows.forEach(({ symbol, ohlcv }, row) => {
      columns.symbol[row] = symbol;
      [columns.open[row], columns.high[row], columns.low[row], columns.close[row], columns.volume[row]] =
        ohlcv;
    });
    return columns;
  };
  let position = 0;
  return {
    instruments,
    figures: { book: false, tradesPerMinute: false, openInterest: false },
    assumed: [],
    startsAt,
    total: future.length,
    *history(count) {
      for (const time of past.slice(Math.max(0, past.length - count))) yield fill(time);
    },
    next() {
      const time = future[position++];
      return time === undefined ? null : fill(time);
    },
    book: () => null,
    archive(a) {
      position = a.number(position);
    },
    rewind() {
      position = 0;
    },
  };
}

/** The candles of one symbol, one call a bar; null where it has none. */
function walk(
  options: RandomMarketOptions,
  instrument: Instrument,
  seed: number,
): (bar: number) => readonly [number, number, number, number, number] | null {
  const draw = random(seed);
  const tick = Number(instrument.tick);
  const onTick = (price: number) => Math.max(tick, Math.round(price / tick) * tick);
  let middle = 100;
  let close = middle;
  let phase = draw() * 10;
  /** Bars of a break still to come, its step a bar, and whether it comes back. */
  let breaking = 0;
  let step = 0;
  return (bar) => {
    const tail = bar >= options.history + options.bars - options.calmTail;
    const live = bar >= options.history && !tail;
    phase += 0.26 + draw() * 0.05;
    if (breaking === 0 && draw() < 0.03) {
      breaking = 2 + Math.floor(draw() * 5);
      step = (draw() < 0.5 ? -1 : 1) * (0.3 + draw() * 0.9);
      if (draw() < 0.4) middle -= step * breaking;
    }
    const gap = live && draw() < options.gap ? (draw() - 0.5) * 6 : 0;
    const open = onTick(close + gap);
    if (breaking > 0) {
      breaking--;
      middle += step;
    }
    if (middle < 40) middle = 60;
    const before = open;
    close = onTick(middle + 0.8 * Math.sin(phase) + (draw() - 0.5) * 0.2);
    const reach = draw() < 0.05 ? 3 : 0.15;
    const high = onTick(Math.max(before, close) + draw() * reach);
    const low = onTick(Math.min(before, close) - draw() * reach);
    const calm = 500 + draw() * 1000;
    const volume = tail ? 1e7 : breaking > 0 ? calm * (2 + draw() * 10) : calm;
    if (live && draw() < options.missing) return null;
    return [open, high, low, close, live && draw() < options.silent ? 0 : volume];
  };
}
