/** What an exchange counts in, where ccxt tells it otherwise than it is or not at all. */
import type { InstrumentType } from '../../market/instrument.ts';
import type { CcxtCandle, CcxtExchange } from './exchange.ts';

/**
 * Exchanges whose orders, books and candles of linear perpetuals are in base units, and whose size of a contract, which
 * ccxt hands on, is what these come in multiples of: as a size it would make a book a thousandth of what it is.
 */
const COUNT_BASE: ReadonlySet<string> = new Set(['apex', 'deribit']);

/** Exchanges whose stream of spot candles counts in quote, where the candles that are asked for count in base. */
const STREAM_QUOTE: ReadonlySet<string> = new Set(['gate', 'gateeu']);

/** To be done before anything is asked of it. */
export function mendCounts(instance: CcxtExchange, type: InstrumentType): void {
  if (COUNT_BASE.has(instance.id)) {
    const fetch = instance.fetchMarkets.bind(instance);
    instance.fetchMarkets = async (...args) =>
      (await fetch(...args)).map((market) =>
        market.linear === true ? { ...market, contractSize: 1 } : market,
      );
  }
  if (type === 'spot' && STREAM_QUOTE.has(instance.id)) {
    const parse = instance.parseOHLCV.bind(instance);
    instance.parseOHLCV = (row, market) => {
      const candle = parse(row, market);
      return Array.isArray(row) ? candle : inBase(row, candle);
    };
  }
}

/** Without the volume in base it is no candle, and is asked for. */
function inBase(row: unknown, [openTime, open, high, low, close]: CcxtCandle): CcxtCandle {
  const volume: unknown = Reflect.get(Object(row), 'a');
  return [openTime, open, high, low, close, typeof volume === 'string' ? Number(volume) : undefined];
}
