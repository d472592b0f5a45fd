import type { Instrument, InstrumentType } from '../../market/instrument.ts';
import { decimal, isZero, times } from './decimal.ts';
import type { CcxtMarket } from './exchange.ts';

export interface InstrumentChoice {
  readonly type: InstrumentType;
  readonly quote: string;
  /** Unified names (`BTC/USDT:USDT`) or the exchange's own (`BTCUSDT`); all there are when missing. */
  readonly symbols?: readonly string[] | undefined;
}

export interface Instruments {
  /** Sorted by symbol. */
  readonly list: readonly Instrument[];
  /** ccxt's own, by symbol. */
  readonly markets: ReadonlyMap<string, CcxtMarket>;
  /** What was left out, and why, where somebody asked for it. */
  readonly refused: readonly string[];
  /** The same, asked for or not, of those that are of the kind. */
  readonly unusable: readonly string[];
}

/** The markets of one kind and one quote coin that are traded now, with all that an order needs to know of them. */
export function instrumentsOf(
  markets: Readonly<Record<string, CcxtMarket>>,
  { type, quote, symbols }: InstrumentChoice,
): Instruments {
  const ofKind = Object.values(markets).filter((market) => isKind(market, type, quote));
  const asked = symbols === undefined ? null : new Set(symbols);
  const named = ofKind.filter(({ symbol, id }) => asked === null || asked.has(symbol) || asked.has(id));
  const list: Instrument[] = [];
  const bySymbol = new Map<string, CcxtMarket>();
  const unusable: string[] = [];
  for (const market of named) {
    const made = instrumentOf(market, type);
    if (typeof made === 'string') {
      unusable.push(`${market.symbol}: ${made}`);
      continue;
    }
    list.push(made);
    bySymbol.set(made.symbol, market);
  }
  const refused = asked === null ? [] : [...unusable];
  for (const name of asked ?? [])
    if (!named.some(({ symbol, id }) => symbol === name || id === name))
      refused.push(
        `${name}: no ${type === 'spot' ? 'spot market' : 'linear perpetual'} in ${quote} of that name`,
      );
  list.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  return { list, markets: bySymbol, refused, unusable };
}

const KINDS = { linear: 'linear perpetuals', spot: 'spot markets' } as const;

/** Markets, or their coins, that a message names. */
const NAMED = 3;

/** Why none of a kind can be had: what stands against those that there are, or what else was found on the exchange. */
export function noneOfKind(
  exchange: string,
  { type, quote }: InstrumentChoice,
  markets: Readonly<Record<string, CcxtMarket>>,
  unusable: readonly string[],
): string {
  if (unusable.length > 0) {
    const more = unusable.length > NAMED ? `; and ${unusable.length - NAMED} more` : '';
    const reasons = `${unusable.slice(0, NAMED).join('; ')}${more}`;
    return `none of the ${KINDS[type]} in ${quote} of ${exchange} can be traded (${reasons})`;
  }
  const all = Object.values(markets);
  const coins = (kind: InstrumentType): string => {
    const counts = new Map<string, number>();
    for (const market of all)
      if (isKind(market, kind, market.quote)) counts.set(market.quote, (counts.get(market.quote) ?? 0) + 1);
    const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, NAMED);
    return most.length === 0 ? '' : `${KINDS[kind]} in ${most.map(([coin]) => coin).join(', ')}`;
  };
  const listed = [coins('linear'), coins('spot')].filter((each) => each !== '').join('; ');
  const instead = listed === '' ? '' : ` (it lists ${listed})`;
  return `${exchange} lists no ${KINDS[type]} in ${quote}${instead}: see \`type\` and \`quote\` of its settings`;
}

function isKind(market: CcxtMarket, type: InstrumentType, quote: string): boolean {
  if (market.quote !== quote) return false;
  if (type === 'spot') return market.spot === true;
  return market.swap === true && market.linear === true && market.settle === quote;
}

/** Base units of one contract; 1 where orders are in base units already. */
export function contractSizeOf(market: CcxtMarket): string {
  const size = decimal(market.contractSize);
  return market.spot === true || size === null ? '1' : size;
}

function instrumentOf(market: CcxtMarket, type: InstrumentType): Instrument | string {
  if (market.active === false) return 'it is not traded now';
  const tick = decimal(market.precision.price);
  const step = decimal(market.precision.amount);
  if (isZero(tick) || tick === null) return 'the exchange does not tell its tick';
  if (isZero(step) || step === null) return 'the exchange does not tell its lot';
  const makerFee = Number(market.maker);
  const takerFee = Number(market.taker);
  if (!Number.isFinite(makerFee) || !Number.isFinite(takerFee)) return 'the exchange does not tell its fees';
  return {
    symbol: market.symbol,
    base: market.base,
    quote: market.quote,
    type,
    tick,
    lot: times(step, contractSizeOf(market)),
    // An exchange that tells none has none, or one for the quantity alone.
    minNotional: decimal(market.limits.cost?.min) ?? '0',
    makerFee,
    takerFee,
  };
}
