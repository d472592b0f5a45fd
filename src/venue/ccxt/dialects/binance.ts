/**
 * Binance keeps orders that wait for a price in books of their own, under an id of their own; once the price has come
 * the stop is over there and an order under another id is at the market. Here both are one order.
 */
import { BASE_TIMEFRAME } from '../candle.ts';
import type { Dialect, KeyFacts, OrderNote } from '../dialect.ts';
import type { CcxtExchange, CcxtOrder, Params } from '../exchange.ts';
import { afterMessage, listIn, partOf, textIn, truth } from '../raw.ts';
import { reasonOf } from '../reason.ts';
import { Incomplete } from '../records.ts';
import { isA, troubleOf } from '../troubles.ts';
import { binanceBooks } from './binance-books.ts';
import { binanceEvents, binanceIdsSince, byVenue } from './binance-events.ts';
import { LISTING, ordersSince } from './binance-lists.ts';
import { inSpans } from './spans.ts';

/** In the books of stops, or in those of the market. */
const STOPS: Params = { trigger: true };

export const binance: Dialect = {
  types: ['linear'],
  // Only limit orders can be changed; a stop is placed anew.
  amends: false,
  twoStops: true,
  marginModeIn: 'market',
  openInterest: {},
  snapshotBooks: binanceBooks,

  async find(exchange, symbol, clientId, note) {
    for (const book of booksOf(note)) {
      const order = await inBook(exchange, symbol, clientId, book);
      if (order !== null) return book === STOPS ? triggered(exchange, symbol, order) : order;
    }
    return null;
  },

  async cancel(exchange, symbol, clientId, note) {
    const books = booksOf(note);
    let missing: unknown;
    for (const book of books) {
      try {
        await exchange.cancelOrder(undefined, symbol, { ...book, clientOrderId: clientId });
        return;
      } catch (error) {
        if (!isMissing(error)) throw error;
        missing ??= error;
      }
    }
    const orderId = books.includes(STOPS) ? await becomeOf(exchange, symbol, clientId) : undefined;
    if (orderId === undefined) throw missing;
    await exchange.cancelOrder(orderId, symbol, {});
  },

  async fills(exchange, { id, symbol }) {
    return exchange.fetchMyTrades(symbol, undefined, LISTING.most, { orderId: id });
  },

  async fillsSince({ exchange, symbol, since, now }) {
    const trades = await inSpans(since, now, LISTING, (from, until) =>
      exchange.fetchMyTrades(symbol, from, LISTING.most, { until }),
    );
    if (trades.length === 0) return [];
    // A fill names its order by the exchange's own id alone.
    const orders = await ordersSince(exchange, symbol, since, now);
    const names = new Map(orders.map(({ id, clientOrderId }) => [id, clientOrderId]));
    return trades.map((trade) => ({ clientId: names.get(trade.order), trade }));
  },

  async openOrders(exchange) {
    const resting = await exchange.fetchOpenOrders(undefined, undefined, undefined, {});
    const stops = await exchange.fetchOpenOrders(undefined, undefined, undefined, STOPS);
    return [...resting, ...stops];
  },

  clientIdOf: (trade) => textIn(trade.info, 'c'),

  events: binanceEvents,
  idsSince: binanceIdsSince,
  byVenue,

  reasonOf: ({ info, status }) => textIn(info, 'failReason') ?? textIn(info, 'rm') ?? status ?? '',

  onClosedCandle(exchange, closed) {
    afterMessage(exchange, 'handleOHLCV', (message) => {
      const candle = partOf(message, 'k');
      if (truth(candle, 'x') !== true) return;
      closed(marketOf(message, candle), Number(textIn(candle, 't')));
    });
  },

  onCandleTrades(exchange, heard) {
    afterMessage(exchange, 'handleOHLCV', (message) => {
      const candle = partOf(message, 'k');
      const openTime = Number(textIn(candle, 't'));
      const count = Number(textIn(candle, 'n'));
      if (textIn(candle, 'i') !== BASE_TIMEFRAME || !Number.isSafeInteger(openTime) || !(count >= 0)) return;
      heard(marketOf(message, candle), { openTime, count, closed: truth(candle, 'x') === true });
    });
  },

  walletOf({ info }, coin) {
    const wallet = listIn(info, 'assets').find((each) => textIn(each, 'asset') === coin);
    return textIn(wallet, 'walletBalance');
  },

  async keyFacts(exchange) {
    // The futures account has no number of its own; its balances carry a name that stays.
    const balances: unknown = await exchange.request('balance', 'fapiPrivateV2', 'GET', {});
    const account = listIn({ balances }, 'balances').flatMap((each) => textIn(each, 'accountAlias') ?? [])[0];
    return { account: account ?? null, unfit: null, ...(await rights(exchange)) };
  },
};

