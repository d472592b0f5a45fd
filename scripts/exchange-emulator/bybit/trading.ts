/** Orders and executions of Bybit's v5 REST API. */
import type Big from 'big.js';
import { DAY } from '../../../src/market/time.ts';
import type { Category, Listing } from '../core/instrument.ts';
import {
  type Attached,
  type Execution,
  isLive,
  type Leg,
  type Order,
  type TimeInForce,
} from '../core/order.ts';
import { Refusal } from '../core/refusal.ts';
import { decimal } from '../decimal.ts';
import type { Params } from '../net/params.ts';
import type { Venue } from '../venue.ts';
import { BybitError } from './codes.ts';
import { type Answer, type Handler, listingOf } from './market-data.ts';
import { executionWire, orderWire, pastOrderWire } from './order-wire.ts';
import { page } from './pages.ts';

/** Orders that are done and can still be looked up where the live ones are. */
const RECENT_ORDERS = 500;
const LONGEST_LINK = 36;
const MOST_ORDERS = 50;
const USUAL_ORDERS = 20;
const MOST_EXECUTIONS = 100;
const USUAL_EXECUTIONS = 50;
const USUAL_SPAN = 7 * DAY;

const TIMES: ReadonlyMap<string, TimeInForce> = new Map([
  ['GTC', 'GTC'],
  ['IOC', 'IOC'],
  ['FOK', 'FOK'],
  ['PostOnly', 'PostOnly'],
]);

const create: Handler = (venue, params) => {
  const listing = listingOf(venue, params);
  const side = oneOf(params, 'side', { Buy: 'buy', Sell: 'sell' } as const);
  const type = oneOf(params, 'orderType', { Market: 'market', Limit: 'limit' } as const);
  const linkId = params.text('orderLinkId');
  if (linkId !== null && (linkId.length > LONGEST_LINK || !/^[\w-]+$/.test(linkId)))
    throw new BybitError(10001, 'params error: OrderLinkId invalid');
  const given = params.text('timeInForce');
  const timeInForce = type === 'market' ? 'IOC' : TIMES.get(given ?? 'GTC');
  if (timeInForce === undefined) throw new BybitError(10001, 'params error: TimeInForce invalid');
  const quantity = params.decimal('qty');
  if (quantity === null) throw new BybitError(10001, 'params error: Qty invalid');
  const byCost = spendsQuote(listing, type, side, params);
  const last = venue.exchange.quote(listing).last;
  const order = venue.exchange.place({
    listing,
    linkId,
    side,
    type,
    timeInForce,
    quantity: byCost ? null : quantity,
    quoteQuantity: byCost ? quantity : null,
    price: type === 'limit' ? params.decimal('price') : null,
    trigger: triggerOf(listing, params, last),
    kind:
      params.decimal('triggerPrice') === null
        ? null
        : params.text('orderFilter') === 'tpslOrder'
          ? 'tpsl'
          : 'stop',
    reduceOnly: listing.category === 'linear' && params.flag('reduceOnly'),
    closesPosition: listing.category === 'linear' && params.flag('closeOnTrigger'),
    leg: legOf(params),
    attached: attachedOf(params),
  });
  return { orderId: order.id, orderLinkId: order.linkId ?? '' };
};

/** A spot market order to buy is given in quote, unless it says otherwise. */
function spendsQuote(listing: Listing, type: string, side: string, params: Params): boolean {
  if (listing.category !== 'spot' || type !== 'market') return false;
  const unit = params.text('marketUnit');
  return unit === null ? side === 'buy' : unit === 'quoteCoin';
}

function triggerOf(listing: Listing, params: Params, last: Big) {
  const price = params.decimal('triggerPrice');
  if (price === null) return null;
  const direction = params.whole('triggerDirection');
  if (listing.category === 'spot') return { price, direction: price.gt(last) ? 'rise' : 'fall' } as const;
  if (direction !== 1 && direction !== 2)
    throw new BybitError(10001, 'params error: TriggerDirection invalid');
  return { price, direction: direction === 1 ? 'rise' : 'fall' } as const;
}

