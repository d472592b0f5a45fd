/** Orders, conditional orders and trades of Binance's USD-M futures REST API. */
import { DAY } from '../../../src/market/time.ts';
import { isLive, type Leg, type Order, type OrderTerms, type TimeInForce } from '../core/order.ts';
import { larger } from '../decimal.ts';
import type { Params } from '../net/params.ts';
import { BinanceError } from './codes.ts';
import { type Binance, type Handler, listingOf } from './market-data.ts';
import {
  algoId,
  algoWire,
  isAlgo,
  isOrder,
  orderWire,
  sentAlgo,
  sentOrder,
  tradeWire,
} from './order-wire.ts';

const MOST_ORDERS = 1_000;
const USUAL_ORDERS = 500;
const MOST_FORCED = 100;
const USUAL_SPAN = 7 * DAY;
const LINK = /^[.A-Z:/a-z0-9_-]{1,36}$/;

const TIMES: Readonly<Record<string, TimeInForce>> = { GTC: 'GTC', IOC: 'IOC', FOK: 'FOK', GTX: 'PostOnly' };
const LEGS: Readonly<Record<string, Leg>> = { BOTH: 0, LONG: 1, SHORT: 2 };

/** The conditional types: of which kind the order then is, and whether it stops a loss or takes a profit. */
const CONDITIONAL: Readonly<Record<string, readonly ['market' | 'limit', 'stops' | 'takes']>> = {
  STOP_MARKET: ['market', 'stops'],
  STOP: ['limit', 'stops'],
  TAKE_PROFIT_MARKET: ['market', 'takes'],
  TAKE_PROFIT: ['limit', 'takes'],
};

function common(venue: Binance, params: Params, linkName: string) {
  const listing = listingOf(venue, params);
  const given = params.required('side');
  if (given !== 'BUY' && given !== 'SELL') throw new BinanceError(-1117, 'Invalid side.');
  const side = given === 'BUY' ? ('buy' as const) : ('sell' as const);
  const linkId = params.text(linkName);
  if (linkId !== null && !LINK.test(linkId)) throw new BinanceError(-4015, 'Client order id is not valid.');
  const leg = LEGS[params.text('positionSide') ?? 'BOTH'];
  if (leg === undefined) throw new BinanceError(-4060, 'Invalid position side.');
  const hedged = leg !== 0;
  if (hedged && params.flag('reduceOnly'))
    throw new BinanceError(-1106, "Parameter 'reduceonly' sent when not required.");
  return { listing, side, linkId, leg, reduceOnly: params.flag('reduceOnly') };
}

function timeOf(params: Params): TimeInForce {
  const time = TIMES[params.text('timeInForce') ?? 'GTC'];
  if (time === undefined) throw new BinanceError(-1115, 'Invalid timeInForce.');
  return time;
}

const create: Handler = (venue, params) => {
  const type = params.required('type');
  if (type in CONDITIONAL)
    throw new BinanceError(
      -4120,
      'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
    );
  if (type !== 'MARKET' && type !== 'LIMIT') throw new BinanceError(-1116, 'Invalid orderType.');
  const limit = type === 'LIMIT';
  const quantity = params.decimal('quantity');
  if (quantity === null) throw new BinanceError(-1102, "Mandatory parameter 'quantity' was not sent.");
  const order = venue.exchange.place({
    ...common(venue, params, 'newClientOrderId'),
    type: limit ? 'limit' : 'market',
    timeInForce: limit ? timeOf(params) : 'IOC',
    quantity,
    quoteQuantity: null,
    price: limit ? params.decimal('price') : null,
    trigger: null,
    kind: null,
    closesPosition: false,
    attached: null,
  });
  if (order.endReason === 'post-only')
    throw new BinanceError(
      -5022,
      'Due to the order could not be executed as maker, the Post Only order will be rejected.',
    );
  if (order.endReason === 'not-whole')
    throw new BinanceError(
      -5021,
      'Due to the order could not be filled immediately, the FOK order has been rejected.',
    );
  return sentOrder(order);
};

