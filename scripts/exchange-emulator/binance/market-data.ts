/** The public part of Binance's USD-M futures REST API. */
import { stepsToText } from '../../../src/market/grid.ts';
import { BASE, DAY, HOUR, MINUTE, type Millis } from '../../../src/market/time.ts';
import type { Listing } from '../core/instrument.ts';
import { Refusal } from '../core/refusal.ts';
import { plain } from '../decimal.ts';
import type { Candle } from '../market/bar-path.ts';
import type { Trade } from '../market/market.ts';
import { turnover } from '../market/series.ts';
import type { Params } from '../net/params.ts';
import type { Venue } from '../venue.ts';
import { BinanceError } from './codes.ts';
import { type DepthBooks, levels } from './depth-books.ts';

export interface Binance extends Venue {
  readonly depth: DepthBooks;
}

export type Handler = (venue: Binance, params: Params) => unknown;

export const INTERVALS: ReadonlyMap<string, Millis> = new Map([
  ['1m', MINUTE],
  ['5m', BASE],
  ['15m', 15 * MINUTE],
  ['30m', 30 * MINUTE],
  ['1h', HOUR],
  ['2h', 2 * HOUR],
  ['4h', 4 * HOUR],
  ['6h', 6 * HOUR],
  ['12h', 12 * HOUR],
  ['1d', DAY],
  ['1w', 7 * DAY],
]);

const MOST_CANDLES = 1_500;
const USUAL_CANDLES = 500;
const DEPTHS: ReadonlySet<number> = new Set([5, 10, 20, 50, 100, 500, 1_000]);
const TURNOVER_DECIMALS = 4;
/** Perpetuals are listed as if they were delivered in a far future. */
const NEVER = 4_133_404_800_000;

export const price = (of: Listing, ticks: number) => stepsToText(of.ticks, ticks);
export const volume = (of: Listing, lots: number) => stepsToText(of.lots, lots);
export const value = (of: Listing, ticksTimesLots: number) =>
  (ticksTimesLots * of.ticks.step * of.lots.step).toFixed(TURNOVER_DECIMALS);

export function listingOf(venue: Venue, params: Params): Listing {
  const found = venue.market.find('linear', params.required('symbol'));
  if (found === null) throw new Refusal('unknown-symbol', 'Invalid symbol.');
  return found;
}

function symbolInfo(of: Listing) {
  const sizes = { minQty: plain(of.minQuantity), maxQty: plain(of.maxQuantity), stepSize: plain(of.lot) };
  return {
    symbol: of.symbol,
    pair: of.symbol,
    contractType: 'PERPETUAL',
    deliveryDate: NEVER,
    onboardDate: 1_569_398_400_000,
    status: of.listed ? 'TRADING' : 'SETTLING',
    baseAsset: of.base,
    quoteAsset: of.quote,
    marginAsset: of.quote,
    pricePrecision: of.ticks.scale,
    quantityPrecision: of.lots.scale,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: plain(of.tick),
        maxPrice: plain(of.tick.times(10_000_000)),
        tickSize: plain(of.tick),
      },
      { filterType: 'LOT_SIZE', ...sizes },
      { filterType: 'MARKET_LOT_SIZE', ...sizes },
      { filterType: 'MAX_NUM_ORDERS', limit: 200 },
      { filterType: 'MAX_NUM_ALGO_ORDERS', limit: 10 },
      { filterType: 'MIN_NOTIONAL', notional: plain(of.minNotional) },
    ],
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
  };
}

function candleRow(of: Listing, candle: Candle, span: Millis): readonly unknown[] {
  return [
    candle.start,
    ...[candle.open, candle.high, candle.low, candle.close].map((ticks) => price(of, ticks)),
    volume(of, candle.volume),
    candle.start + span - 1,
    value(of, turnover(candle)),
    candle.volume,
    volume(of, Math.floor(candle.volume / 2)),
    value(of, turnover(candle) / 2),
    '0',
  ];
}

const klines: Handler = (venue, params) => {
  const of = listingOf(venue, params);
  const span = INTERVALS.get(params.required('interval'));
  if (span === undefined) throw new Refusal('bad-parameter', 'Invalid interval.');
  const limit = Math.min(params.whole('limit') ?? USUAL_CANDLES, MOST_CANDLES);
  const { now } = venue.clock;
  const start = params.whole('startTime');
  const to = Math.min(params.whole('endTime') ?? (start === null ? now : start + limit * span - 1), now);
  const from = start ?? to - limit * span;
  const candles = venue.market.series(of).candles(span, from, to, now);
  const shown = start === null ? candles.slice(-limit) : candles.slice(0, limit);
  return shown.map((candle) => candleRow(of, candle, span));
};

