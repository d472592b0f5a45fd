/** The public part of Bybit's v5 REST API. */
import type { Listing } from '../core/instrument.ts';
import type { Params } from '../net/params.ts';
import type { Venue } from '../venue.ts';
import { BybitError } from './codes.ts';
import { candleRow, INTERVALS, instrumentWire, levelsWire, tickerWire, tradeWire } from './market-wire.ts';

export type Answer = Record<string, unknown>;
export type Handler = (venue: Venue, params: Params) => Answer;

const MOST_CANDLES = 1_000;
const USUAL_CANDLES = 200;
const MOST_INSTRUMENTS = 1_000;
const USUAL_INSTRUMENTS = 500;

export function listingOf(venue: Venue, params: Params): Listing {
  const category = params.category();
  const symbol = params.required('symbol');
  const found = venue.market.find(category, symbol);
  if (found === null) throw new BybitError(10001, 'Not supported symbols');
  return found;
}

const instruments: Handler = ({ market }, params) => {
  const category = params.required('category');
  const symbol = params.text('symbol');
  const status = params.text('status') ?? 'Trading';
  const found = market.shown.filter(
    (one) => one.category === category && (symbol === null || one.symbol === symbol) && status === 'Trading',
  );
  // Spot comes whole, without pages.
  const limit = Math.min(params.whole('limit') ?? USUAL_INSTRUMENTS, MOST_INSTRUMENTS);
  const from = params.whole('cursor') ?? 0;
  const page = category === 'spot' ? found : found.slice(from, from + limit);
  const next = category !== 'spot' && from + limit < found.length ? String(from + limit) : '';
  return { category, list: page.map(instrumentWire), nextPageCursor: next };
};

const kline: Handler = (venue, params) => {
  const of = listingOf(venue, params);
  const interval = params.required('interval');
  const span = INTERVALS.get(interval);
  if (span === undefined) throw new BybitError(10001, 'Invalid period!');
  const limit = Math.min(params.whole('limit') ?? USUAL_CANDLES, MOST_CANDLES);
  const { now } = venue.clock;
  const start = params.whole('start');
  const to = Math.min(params.whole('end') ?? (start === null ? now : start + (limit - 1) * span), now);
  const from = Math.max(start ?? 0, to - limit * span);
  const candles = venue.market.series(of).candles(span, from, to, now);
  const list = candles
    .slice(-limit)
    .reverse()
    .map((candle) => candleRow(of, candle));
  return { category: of.category, symbol: of.symbol, list };
};

const tickers: Handler = (venue, params) => {
  const category = params.required('category');
  const symbol = params.text('symbol');
  const found = venue.market.shown.filter(
    (one) => one.category === category && (symbol === null || one.symbol === symbol),
  );
  if (symbol !== null && found.length === 0) throw new BybitError(10001, 'Not supported symbols');
  return { category, list: found.map((one) => tickerWire(venue, one)) };
};

const orderbook: Handler = (venue, params) => {
  const of = listingOf(venue, params);
  const limit = params.whole('limit') ?? (of.category === 'spot' ? 1 : 25);
  const { bids, asks } = venue.exchange.quote(of);
  const at = venue.clock.now;
  return {
    s: of.symbol,
    b: levelsWire(bids, limit),
    a: levelsWire(asks, limit),
    ts: at,
    u: at,
    seq: at,
    cts: at,
  };
};

const recentTrades: Handler = (venue, params) => {
  const of = listingOf(venue, params);
  const limit = params.whole('limit') ?? 60;
  const trades = venue.market.trades(of).slice(-limit).reverse();
  return { category: of.category, list: trades.map((trade) => tradeWire(of, trade)) };
};

const openInterest: Handler = (venue, params) => {
  const of = listingOf(venue, params);
  const interest = venue.market.openInterest(of);
  const list =
    interest === null
      ? []
      : [{ openInterest: interest.toFixed(of.lots.scale), timestamp: String(venue.clock.now) }];
  return { category: of.category, symbol: of.symbol, list, nextPageCursor: '' };
};

const NANOS = '000000';

export const MARKET_DATA: Readonly<Record<string, Handler>> = {
  'GET /v5/market/time': ({ shownNow }) => {
    const now = shownNow();
    return { timeSecond: String(Math.floor(now / 1_000)), timeNano: `${now}${NANOS}` };
  },
  'GET /v5/system/status': () => ({ list: [] }),
  'GET /v5/market/instruments-info': instruments,
  'GET /v5/market/kline': kline,
  'GET /v5/market/tickers': tickers,
  'GET /v5/market/orderbook': orderbook,
  'GET /v5/market/recent-trade': recentTrades,
  'GET /v5/market/open-interest': openInterest,
};
