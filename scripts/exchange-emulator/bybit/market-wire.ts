/** Instruments, candles, tickers, books and trades as Bybit's v5 API shows them. */
import { stepsToText } from '../../../src/market/grid.ts';
import { BASE, DAY, HOUR, MINUTE, type Millis } from '../../../src/market/time.ts';
import type { Listing } from '../core/instrument.ts';
import type { Level } from '../core/quote.ts';
import { decimal, plain } from '../decimal.ts';
import type { Candle } from '../market/bar-path.ts';
import type { Trade } from '../market/market.ts';
import { turnover } from '../market/series.ts';
import type { Venue } from '../venue.ts';

export const INTERVALS: ReadonlyMap<string, Millis> = new Map([
  ['1', MINUTE],
  ['5', BASE],
  ['15', 15 * MINUTE],
  ['30', 30 * MINUTE],
  ['60', HOUR],
  ['120', 2 * HOUR],
  ['240', 4 * HOUR],
  ['360', 6 * HOUR],
  ['720', 12 * HOUR],
  ['D', DAY],
  ['W', 7 * DAY],
]);

const TURNOVER_DECIMALS = 4;
const FUNDING_INTERVAL = 8 * HOUR;

const price = (of: Listing, ticks: number) => stepsToText(of.ticks, ticks);
const volume = (of: Listing, lots: number) => stepsToText(of.lots, lots);

export function turnoverText(of: Listing, ticksTimesLots: number): string {
  return (ticksTimesLots * of.ticks.step * of.lots.step).toFixed(TURNOVER_DECIMALS);
}

export function instrumentWire(of: Listing): Record<string, unknown> {
  const common = { symbol: of.symbol, baseCoin: of.base, quoteCoin: of.quote, status: 'Trading' };
  const most = plain(of.maxQuantity);
  const lots = { minOrderQty: plain(of.minQuantity), maxOrderQty: most };
  if (of.category === 'spot') {
    return {
      ...common,
      innovation: '0',
      marginTrading: 'none',
      stTag: '0',
      lotSizeFilter: {
        ...lots,
        maxLimitOrderQty: most,
        maxMarketOrderQty: most,
        basePrecision: plain(of.lot),
        quotePrecision: '0.00000001',
        minOrderAmt: plain(of.minNotional),
        maxOrderAmt: '10000000',
      },
      priceFilter: { tickSize: plain(of.tick) },
      riskParameters: { priceLimitRatioX: '0.05', priceLimitRatioY: '0.05' },
    };
  }
  return {
    ...common,
    contractType: 'LinearPerpetual',
    settleCoin: of.quote,
    launchTime: '1585526400000',
    deliveryTime: '0',
    deliveryFeeRate: '',
    priceScale: String(of.ticks.scale),
    leverageFilter: { minLeverage: '1', maxLeverage: plain(of.maxLeverage), leverageStep: '0.01' },
    priceFilter: {
      minPrice: plain(of.tick),
      maxPrice: plain(of.tick.times(10_000_000)),
      tickSize: plain(of.tick),
    },
    lotSizeFilter: {
      ...lots,
      maxMktOrderQty: most,
      qtyStep: plain(of.lot),
      postOnlyMaxOrderQty: most,
      minNotionalValue: plain(of.minNotional),
    },
    unifiedMarginTrade: true,
    fundingInterval: FUNDING_INTERVAL / MINUTE,
    copyTrading: 'none',
    isPreListing: false,
  };
}

/** A candle of the REST list: start, open, high, low, close, volume, turnover. */
export function candleRow(of: Listing, candle: Candle): readonly string[] {
  return [
    String(candle.start),
    ...[candle.open, candle.high, candle.low, candle.close].map((ticks) => price(of, ticks)),
    volume(of, candle.volume),
    turnoverText(of, turnover(candle)),
  ];
}

