import { type Grid, grid } from './grid.ts';

/** `linear`: a perpetual quoted and settled in the quote coin. Only it can be sold short. */
export type InstrumentType = 'spot' | 'linear';

/** What a venue says of one market. Decimals are strings: they are exact and go into orders. */
export interface Instrument {
  /** The venue's unified name, e.g. `BTCUSDT`. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly type: InstrumentType;
  /** Smallest price step, in quote per base. */
  readonly tick: string;
  /** Smallest quantity step, in base units. */
  readonly lot: string;
  /** Smallest value of an order, in quote. */
  readonly minNotional: string;
  /** Fees as shares of the notional, e.g. 0.00055. */
  readonly makerFee: number;
  readonly takerFee: number;
}

/** An instrument with its grids worked out once. */
export interface Market extends Instrument {
  /** Position in the venue's symbol-sorted list; the index that bar columns use. */
  readonly index: number;
  readonly ticks: Grid;
  readonly lots: Grid;
  readonly minNotionalValue: number;
}

/** What a venue said of a market, without what was worked out of it. */
export function toInstrument(market: Market): Instrument {
  const { index: _, ticks: __, lots: ___, minNotionalValue: ____, ...instrument } = market;
  return instrument;
}

export function toMarket(instrument: Instrument, index: number): Market {
  return {
    ...instrument,
    index,
    ticks: grid(instrument.tick),
    lots: grid(instrument.lot),
    minNotionalValue: Number(instrument.minNotional),
  };
}