const createAlgo: Handler = (venue, params) => {
  const kind = CONDITIONAL[params.required('type')];
  if (params.required('algoType') !== 'CONDITIONAL' || kind === undefined)
    throw new BinanceError(-1116, 'Invalid orderType.');
  const [type, purpose] = kind;
  const base = common(venue, params, 'clientAlgoId');
  const price = params.decimal('triggerPrice');
  if (price === null) throw new BinanceError(-1102, "Mandatory parameter 'triggerPrice' was not sent.");
  const closesPosition = params.flag('closePosition');
  // What closes a position is as large as it then is; until then it stands for what is held.
  const held = venue.exchange.account.closable(base.listing, base.leg, base.side);
  const quantity = closesPosition ? larger(held, base.listing.lot) : params.decimal('quantity');
  if (quantity === null) throw new BinanceError(-1102, "Mandatory parameter 'quantity' was not sent.");
  const rises = (base.side === 'buy') === (purpose === 'stops');
  const terms: OrderTerms = {
    ...base,
    type,
    timeInForce: type === 'limit' ? timeOf(params) : 'IOC',
    quantity,
    quoteQuantity: null,
    price: type === 'limit' ? params.decimal('price') : null,
    trigger: { price, direction: rises ? 'rise' : 'fall' },
    kind: 'stop',
    reduceOnly: base.reduceOnly || closesPosition,
    closesPosition,
    attached: null,
  };
  return sentAlgo(venue.exchange.place(terms));
};

type Among = (order: Order) => boolean;

/** The order of a symbol that the request names: by the exchange's id or by the client's, the latest of that id. */
function named(venue: Binance, params: Params, algo: boolean): Order | null {
  const listing = listingOf(venue, params);
  const id = params.text(algo ? 'algoId' : 'orderId');
  const linkId = params.text(algo ? 'clientAlgoId' : 'origClientOrderId');
  if (id === null && linkId === null)
    throw new BinanceError(
      -1102,
      `Param '${algo ? 'algoid' : 'origClientOrderId'}' or its like must be sent, but both were empty/null!`,
    );
  const among: Among = algo ? isAlgo : isOrder;
  const fits: Among = (order) =>
    among(order) &&
    order.listing === listing &&
    (id === null ? order.linkId === linkId : (algo ? String(algoId(order)) : order.id) === id);
  return venue.exchange.orders.all.findLast(fits) ?? null;
}

const query =
  (algo: boolean): Handler =>
  (venue, params) => {
    const order = named(venue, params, algo);
    if (order === null) throw new BinanceError(-2013, 'Order does not exist.');
    return algo ? algoWire(order) : orderWire(order);
  };

const cancel =
  (algo: boolean): Handler =>
  (venue, params) => {
    const order = named(venue, params, algo);
    const there = order !== null && isLive(order) && (!algo || order.status === 'untriggered');
    if (!there) throw new BinanceError(-2011, 'Unknown order sent.');
    venue.exchange.cancel(order);
    if (!algo) return sentOrder(order);
    return { algoId: algoId(order), clientAlgoId: order.linkId ?? '', code: '200', msg: 'success' };
  };

const amend: Handler = (venue, params) => {
  const order = named(venue, params, false);
  if (order === null || !isLive(order)) throw new BinanceError(-2013, 'Order does not exist.');
  venue.exchange.amend(order, {
    quantity: params.decimal('quantity'),
    price: params.decimal('price'),
    triggerPrice: null,
  });
  return sentOrder(order);
};

const open =
  (algo: boolean): Handler =>
  ({ exchange }, params) => {
    const symbol = params.text('symbol');
    const among = (order: Order) => (algo ? order.status === 'untriggered' && isAlgo(order) : isOrder(order));
    return exchange.orders
      .live()
      .filter((order) => among(order) && (symbol === null || order.listing.symbol === symbol))
      .map(algo ? algoWire : orderWire);
  };

const openOrder: Handler = (venue, params) => {
  const order = named(venue, params, false);
  if (order === null || !isLive(order)) throw new BinanceError(-2013, 'Order does not exist.');
  return orderWire(order);
};