export function candlePush(
  of: Listing,
  interval: string,
  span: Millis,
  candle: Candle,
  confirm: boolean,
  at: Millis,
): Record<string, unknown> {
  return {
    start: candle.start,
    end: candle.start + span - 1,
    interval,
    open: price(of, candle.open),
    close: price(of, candle.close),
    high: price(of, candle.high),
    low: price(of, candle.low),
    volume: volume(of, candle.volume),
    turnover: turnoverText(of, turnover(candle)),
    confirm,
    timestamp: at,
  };
}

/** The ticker as the stream shows it whole: of spot it tells no best prices. */
export function tickerPush(venue: Venue, of: Listing): Record<string, unknown> {
  const { bid1Price, bid1Size, ask1Price, ask1Size, ...rest } = tickerWire(venue, of);
  return of.category === 'spot' ? rest : { ...rest, bid1Price, bid1Size, ask1Price, ask1Size };
}

export function tickerWire(venue: Venue, of: Listing): Record<string, unknown> {
  const { exchange, market, clock } = venue;
  const { last, bids, asks } = exchange.quote(of);
  const day = market.series(of).day(clock.now);
  const open = day === null ? last : decimal(price(of, day.open));
  const figures = {
    symbol: of.symbol,
    lastPrice: plain(last),
    prevPrice24h: plain(open),
    price24hPcnt: plain(last.minus(open).div(open).round(6)),
    highPrice24h: day === null ? plain(last) : price(of, day.high),
    lowPrice24h: day === null ? plain(last) : price(of, day.low),
    volume24h: day === null ? '0' : volume(of, day.volume),
    turnover24h: day === null ? '0' : turnoverText(of, day.turnover),
  };
  const best = {
    bid1Price: bids[0] === undefined ? '' : plain(bids[0].price),
    bid1Size: bids[0] === undefined ? '' : plain(bids[0].quantity),
    ask1Price: asks[0] === undefined ? '' : plain(asks[0].price),
    ask1Size: asks[0] === undefined ? '' : plain(asks[0].quantity),
  };
  if (of.category === 'spot') return { ...figures, ...best, usdIndexPrice: plain(last) };
  const interest = market.openInterest(of);
  const contracts = interest === null ? null : decimal(interest.toFixed(of.lots.scale));
  return {
    ...figures,
    ...best,
    prevPrice1h: plain(open),
    markPrice: plain(last),
    indexPrice: plain(last),
    // Never empty: readers tell a perpetual from spot by it.
    openInterest: contracts === null ? '0' : plain(contracts),
    openInterestValue: contracts === null ? '0' : plain(contracts.times(last).round(2)),
    fundingRate: '0',
    nextFundingTime: String((Math.floor(clock.now / FUNDING_INTERVAL) + 1) * FUNDING_INTERVAL),
    predictedDeliveryPrice: '',
    basisRate: '',
    deliveryFeeRate: '',
    deliveryTime: '0',
    basis: '',
    curPreListingPhase: '',
    preOpenPrice: '',
    preQty: '',
  };
}

export function levelsWire(levels: readonly Level[], limit: number): readonly (readonly [string, string])[] {
  return levels.slice(0, limit).map((level) => [plain(level.price), plain(level.quantity)]);
}

export function tradeWire(of: Listing, trade: Trade): Record<string, unknown> {
  return {
    execId: String(trade.id),
    symbol: of.symbol,
    price: price(of, trade.price),
    size: volume(of, trade.volume),
    side: trade.buy ? 'Buy' : 'Sell',
    time: String(trade.at),
    isBlockTrade: false,
    isRPITrade: false,
    seq: String(trade.id),
  };
}

export function tradePush(of: Listing, trade: Trade): Record<string, unknown> {
  return {
    T: trade.at,
    s: of.symbol,
    S: trade.buy ? 'Buy' : 'Sell',
    v: volume(of, trade.volume),
    p: price(of, trade.price),
    ...(of.category === 'linear' ? { L: trade.buy ? 'PlusTick' : 'MinusTick' } : {}),
    i: String(trade.id),
    BT: false,
    seq: trade.id,
  };
}
