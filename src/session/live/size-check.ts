/** Whether an account is large enough for the orders that a preset would make of it. Only what is certain is said. */
import type { Preset } from '../../config/preset.ts';
import type { Instrument } from '../../market/instrument.ts';
import type { PreflightFinding } from '../../venue/ccxt/preflight.ts';
import type { MarketFigures } from '../../venue/ccxt/tickers.ts';

export interface SizeCheckOptions {
  readonly preset: Preset;
  /** Free in the quote coin. */
  readonly free: string;
  readonly quote: string;
  readonly instruments: readonly Instrument[];
  /** Those that are not known are left out. */
  readonly figures: ReadonlyMap<string, MarketFigures>;
}

interface Sized {
  readonly symbol: string;
  /** Of the largest order that the preset could make there, in quote, rounded down to the lot. */
  readonly largest: number;
  /** The exchange takes none below, in quote: its least value, or one lot. */
  readonly least: number;
}

const NAMED = 3;

/** More than that share of the markets makes it worth a warning. */
const MANY = 0.5;

export function sizeFindings(options: SizeCheckOptions): PreflightFinding[] {
  const { preset, quote } = options;
  const equity = Number(options.free);
  const markets = universeOf(options).flatMap((instrument) => sized(instrument, options, equity));
  // An account without money is told of as that.
  if (markets.length === 0 || !(equity > 0)) return [];
  const risk = `one R is ${money(equity * preset.risk.risk_per_trade)} of ${money(equity)} ${quote}`;
  const small = markets.filter(({ largest, least }) => largest < least);
  if (small.length > markets.length * MANY) {
    const none = small.length === markets.length;
    return [
      {
        level: none ? 'refuse' : 'warn',
        code: 'ORDERS_TOO_SMALL',
        message: `the account is too small for ${none ? 'every one' : `${small.length}`} of ${markets.length} markets: ${risk}, and even with the nearest stop that the preset takes an order would be under the exchange's minimum (${examples(small, quote)})`,
      },
    ];
  }
  const share = leastShare(preset);
  if (share === null) return [];
  const fit = markets.filter(({ largest, least }) => largest >= least);
  const whole = fit.filter(({ largest, least }) => largest * share < least);
  if (whole.length <= fit.length * MANY) return [];
  return [
    {
      level: 'warn',
      code: 'TARGETS_TOO_SMALL',
      message: `a target of ${(share * 100).toFixed(0)} % of the position would be under the exchange's minimum on ${whole.length} of ${fit.length} markets: ${risk}; there that part is left to the next target, or to the stop (${examples(whole, quote)})`,
    },
  ];
}

/** As the scan keeps it: by the lists, then the largest by volume, where that is known. */
function universeOf({ preset, instruments, figures }: SizeCheckOptions): readonly Instrument[] {
  const { whitelist, blacklist, top_n_by_volume: most } = preset.universe;
  const listed = instruments.filter(
    ({ symbol }) =>
      (whitelist.length === 0 || whitelist.includes(symbol)) &&
      !blacklist.includes(symbol) &&
      figures.has(symbol),
  );
  const volume = ({ symbol }: Instrument): number => figures.get(symbol)?.volume ?? 0;
  return [...listed].sort((a, b) => volume(b) - volume(a)).slice(0, most);
}

function sized(instrument: Instrument, { preset, figures }: SizeCheckOptions, equity: number): Sized[] {
  const price = figures.get(instrument.symbol)?.price;
  if (price === undefined) return [];
  const { risk } = preset;
  // No stop is nearer than this share of the price, where the preset takes no quieter market.
  const nearest = preset.position.min_stop_atr * preset.volatility_filters.atr_range_min;
  const byRisk = nearest > 0 ? (equity * risk.risk_per_trade) / nearest : Number.POSITIVE_INFINITY;
  const leverage = instrument.type === 'spot' ? Math.min(1, risk.max_leverage) : risk.max_leverage;
  const value = Math.min(byRisk, equity * leverage, equity * risk.max_position_share);
  const lot = Number(instrument.lot) * price;
  return [
    {
      symbol: instrument.symbol,
      largest: Math.floor(value / lot) * lot,
      least: Math.max(Number(instrument.minNotional), lot),
    },
  ];
}

/** The smallest part of a position that a target would close; null without targets. */
function leastShare({ position }: Preset): number | null {
  const shares = [position.tp1_share, position.tp2_share].filter((share) => share > 0);
  return shares.length === 0 ? null : Math.min(...shares);
}

function examples(markets: readonly Sized[], quote: string): string {
  const named = markets
    .slice(0, NAMED)
    .map(
      ({ symbol, largest, least }) =>
        `${symbol} at most ${money(largest)} and at least ${money(least)} ${quote}`,
    );
  const more = markets.length - named.length;
  return `${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** Short, and no nearer than it need be. */
function money(value: number): string {
  return String(Number(value.toPrecision(4)));
}
