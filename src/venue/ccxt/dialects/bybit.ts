import type { Dialect } from '../dialect.ts';
import type { CcxtExchange, CcxtOrder, CcxtTrade, Params } from '../exchange.ts';
import { afterMessage, listIn, textIn, truth } from '../raw.ts';
import { isA } from '../troubles.ts';
import { attachedTo, bybitEvents, bybitIdsSince, isAttached, LISTING } from './bybit-events.ts';
import { inSpans } from './spans.ts';

const clientIdOf = ({ info }: CcxtTrade): string | undefined => textIn(info, 'orderLinkId');

export const bybit: Dialect = {
  types: ['linear', 'spot'],
  amends: true,
  // Beyond need: a stop is changed where it rests.
  twoStops: false,
  marginModeIn: 'account',
  openInterest: { interval: '5m' },

  // Live orders and those that ended lately are in one list, older ones in another.
  async find(exchange, symbol, clientId) {
    const params = { orderLinkId: clientId };
    const live = await exchange.fetchOpenOrders(symbol, undefined, undefined, params);
    const found = named(live, clientId);
    if (found !== null) return found;
    return named(await exchange.fetchCanceledAndClosedOrders(symbol, undefined, undefined, params), clientId);
  },

  async cancel(exchange, symbol, clientId, note) {
    const cancel = async (stop: boolean): Promise<void> => {
      // On spot, stops are another list; elsewhere the word is not known.
      const spot = exchange.markets?.[symbol]?.spot === true;
      await exchange.cancelOrder(undefined, symbol, {
        orderLinkId: clientId,
        ...(spot && stop ? { trigger: true } : {}),
      });
    };
    if (note !== undefined || exchange.markets?.[symbol]?.spot !== true) {
      await cancel(note?.stop ?? false);
      return;
    }
    try {
      await cancel(true);
    } catch (error) {
      if (!isA(error, 'OrderNotFound')) throw error;
      await cancel(false);
    }
  },

  async fills(exchange, order, clientId, now) {
    const found = await fillsIn(exchange, order, clientId, {});
    if (enough(order, found) || order.timestamp === undefined) return found;
    // Without a time it looks back a week only.
    const all = new Map(found.map((trade) => [trade.id, trade]));
    for (
      let from = order.timestamp;
      from < now && !enough(order, [...all.values()]);
      from += LISTING.longest + 1
    )
      for (const trade of await fillsIn(exchange, order, clientId, {
        startTime: from,
        endTime: from + LISTING.longest,
      }))
        all.set(trade.id, trade);
    return [...all.values()];
  },

  async fillsSince({ exchange, symbol, since, now }) {
    const trades = await inSpans(since, now, LISTING, (from, until) =>
      exchange.fetchMyTrades(symbol, from, LISTING.most, { until }),
    );
    return trades.map((trade) => ({ clientId: clientIdOf(trade), trade }));
  },

  openOrders: (exchange, type) =>
    exchange.fetchOpenOrders(undefined, undefined, undefined, {
      type: type === 'spot' ? 'spot' : 'swap',
      paginate: true,
    }),

  clientIdOf,

  events: bybitEvents,
  idsSince: bybitIdsSince,
  byVenue: ({ info }) => isAttached(info),
  attachedTo,

  reasonOf({ info, status }) {
    const rejected = textIn(info, 'rejectReason');
    if (rejected !== undefined && rejected !== 'EC_NoError') return rejected;
    const cancelled = textIn(info, 'cancelType');
    return cancelled !== undefined && cancelled !== 'UNKNOWN' ? cancelled : (status ?? '');
  },

  async keyFacts(exchange) {
    // ccxt asks this before the first order otherwise, while somebody waits for that.
    await exchange.isUnifiedEnabled?.();
    const answer = await exchange.request('v5/user/query-api', 'private', 'GET', {});
    const key = result(answer);
    const permissions = Reflect.get(key, 'permissions');
    const wallet = rights(permissions, 'Wallet');
    const trade = [...rights(permissions, 'ContractTrade'), ...rights(permissions, 'Derivatives')];
    const spot = rights(permissions, 'Spot');
    const addresses = Reflect.get(key, 'ips');
    return {
      account: textIn(key, 'userID') ?? null,
      mayTrade: truth(key, 'readOnly') !== true && trade.length + spot.length > 0,
      mayWithdraw: wallet.includes('Withdraw'),
      expires: textIn(key, 'expiredAt') ?? null,
      boundToAddresses: Array.isArray(addresses) ? addresses.some((each) => each !== '*') : null,
      unfit:
        truth(key, 'uta') === true ? null : 'it is no unified trading account: upgrade it at the exchange',
    };
  },

  onClosedCandle(exchange, closed) {
    afterMessage(exchange, 'handleOHLCV', (message) => {
      const marketId = textIn(message, 'topic')?.split('.').at(-1);
      if (marketId === undefined) return;
      for (const candle of listIn(message, 'data'))
        if (truth(candle, 'confirm') === true) closed(marketId, Number(textIn(candle, 'start')));
    });
  },
};

function named(orders: readonly CcxtOrder[], clientId: string): CcxtOrder | null {
  return orders.find(({ clientOrderId }) => clientOrderId === clientId) ?? null;
}

async function fillsIn(
  exchange: CcxtExchange,
  { symbol }: CcxtOrder,
  clientId: string,
  span: Params,
): Promise<CcxtTrade[]> {
  const params = { ...span, orderLinkId: clientId };
  const page = await exchange.fetchMyTrades(symbol, undefined, LISTING.most, params);
  return page.length < LISTING.most
    ? page
    : exchange.fetchMyTrades(symbol, undefined, LISTING.most, { ...params, paginate: true });
}

function enough({ filled }: CcxtOrder, trades: readonly CcxtTrade[]): boolean {
  const sum = trades.reduce((total, { amount }) => total + Number(amount), 0);
  return sum >= Number(filled) * (1 - 1e-9);
}

function result(answer: unknown): object {
  const found: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'result') : null;
  if (typeof found !== 'object' || found === null) throw new Error('the key cannot be asked about');
  return found;
}

function rights(permissions: unknown, group: string): string[] {
  const found: unknown =
    typeof permissions === 'object' && permissions !== null ? Reflect.get(permissions, group) : undefined;
  return Array.isArray(found) ? found.filter((each): each is string => typeof each === 'string') : [];
}
