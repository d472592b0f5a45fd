/** The prices of a run: candles of a random market, walked in steps, the same for the venue and for the feed. */
import { type BarColumns, barColumns } from '../../../src/market/bars.ts';
import { type Market, toMarket } from '../../../src/market/instrument.ts';
import { BASE, type Millis } from '../../../src/market/time.ts';
import { randomMarket } from '../../engine/random-market.ts';
import { copyOf, INSTRUMENTS } from '../../engine/random-session.ts';
import { MIDNIGHT } from '../../engine/rig.ts';
import type { Dice } from './dice.ts';

/** Prices that a candle is walked in. */
export const STEPS = 12;

export class HostileMarket {
  readonly instruments = INSTRUMENTS;
  readonly markets: readonly Market[] = INSTRUMENTS.map(toMarket);
  /** Open time of the first candle that is traded in. */
  readonly startsAt: Millis;
  readonly history: readonly BarColumns[];
  readonly bars: readonly BarColumns[];

  constructor(seed: number, dice: Dice, bars: number) {
    this.startsAt = MIDNIGHT + dice.whole(0, 287) * BASE;
    const source = randomMarket({
      seed,
      instruments: INSTRUMENTS,
      startsAt: this.startsAt,
      history: 360,
      bars,
      calmTail: 0,
      missing: dice.pick([0, 0, 0.02]),
      silent: 0,
      gap: dice.pick([0, 0.02, 0.1]),
    });
    this.history = Array.from(source.history(360), copyOf);
    const all: BarColumns[] = [];
    for (let next = source.next(); next !== null; next = source.next()) all.push(copyOf(next));
    this.bars = all;
  }

  /** Price of a row at a step of its candle, 0 = open, STEPS - 1 = close: straight lines over both extremes. */
  priceAt(bars: BarColumns, row: number, step: number): number {
    const [open, high, low, close] = [bars.open, bars.high, bars.low, bars.close].map((c) => c[row] ?? 0);
    if (open === undefined || high === undefined || low === undefined || close === undefined) return 0;
    const points = high - open < open - low ? [open, high, low, close] : [open, low, high, close];
    const place = (step / (STEPS - 1)) * 3;
    const leg = Math.min(2, Math.floor(place));
    const from = points[leg] ?? open;
    const to = points[leg + 1] ?? close;
    return from + (to - from) * (place - leg);
  }
}

/** Some rows of a close time. */
export function rowsOf(bars: BarColumns, wanted: (row: number) => boolean): BarColumns {
  const rows = Array.from({ length: bars.count }, (_, row) => row).filter(wanted);
  const part = barColumns(rows.length);
  part.closeTime = bars.closeTime;
  part.count = rows.length;
  rows.forEach((row, i) => {
    for (const name of ['symbol', 'open', 'high', 'low', 'close', 'volume'] as const)
      part[name][i] = bars[name][row] ?? 0;
  });
  return part;
}