function attachedOf(params: Params): Attached | null {
  const stopLoss = params.decimal('stopLoss');
  const takeProfit = params.decimal('takeProfit');
  if (stopLoss === null && takeProfit === null) return null;
  if (params.text('slOrderType') === 'Limit' || params.text('tpOrderType') === 'Limit')
    throw new BybitError(10001, 'params error: limit orders of stop and target are not emulated');
  return { stopLoss, takeProfit, partial: params.text('tpslMode') === 'Partial' };
}

function legOf(params: Params): Leg {
  const leg = params.whole('positionIdx') ?? 0;
  if (leg !== 0 && leg !== 1 && leg !== 2) throw new BybitError(10001, 'params error: PositionIdx invalid');
  return leg;
}

function oneOf<T extends string>(params: Params, name: string, choices: Readonly<Record<string, T>>): T {
  const value = choices[params.required(name)];
  if (value === undefined) throw new BybitError(10001, `params error: ${name} invalid`);
  return value;
}

function orderOf(venue: Venue, params: Params): Order {
  const listing = listingOf(venue, params);
  const id = params.text('orderId');
  const linkId = params.text('orderLinkId');
  if (id === null && linkId === null)
    throw new BybitError(10001, 'params error: orderId or orderLinkId is required');
  const { orders } = venue.exchange;
  const order = id !== null ? orders.byId(id) : orders.byLink(linkId ?? '');
  if (order === null || order.listing !== listing)
    throw new Refusal('order-not-found', 'order not exists or too late to cancel');
  return order;
}

const amend: Handler = (venue, params) => {
  const order = orderOf(venue, params);
  venue.exchange.amend(order, {
    quantity: params.decimal('qty'),
    price: params.decimal('price'),
    triggerPrice: params.decimal('triggerPrice'),
  });
  return { orderId: order.id, orderLinkId: order.linkId ?? '' };
};

const cancel: Handler = (venue, params) => {
  const order = orderOf(venue, params);
  venue.exchange.cancel(order);
  return { orderId: order.id, orderLinkId: order.linkId ?? '' };
};

function filtered(order: Order, params: Params): boolean {
  const filter = params.text('orderFilter');
  const waits = order.status === 'untriggered' || order.status === 'deactivated';
  if (filter === 'Order') return order.kind === null || order.triggered;
  if (filter === 'StopOrder') return waits && order.kind !== 'tpsl';
  if (filter === 'tpslOrder') return waits && order.kind === 'tpsl';
  return true;
}

function matches(order: Order, category: Category, params: Params): boolean {
  const { listing } = order;
  const symbol = params.text('symbol');
  const settle = params.text('settleCoin');
  return (
    listing.category === category &&
    (symbol === null || listing.symbol === symbol) &&
    (settle === null || listing.quote === settle) &&
    (params.text('baseCoin') === null || listing.base === params.text('baseCoin'))
  );
}

const cancelAll: Handler = ({ exchange }, params) => {
  const category = params.category();
  const gone = exchange.orders
    .live()
    .filter((order) => matches(order, category, params) && filtered(order, params));
  for (const order of gone) if (isLive(order)) exchange.cancel(order);
  return {
    list: gone.map((order) => ({ orderId: order.id, orderLinkId: order.linkId ?? '' })),
    success: '1',
  };
};