const cancelAll =
  (algo: boolean): Handler =>
  (venue, params) => {
    const listing = listingOf(venue, params);
    for (const order of venue.exchange.orders.liveOf(listing)) {
      const waits = order.status === 'untriggered';
      if (isLive(order) && waits === algo) venue.exchange.cancel(order);
    }
    return { code: 200, msg: 'The operation of cancel all open order is done.' };
  };

function span(params: Params, now: number): readonly [from: number, to: number] {
  const start = params.whole('startTime');
  const to = params.whole('endTime') ?? (start === null ? now : start + USUAL_SPAN);
  if (start !== null && to - start > USUAL_SPAN)
    throw new BinanceError(-4165, 'Maximum time interval is 7 days.');
  return [start ?? to - USUAL_SPAN, to];
}

const limitOf = (params: Params) => Math.min(params.whole('limit') ?? USUAL_ORDERS, MOST_ORDERS);

const allOrders =
  (algo: boolean): Handler =>
  (venue, params) => {
    const listing = listingOf(venue, params);
    const [from, to] = span(params, venue.clock.now);
    const after = params.whole(algo ? 'algoId' : 'orderId') ?? 0;
    const number = (order: Order) => (algo ? algoId(order) : Number(order.id));
    return venue.exchange.orders.all
      .filter(
        (order) =>
          (algo ? isAlgo(order) : isOrder(order)) &&
          order.listing === listing &&
          number(order) >= after &&
          order.createdAt >= from &&
          order.createdAt <= to,
      )
      .slice(after > 0 ? 0 : -limitOf(params), after > 0 ? limitOf(params) : undefined)
      .map(algo ? algoWire : orderWire);
  };

/** Oldest first; from an id or a time on when that is given, the last ones when not. */
const userTrades: Handler = (venue, params) => {
  const listing = listingOf(venue, params);
  const fromId = params.whole('fromId');
  const [from, to] = span(params, venue.clock.now);
  const orderId = params.text('orderId');
  const found = venue.exchange.executions.filter(
    (one) =>
      one.kind !== 'funding' &&
      one.listing === listing &&
      (orderId === null || one.order?.id === orderId) &&
      (fromId === null ? one.at >= from && one.at <= to : Number(one.id) >= fromId),
  );
  const forward = fromId !== null || params.whole('startTime') !== null;
  const shown = forward ? found.slice(0, limitOf(params)) : found.slice(-limitOf(params));
  return shown.map(tradeWire);
};

/** Orders by which the exchange has closed positions itself, the newest first. */
const forceOrders: Handler = (venue, params) => {
  const [from, to] = span(params, venue.clock.now);
  const symbol = params.text('symbol');
  return venue.exchange.orders.all
    .filter(
      (order) =>
        order.forced === true &&
        (symbol === null || order.listing.symbol === symbol) &&
        order.createdAt >= from &&
        order.createdAt <= to,
    )
    .reverse()
    .slice(0, Math.min(params.whole('limit') ?? MOST_FORCED, MOST_FORCED))
    .map(orderWire);
};

export const TRADING: Readonly<Record<string, Handler>> = {
  'POST /fapi/v1/order': create,
  'PUT /fapi/v1/order': amend,
  'DELETE /fapi/v1/order': cancel(false),
  'GET /fapi/v1/order': query(false),
  'GET /fapi/v1/openOrder': openOrder,
  'GET /fapi/v1/openOrders': open(false),
  'GET /fapi/v1/allOrders': allOrders(false),
  'DELETE /fapi/v1/allOpenOrders': cancelAll(false),
  'POST /fapi/v1/algoOrder': createAlgo,
  'DELETE /fapi/v1/algoOrder': cancel(true),
  'GET /fapi/v1/algoOrder': query(true),
  'GET /fapi/v1/openAlgoOrders': open(true),
  'GET /fapi/v1/allAlgoOrders': allOrders(true),
  'DELETE /fapi/v1/algoOpenOrders': cancelAll(true),
  'GET /fapi/v1/userTrades': userTrades,
  'GET /fapi/v1/forceOrders': forceOrders,
};
