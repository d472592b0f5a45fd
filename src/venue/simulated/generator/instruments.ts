import type { Instrument } from '../../../market/instrument.ts';

export type CapClass = 'large' | 'mid' | 'small';

/** A market of the generator: what a venue says of it, and what its candles are made with. */
export interface Profile {
  readonly instrument: Instrument;
  readonly cap: CapClass;
  /** The price that the series returns to in the very long run, in quote. */
  readonly anchor: number;
  /** Share of the market factor's return that the symbol takes on. */
  readonly beta: number;
  /** Standard deviation of a 5 m return outside a base, as a share of the price. */
  readonly sigma: number;
  /** Volume of an ordinary day, in quote. */
  readonly dailyVolume: number;
}

/** Base coin, price, tick, lot, beta, sigma of 5 m in basis points, daily volume in millions of quote. */
type Row = readonly [string, number, string, string, number, number, number];

const LARGE: readonly Row[] = [
  ['BTC', 94_000, '0.1', '0.0001', 1, 19, 4_200],
  ['ETH', 3_400, '0.01', '0.001', 1.15, 22, 2_400],
  ['SOL', 190, '0.01', '0.01', 1.3, 25, 1_300],
  ['XRP', 2.1, '0.0001', '1', 1.25, 25, 900],
  ['BNB', 690, '0.01', '0.001', 1.1, 21, 480],
  ['DOGE', 0.32, '0.00001', '1', 1.4, 27, 620],
  ['ADA', 0.87, '0.00005', '1', 1.35, 26, 330],
  ['AVAX', 36, '0.002', '0.1', 1.4, 27, 260],
];

const MID: readonly Row[] = [
  ['LINK', 20.5, '0.001', '0.1', 1.4, 28, 210],
  ['LTC', 103, '0.01', '0.01', 1.2, 26, 180],
  ['BCH', 430, '0.05', '0.01', 1.2, 27, 120],
  ['TRX', 0.25, '0.00001', '1', 0.9, 21, 110],
  ['DOT', 6.7, '0.0005', '0.1', 1.4, 28, 130],
  ['NEAR', 5, '0.0005', '0.1', 1.5, 31, 140],
  ['UNI', 13, '0.001', '0.1', 1.4, 31, 105],
  ['APT', 8.7, '0.0005', '0.1', 1.45, 31, 95],
  ['SUI', 4.1, '0.0002', '0.1', 1.5, 33, 240],
  ['ARB', 0.72, '0.0001', '1', 1.5, 32, 100],
  ['OP', 1.75, '0.0002', '0.1', 1.5, 33, 85],
  ['ATOM', 6.2, '0.0005', '0.1', 1.3, 28, 60],
  ['FIL', 4.9, '0.0005', '0.1', 1.45, 31, 75],
  ['AAVE', 310, '0.02', '0.01', 1.45, 33, 90],
];

const SMALL: readonly Row[] = [
  ['ICP', 9.9, '0.001', '0.1', 1.4, 33, 44],
  ['INJ', 19.8, '0.002', '0.1', 1.5, 36, 38],
  ['ETC', 25, '0.002', '0.1', 1.25, 29, 42],
  ['RUNE', 4.6, '0.0005', '0.1', 1.5, 38, 30],
  ['STX', 1.5, '0.0002', '1', 1.5, 37, 22],
  ['SEI', 0.4, '0.0001', '1', 1.5, 38, 26],
  ['TIA', 4.6, '0.0005', '0.1', 1.45, 38, 34],
  ['WIF', 1.9, '0.0002', '0.1', 1.6, 46, 48],
  ['FET', 1.3, '0.0002', '1', 1.5, 40, 28],
  ['GALA', 0.035, '0.000005', '10', 1.5, 38, 18],
  ['JASMY', 0.033, '0.000005', '10', 1.55, 44, 14],
  ['ORDI', 24, '0.005', '0.1', 1.5, 44, 20],
  ['TRB', 72, '0.01', '0.01', 1.2, 42, 12],
  ['ENS', 31, '0.005', '0.1', 1.4, 39, 11],
];

const MAKER_FEE = 0.0002;
const TAKER_FEE = 0.00055;
const BASIS_POINT = 0.0001;

function profile(cap: CapClass, row: Row): Profile {
  const [base, anchor, tick, lot, beta, sigmaBps, millions] = row;
  return {
    instrument: {
      symbol: `${base}USDT`,
      base,
      quote: 'USDT',
      type: 'linear',
      tick,
      lot,
      minNotional: '5',
      makerFee: MAKER_FEE,
      takerFee: TAKER_FEE,
    },
    cap,
    anchor,
    beta,
    sigma: sigmaBps * BASIS_POINT,
    dailyVolume: millions * 1e6,
  };
}

/** The markets of the generator, sorted by symbol. Names and prices are look-alikes; nothing here is recorded. */
export const PROFILES: readonly Profile[] = [
  ...LARGE.map((row) => profile('large', row)),
  ...MID.map((row) => profile('mid', row)),
  ...SMALL.map((row) => profile('small', row)),
].sort((a, b) => (a.instrument.symbol < b.instrument.symbol ? -1 : 1));

/**
 * The profiles of `symbols` (all when undefined), sorted by symbol; a symbol named twice is there once.
 * @throws RangeError when a symbol is not among the generated ones, or none is named.
 */
export function profilesOf(symbols: readonly string[] | undefined): readonly Profile[] {
  if (symbols === undefined) return PROFILES;
  const all = PROFILES.map((known) => known.instrument.symbol);
  const unknown = symbols.filter((symbol) => !all.includes(symbol));
  if (unknown.length > 0 || symbols.length === 0) {
    const problem =
      unknown.length > 0 ? `the generated market has no ${unknown.join(', ')}` : 'no symbol is named';
    throw new RangeError(`${problem}; choose among ${all.join(', ')}`);
  }
  return PROFILES.filter((known) => symbols.includes(known.instrument.symbol));
}