export function dayTicker(venue: Venue, of: Listing) {
  const { last } = venue.exchange.quote(of);
  const day = venue.market.series(of).day(venue.clock.now);
  const open = day === null ? plain(last) : price(of, day.open);
  const change = last.minus(open);
  const trade = venue.market.trades(of).at(-1);
  return {
    symbol: of.symbol,
    priceChange: plain(change),
    priceChangePercent: plain(change.div(open).times(100).round(3)),
    weightedAvgPrice:
      day === null || day.volume === 0
        ? plain(last)
        : ((day.turnover / day.volume) * of.ticks.step).toFixed(of.ticks.scale + 4),
    lastPrice: plain(last),
    lastQty: trade === undefined ? '0' : volume(of, trade.volume),
    openPrice: open,
    highPrice: day === null ? plain(last) : price(of, day.high),
    lowPrice: day === null ? plain(last) : price(of, day.low),
    volume: day === null ? '0' : volume(of, day.volume),
    quoteVolume: day === null ? '0' : value(of, day.turnover),
    openTime: venue.clock.now - DAY,
    closeTime: venue.clock.now,
    firstId: 1,
    lastId: trade?.id ?? 1,
    count: trade?.id ?? 1,
  };
}

export function bookTicker(venue: Venue, of: Listing) {
  const { bids, asks } = venue.exchange.quote(of);
  const [bid] = bids;
  const [ask] = asks;
  return {
    symbol: of.symbol,
    bidPrice: bid === undefined ? '0' : plain(bid.price),
    bidQty: bid === undefined ? '0' : plain(bid.quantity),
    askPrice: ask === undefined ? '0' : plain(ask.price),
    askQty: ask === undefined ? '0' : plain(ask.quantity),
    time: venue.clock.now,
  };
}

/** One when a symbol is named, all when not. */
const oneOrAll =
  (of: (venue: Venue, listing: Listing) => unknown): Handler =>
  (venue, params) =>
    params.text('symbol') === null
      ? venue.market.traded.map((listing) => of(venue, listing))
      : of(venue, listingOf(venue, params));

const depth: Handler = (venue, params) => {
  const of = listingOf(venue, params);
  const limit = params.whole('limit') ?? USUAL_CANDLES;
  if (!DEPTHS.has(limit)) throw new BinanceError(-4021, `'${limit}' is not valid depth limit.`);
  const { bids, asks, update } = venue.depth.now(of);
  const { now } = venue.clock;
  return {
    lastUpdateId: update,
    E: now,
    T: now,
    bids: levels(bids).slice(0, limit),
    asks: levels(asks).slice(0, limit),
  };
};

const tradesAs =
  (wire: (of: Listing, trade: Trade) => unknown): Handler =>
  (venue, params) => {
    const of = listingOf(venue, params);
    return venue.market
      .trades(of)
      .slice(-(params.whole('limit') ?? USUAL_CANDLES))
      .map((trade) => wire(of, trade));
  };

const trades = tradesAs((of, trade) => ({
  id: trade.id,
  price: price(of, trade.price),
  qty: volume(of, trade.volume),
  quoteQty: value(of, trade.price * trade.volume),
  time: trade.at,
  isBuyerMaker: !trade.buy,
}));

/** Each of them is made of one trade. */
const aggTrades = tradesAs((of, trade) => ({
  a: trade.id,
  p: price(of, trade.price),
  q: volume(of, trade.volume),
  f: trade.id,
  l: trade.id,
  T: trade.at,
  m: !trade.buy,
}));

const openInterest: Handler = (venue, params) => {
  const of = listingOf(venue, params);
  const interest = venue.market.openInterest(of) ?? 0;
  return { symbol: of.symbol, openInterest: interest.toFixed(of.lots.scale), time: venue.clock.now };
};

const premium = (venue: Venue, of: Listing) => ({
  symbol: of.symbol,
  markPrice: plain(venue.exchange.mark(of)),
  indexPrice: plain(venue.exchange.mark(of)),
  lastFundingRate: '0',
  interestRate: '0',
  nextFundingTime: (Math.floor(venue.clock.now / (8 * HOUR)) + 1) * 8 * HOUR,
  time: venue.clock.now,
});

export const MARKET_DATA: Readonly<Record<string, Handler>> = {
  'GET /fapi/v1/ping': () => ({}),
  'GET /fapi/v1/time': ({ shownNow }) => ({ serverTime: shownNow() }),
  'GET /fapi/v1/exchangeInfo': ({ market, shownNow }) => ({
    timezone: 'UTC',
    serverTime: shownNow(),
    rateLimits: [],
    exchangeFilters: [],
    assets: [],
    symbols: market.traded.map(symbolInfo),
  }),
  'GET /fapi/v1/klines': klines,
  'GET /fapi/v1/ticker/24hr': oneOrAll(dayTicker),
  'GET /fapi/v1/ticker/bookTicker': oneOrAll(bookTicker),
  'GET /fapi/v1/premiumIndex': oneOrAll(premium),
  'GET /fapi/v1/depth': depth,
  'GET /fapi/v1/trades': trades,
  'GET /fapi/v1/aggTrades': aggTrades,
  'GET /fapi/v1/openInterest': openInterest,
};
