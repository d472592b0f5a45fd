import type Big from 'big.js';
import { type Grid, grid, stepsToText } from '../../../src/market/grid.ts';
import type { Instrument } from '../../../src/market/instrument.ts';
import { decimal } from '../decimal.ts';

export type Category = 'spot' | 'linear';

/** One market of the emulated exchange. A generated or recorded series is traded as a perpetual and as spot. */
export interface Listing {
  readonly category: Category;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Position of its candles in the bar source. */
  readonly series: number;
  readonly ticks: Grid;
  readonly lots: Grid;
  /** What orders have to keep to; it can change, and prices and volumes then stay on the grids that they were made on. */
  tick: Big;
  lot: Big;
  minQuantity: Big;
  readonly maxQuantity: Big;
  minNotional: Big;
  readonly makerFee: Big;
  readonly takerFee: Big;
  readonly maxLeverage: Big;
  /** Shown among the markets and open for entries; what is open in one that is not can be closed. */
  listed: boolean;
}

/** Fee of a spot trade, maker and taker alike, taken in the coin that is received. */
const SPOT_FEE = '0.001';
const MAX_LEVERAGE = 100;
/** Lots in the largest order: above anything that a test's account can pay. */
const MAX_LOTS = 10_000_000;

export function listing(instrument: Instrument, series: number, category: Category): Listing {
  const lots = grid(instrument.lot);
  return {
    category,
    symbol: instrument.symbol,
    base: instrument.base,
    quote: instrument.quote,
    series,
    ticks: grid(instrument.tick),
    lots,
    tick: decimal(instrument.tick),
    lot: decimal(instrument.lot),
    minQuantity: decimal(instrument.lot),
    maxQuantity: decimal(stepsToText(lots, MAX_LOTS)),
    minNotional: decimal(instrument.minNotional),
    makerFee: decimal(category === 'spot' ? SPOT_FEE : instrument.makerFee),
    takerFee: decimal(category === 'spot' ? SPOT_FEE : instrument.takerFee),
    maxLeverage: decimal(MAX_LEVERAGE),
    listed: true,
  };
}