const marketOf = (message: unknown, candle: unknown): string =>
  textIn(candle, 's') ?? textIn(message, 'ps') ?? '';

/**
 * What a key may do is told by another part of the exchange, which its test environment does not have, and which may be
 * down while all else is up: that is no reason to leave the positions of a session alone.
 */
async function rights(exchange: CcxtExchange): Promise<Omit<KeyFacts, 'account' | 'unfit'>> {
  try {
    const key = await exchange.request('account/apiRestrictions', 'sapi', 'GET', {});
    return {
      mayTrade: truth(key, 'enableFutures') ?? null,
      mayWithdraw: truth(key, 'enableWithdrawals') ?? null,
      boundToAddresses: truth(key, 'ipRestrict') ?? null,
      expires: expiry(textIn(key, 'tradingAuthorityExpirationTime')),
    };
  } catch (error) {
    const unknown = { mayTrade: null, mayWithdraw: null, boundToAddresses: null, expires: null };
    const reason = reasonOf(error);
    const nowhere = isA(error, 'ExchangeNotAvailable') && NOT_FOUND.test(reason);
    if (nowhere || isA(error, 'NotSupported') || error instanceof TypeError) return unknown;
    const trouble = troubleOf(error);
    if (trouble !== 'exchange_down' && trouble !== 'network') throw error;
    return { ...unknown, unheard: reason };
  }
}

/** An address that is not served there, as ccxt says it. */
const NOT_FOUND = /\b404 Not Found\b/;

function expiry(at: string | undefined): string | null {
  return at === undefined ? null : new Date(Number(at)).toISOString();
}

function booksOf(note: OrderNote | undefined): readonly Params[] {
  if (note === undefined) return [STOPS, {}];
  return [note.stop ? STOPS : {}];
}

async function inBook(
  exchange: CcxtExchange,
  symbol: string,
  clientId: string,
  book: Params,
): Promise<CcxtOrder | null> {
  try {
    const order = await exchange.fetchOrder(undefined, symbol, { ...book, clientOrderId: clientId });
    return order.clientOrderId === clientId ? order : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return isA(error, 'OrderNotFound') || /\(-201[13]\)/.test(reasonOf(error));
}

/** The id of the order that a stop has become, which may rest with a part filled. */
async function becomeOf(
  exchange: CcxtExchange,
  symbol: string,
  clientId: string,
): Promise<string | undefined> {
  const stop = await inBook(exchange, symbol, clientId, STOPS);
  return stop === null ? undefined : textIn(stop.info, 'actualOrderId');
}

/** A stop whose price has come, as the order that it has become; its price and its id stay those of the stop. */
async function triggered(exchange: CcxtExchange, symbol: string, stop: CcxtOrder): Promise<CcxtOrder> {
  const orderId = textIn(stop.info, 'actualOrderId');
  if (orderId === undefined) {
    // Neither waiting nor at the market: for a moment it is on its way from one to the other.
    if (stop.status === 'closed')
      throw new Incomplete('the stop has been triggered, and its order is not there yet');
    return stop;
  }
  const order = await exchange.fetchOrder(orderId, symbol, {});
  return {
    ...order,
    ...(stop.clientOrderId === undefined ? {} : { clientOrderId: stop.clientOrderId }),
    triggerPrice: stop.triggerPrice,
    amount: stop.amount,
  };
}