/** With an id: that order, live or among the last ones done. Without: the live ones, or the last ones done. */
const realtime: Handler = ({ exchange }, params) => {
  const category = params.category();
  const id = params.text('orderId');
  const linkId = params.text('orderLinkId');
  if (
    category === 'linear' &&
    ['symbol', 'settleCoin', 'baseCoin'].every((name) => params.text(name) === null)
  )
    throw new BybitError(10001, 'params error: symbol, settleCoin or baseCoin is required');
  const fits = (order: Order) => matches(order, category, params) && filtered(order, params);
  let found: readonly Order[];
  if (id !== null || linkId !== null) {
    const order = id !== null ? exchange.orders.byId(id) : exchange.orders.byLink(linkId ?? '');
    found = order !== null && fits(order) && isRecent(exchange.orders.all, order) ? [order] : [];
  } else if (params.whole('openOnly') === 1) {
    found = exchange.orders.all
      .slice(-RECENT_ORDERS)
      .filter((order) => !isLive(order) && fits(order))
      .reverse();
  } else {
    found = exchange.orders.live().filter(fits).toReversed();
  }
  return ordersPage(category, found, params);
};

function isRecent(all: readonly Order[], order: Order): boolean {
  return isLive(order) || all.length - all.lastIndexOf(order) <= RECENT_ORDERS;
}

const history: Handler = ({ exchange, clock }, params) => {
  const category = params.category();
  const { from, to } = span(params, clock.now);
  const id = params.text('orderId');
  const linkId = params.text('orderLinkId');
  const wanted = params.text('orderStatus');
  const found = exchange.orders.all
    .filter(
      (order) =>
        !isLive(order) &&
        matches(order, category, params) &&
        filtered(order, params) &&
        (id === null || order.id === id) &&
        (linkId === null || order.linkId === linkId) &&
        (wanted === null || orderWire(order).orderStatus === wanted) &&
        order.createdAt >= from &&
        order.createdAt <= to,
    )
    .reverse();
  return ordersPage(category, found, params, pastOrderWire);
};

function ordersPage(
  category: Category,
  orders: readonly Order[],
  params: Params,
  wire: (order: Order) => Record<string, unknown> = orderWire,
): Answer {
  const limit = Math.min(params.whole('limit') ?? USUAL_ORDERS, MOST_ORDERS);
  const { list, nextPageCursor } = page(orders, limit, params.text('cursor'));
  return { category, list: list.map(wire), nextPageCursor };
}

/** A week by default; the exchange takes no longer one. */
function span(params: Params, now: number): { from: number; to: number } {
  const start = params.whole('startTime');
  const end = params.whole('endTime');
  const to = end ?? (start === null ? now : start + USUAL_SPAN);
  const from = start ?? to - USUAL_SPAN;
  if (to - from > USUAL_SPAN) throw new BybitError(10001, 'params error: the time range is more than 7 days');
  return { from, to };
}

const executions: Handler = ({ exchange, clock }, params) => {
  const category = params.category();
  const { from, to } = span(params, clock.now);
  const symbol = params.text('symbol');
  const id = params.text('orderId');
  const linkId = params.text('orderLinkId');
  const kind = params.text('execType');
  const found = exchange.executions
    .filter(
      (one: Execution) =>
        one.listing.category === category &&
        (symbol === null || one.listing.symbol === symbol) &&
        (id === null || one.order?.id === id) &&
        (linkId === null || one.order?.linkId === linkId) &&
        (kind === null || executionWire(one, decimal(0)).execType === kind) &&
        one.at >= from &&
        one.at <= to,
    )
    .reverse();
  const limit = Math.min(params.whole('limit') ?? USUAL_EXECUTIONS, MOST_EXECUTIONS);
  const { list, nextPageCursor } = page(found, limit, params.text('cursor'));
  return {
    category,
    list: list.map((one) => executionWire(one, exchange.mark(one.listing))),
    nextPageCursor,
  };
};

export const TRADING: Readonly<Record<string, Handler>> = {
  'POST /v5/order/create': create,
  'POST /v5/order/amend': amend,
  'POST /v5/order/cancel': cancel,
  'POST /v5/order/cancel-all': cancelAll,
  'GET /v5/order/realtime': realtime,
  'GET /v5/order/history': history,
  'GET /v5/execution/list': executions,
};
