import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SHARED_DATA } from '../shared-data.ts';

/** Candles as columns, in the order of time. */
export interface Candles {
  readonly name: string;
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
  /** In base units. */
  readonly volume: number[];
}

const RECORDED = join(SHARED_DATA, 'binance-5m-2024');

export const recordedCandlesExist = existsSync(RECORDED);

const read = new Map<string, Candles>();

/** The recorded 5 m candles of one symbol, whole; not to be changed. */
export function recordedCandles(symbol: string): Candles {
  const known = read.get(symbol);
  if (known !== undefined) return known;
  const csv = gunzipSync(readFileSync(join(RECORDED, `${symbol}-5m.csv.gz`))).toString('utf8');
  const candles: Candles = { name: symbol, high: [], low: [], close: [], volume: [] };
  for (const line of csv.split('\n').slice(1)) {
    const [, , high, low, close, volume] = line.split(',');
    if (volume === undefined) continue;
    candles.high.push(Number(high));
    candles.low.push(Number(low));
    candles.close.push(Number(close));
    candles.volume.push(Number(volume));
  }
  read.set(symbol, candles);
  return candles;
}

/** Seeded uniform numbers in [0, 1): mulberry32. */
export function uniform(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A random walk on a grid of ticks with what real candles have: level closes, bars without a trade, and now
 * and then a bar with a thousand times the usual volume.
 */
export function generatedCandles(
  name: string,
  shape: { bars: number; seed: number; price: number; tick: number; volume: number },
): Candles {
  const random = uniform(shape.seed);
  const onGrid = (price: number) => Math.max(1, Math.round(price / shape.tick)) * shape.tick;
  const candles: Candles = { name, high: [], low: [], close: [], volume: [] };
  let price = shape.price;
  for (let i = 0; i < shape.bars; i += 1) {
    const quiet = random() < 0.1;
    // Pulled back to where it began, so that the walk neither dies at one tick nor leaves its magnitude.
    const drift = 0.001 * Math.log(shape.price / price);
    if (!quiet) price *= Math.exp(drift + 0.004 * (random() + random() - 1));
    const close = onGrid(price);
    const before = candles.close.at(-1) ?? close;
    candles.close.push(quiet ? before : close);
    candles.high.push(quiet ? before : onGrid(Math.max(before, close) * (1 + 0.002 * random())));
    candles.low.push(quiet ? before : onGrid(Math.min(before, close) * (1 - 0.002 * random())));
    const burst = random() < 0.002 ? 1000 : 1;
    candles.volume.push(quiet ? 0 : Math.round(shape.volume * random() * burst * 1e5) / 1e5);
  }
  return candles;
}

/** A dear coin and one whose price has six zeros behind the point and whose volumes reach 1e13. */
export function generatedSet(bars: number): Candles[] {
  return [
    generatedCandles('generated like BTC', { bars, seed: 11, price: 60_000, tick: 0.01, volume: 300 }),
    generatedCandles('generated like PEPE', { bars, seed: 12, price: 1e-6, tick: 1e-8, volume: 1e10 }),
  ];
}
