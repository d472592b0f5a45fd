/** How a page of candles is asked for, where an exchange takes it otherwise than ccxt's tables say. */
import type { InstrumentType } from '../../market/instrument.ts';
import { BASE, type Millis } from '../../market/time.ts';
import { BASE_TIMEFRAME } from './candle.ts';
import type { CcxtCandle, CcxtExchange } from './exchange.ts';

export interface Frame {
  /** By ccxt's name. */
  readonly timeframe: string;
  readonly step: Millis;
}

export const BASE_FRAME: Frame = { timeframe: BASE_TIMEFRAME, step: BASE };

/** Exchanges that give the last candles there are, whatever they are to begin with: they have to be told the end. */
const BY_END: ReadonlySet<string> = new Set(['blofin', 'deepcoin', 'dydx', 'extended', 'nado']);

/** Of what is asked for at once ccxt asks no more: a page without any candle is no longer than that. */
const CUT_TO: Readonly<Record<string, Partial<Record<InstrumentType, number>>>> = {
  bullish: { linear: 100, spot: 100 },
  mexc: { spot: 500 },
};

/** Of spot markets phemex gives so many and no other number (ccxt's issue 26619), and always the newest. */
const NUMBERS: readonly number[] = [5, 10, 50, 100, 500, 1_000];

/** Candles that ccxt really asks for at once, of those that its tables say. */
export function pageOf(id: string, type: InstrumentType, said: number | null): number | null {
  return CUT_TO[id]?.[type] ?? said;
}

/** Those that open in [from, from + count steps), and maybe others. @throws ccxt's errors */
export function fetchPage(
  exchange: Pick<CcxtExchange, 'id' | 'markets' | 'fetchOHLCV'>,
  symbol: string,
  { timeframe, step }: Frame,
  from: Millis,
  count: number,
): Promise<CcxtCandle[]> {
  // Some take the end along, some do not.
  const params = BY_END.has(exchange.id) ? { until: from + count * step - 1 } : {};
  const fixed = exchange.id === 'phemex' && exchange.markets?.[symbol]?.spot === true;
  const number = fixed ? (NUMBERS.find((each) => each >= count) ?? count) : count;
  return exchange.fetchOHLCV(symbol, timeframe, from, number, params);
}
