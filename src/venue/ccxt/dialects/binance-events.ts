/** What Binance does to a futures account by itself: funding is income, what it closes is a forced order. */
import type { VenueEvent } from '../../broker.ts';
import { decimal } from '../decimal.ts';
import type { EventQuery } from '../dialect.ts';
import type { CcxtTrade } from '../exchange.ts';
import { textIn } from '../raw.ts';
import { Incomplete } from '../records.ts';
import { LISTING, ordersSince } from './binance-lists.ts';
import { inSpans, spans } from './spans.ts';

const FORCED_PAGE = 100;

export async function binanceEvents(query: EventQuery): Promise<readonly VenueEvent[]> {
  const events: VenueEvent[] = [];
  for (const [from, to] of spans(query.since, query.now, LISTING.longest)) {
    events.push(...(await funding(query, from, to)), ...(await forced(query, from, to)));
  }
  return events;
}

async function funding({ exchange, symbolOf }: EventQuery, from: number, to: number): Promise<VenueEvent[]> {
  const events = new Map<string, VenueEvent>();
  // Pages have no cursor: each begins where the last one ended, and shows that moment twice.
  for (let since = from; ; ) {
    const page = await exchange.fetchFundingHistory(undefined, since, LISTING.most, { until: to });
    const before = events.size;
    for (const { id, timestamp, amount, info } of page) {
      const paid = decimal(amount);
      const symbol = symbolOf(textIn(info, 'symbol') ?? '');
      if (id === undefined || timestamp === undefined || paid === null)
        throw new Incomplete('funding without its figures');
      since = Math.max(since, timestamp);
      // One transaction has one number in each symbol.
      const key = `${textIn(info, 'symbol')}-${id}`;
      if (symbol !== undefined)
        events.set(key, {
          kind: 'funding',
          id: `funding-${key}`,
          happenedAt: timestamp,
          symbol,
          amount: paid,
        });
    }
    if (page.length < LISTING.most || events.size === before) return [...events.values()];
  }
}

async function forced(query: EventQuery, from: number, to: number): Promise<VenueEvent[]> {
  const { exchange, symbolOf } = query;
  const orders: unknown = await exchange.request('forceOrders', 'fapiPrivate', 'GET', {
    startTime: from,
    endTime: to,
    limit: FORCED_PAGE,
  });
  if (!Array.isArray(orders)) throw new Incomplete('forced orders that are no list');
  const events: VenueEvent[] = [];
  for (const order of orders) {
    const symbol = symbolOf(textIn(order, 'symbol') ?? '');
    const orderId = textIn(order, 'orderId');
    if (symbol === undefined || orderId === undefined) continue;
    const cause = textIn(order, 'clientOrderId')?.startsWith('adl') === true ? 'deleveraging' : 'liquidation';
    const trades = await exchange.fetchMyTrades(symbol, undefined, LISTING.most, { orderId });
    for (const trade of trades) {
      const [price, quantity] = [decimal(trade.price), decimal(trade.amount)];
      const { id, timestamp } = trade;
      if (id === undefined || timestamp === undefined || price === null || quantity === null)
        throw new Incomplete('a forced fill without its figures');
      const figures = { price, quantity, fee: decimal(trade.fee?.cost) ?? '0' };
      const mark = { id: `forced-${symbol}-${id}`, happenedAt: timestamp, symbol };
      events.push({ ...mark, kind: 'closed', cause, attachedTo: null, ...figures });
    }
  }
  return events;
}

/** Of markets where a fee was paid since then: a list of all orders is to be had by market alone. */
export async function binanceIdsSince(query: EventQuery): Promise<(string | undefined)[]> {
  const { exchange, since, now, symbolOf } = query;
  const symbols = new Set<string>();
  const fees = await inSpans<unknown>(since, now, LISTING, async (startTime, endTime) => {
    const page: unknown = await exchange.request('income', 'fapiPrivate', 'GET', {
      incomeType: 'COMMISSION',
      startTime,
      endTime,
      limit: LISTING.most,
    });
    if (!Array.isArray(page)) throw new Incomplete('an income that is no list');
    return page;
  });
  for (const fee of fees) {
    const symbol = symbolOf(textIn(fee, 'symbol') ?? '');
    if (symbol !== undefined) symbols.add(symbol);
  }
  const ids: (string | undefined)[] = [];
  for (const symbol of symbols)
    for (const { clientOrderId } of await ordersSince(exchange, symbol, since, now)) ids.push(clientOrderId);
  return ids;
}

/** A fill of an order that the exchange has made itself. */
export function byVenue({ info }: CcxtTrade): boolean {
  return /^(autoclose-|adl_autoclose)/.test(textIn(info, 'c') ?? '');
}
