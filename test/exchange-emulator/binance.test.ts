/** The second protocol over the same exchange: Binance's USD-M futures, through the real ccxt. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import { BASE, HOUR } from '../../src/market/time.ts';
import { type BinanceSession, binanceSession, only, PERPETUAL, watching } from './harness.ts';

test('markets, candles, tickers, book, trades and open interest are those of the exchange', async () => {
  await using session = await binanceSession();
  const { client, control } = session;
  control.advance(12 * BASE);
  await client.loadMarkets();
  const market = client.market(PERPETUAL);
  assert.deepEqual([market.linear, market.precision.price, market.precision.amount], [true, 0.1, 0.0001]);
  assert.equal(market.limits.cost?.min, 5);
  const start = control.now() - 12 * BASE;
  const candles = await client.fetchOHLCV(PERPETUAL, '5m', start, 12);
  assert.deepEqual(
    candles.map((row) => row[0]),
    Array.from({ length: 12 }, (_, index) => start + index * BASE),
  );
  const price = control.price('BTCUSDT');
  assert.equal(String((await client.fetchTickers([PERPETUAL]))[PERPETUAL]?.last), price.last);
  assert.equal(String((await client.fetchBidsAsks([PERPETUAL]))[PERPETUAL]?.bid), price.bid);
  const book = await client.fetchOrderBook(PERPETUAL, 50);
  assert.deepEqual([String(book.bids[0]?.[0]), String(book.asks[0]?.[0])], [price.bid, price.ask]);
  assert.equal(String((await client.fetchTrades(PERPETUAL)).at(-1)?.price), price.last);
  assert.ok(Number((await client.fetchOpenInterest(PERPETUAL)).openInterestAmount) > 0);
  assert.equal(await client.fetchTime(), control.now());
});

test('orders are placed, amended, found by either id and cancelled', async () => {
  await using session = await binanceSession();
  const { client, control } = session;
  const bid = Number(control.price('BTCUSDT').bid);
  const placed = await client.createOrder(PERPETUAL, 'limit', 'buy', 0.01, bid - 1_000, {
    clientOrderId: 'rest-1',
  });
  assert.deepEqual([placed.status, placed.clientOrderId], ['open', 'rest-1']);
  await client.editOrder(placed.id ?? '', PERPETUAL, 'limit', 'buy', 0.02, bid - 900);
  const found = await client.fetchOrder('', PERPETUAL, { clientOrderId: 'rest-1' });
  assert.deepEqual([found.id, found.amount, found.price], [placed.id, 0.02, bid - 900]);
  assert.equal(only(await client.fetchOpenOrders(PERPETUAL)).id, placed.id);
  await client.cancelOrder(placed.id ?? '', PERPETUAL);
  assert.deepEqual(await client.fetchOpenOrders(PERPETUAL), []);
  await assert.rejects(client.cancelOrder(placed.id ?? '', PERPETUAL), { name: 'OrderNotFound' });
  assert.equal((await client.fetchOrder(placed.id ?? '', PERPETUAL)).status, 'canceled');
});

test('a market order is filled, and trade, position and balance agree with the books', async () => {
  await using session = await binanceSession();
  const { client, control } = session;
  const { ask } = control.price('BTCUSDT');
  const order = await client.createOrder(PERPETUAL, 'market', 'buy', 0.01, undefined, {
    clientOrderId: 'entry-1',
  });
  assert.deepEqual([order.status, order.filled, String(order.average)], ['closed', 0.01, ask]);
  const execution = only(control.books().executions);
  const trade = only(await client.fetchMyTrades(PERPETUAL));
  assert.deepEqual(
    [trade.id, trade.order, String(trade.price), String(trade.fee?.cost), trade.takerOrMaker],
    [execution.id, order.id, execution.price, execution.fee, 'taker'],
  );
  const position = only(await client.fetchPositions());
  assert.deepEqual([position.side, position.contracts, String(position.entryPrice)], ['long', 0.01, ask]);
  const balance = await client.fetchBalance();
  const equity = Number(control.books().wallet.USDT) + Number(position.unrealizedPnl);
  assert.equal(Number(balance.USDT?.total).toFixed(6), equity.toFixed(6));
});

test('a fee has eight decimals and the wallet no more, or a session’s equity could never be the account’s', async () => {
  await using session = await binanceSession();
  const { client, control } = session;
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.0123);
  const { executions, wallet } = control.books();
  const { price, quantity, fee } = only(executions);
  const exact = new Big(price).times(quantity).times('0.00055');
  assert.notEqual(exact.round(8).toFixed(), exact.toFixed());
  assert.equal(fee, exact.round(8).toFixed());
  assert.equal(wallet.USDT, new Big(100_000).minus(fee).toFixed());
});

test('a stop waits in the books of conditional orders and becomes an order of the market when its price is met', async () => {
  await using session = await binanceSession();
  const { client, control } = session;
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.01);
  const last = Number(control.price('BTCUSDT').last);
  const params = { triggerPrice: last - 100, reduceOnly: true, clientOrderId: 'stop-1' };
  await client.createOrder(PERPETUAL, 'market', 'sell', 0.01, undefined, params);
  assert.deepEqual(await client.fetchOpenOrders(PERPETUAL), []);
  const waiting = only(await client.fetchOpenOrders(PERPETUAL, undefined, undefined, { trigger: true }));
  assert.deepEqual(
    [waiting.clientOrderId, waiting.triggerPrice, waiting.reduceOnly],
    ['stop-1', last - 100, true],
  );
  for (let n = 0; n < 96 && control.books().positions.length > 0; n += 1) control.advance(HOUR);
  assert.deepEqual(await client.fetchPositions(), []);
  const stop = await client.fetchOrder('', PERPETUAL, { clientOrderId: 'stop-1', trigger: true });
  assert.equal(stop.status, 'closed');
  const order = await client.fetchOrder(stop.info.actualOrderId, PERPETUAL);
  assert.deepEqual([order.status, order.filled], ['closed', 0.01]);
  await assert.rejects(
    client.createOrder(PERPETUAL, 'market', 'sell', 0.01, undefined, { triggerPrice: 900_000 }),
    { name: 'OrderImmediatelyFillable' },
  );
});

async function watchAccount({ client, control }: BinanceSession) {
  await client.loadMarkets();
  await client.watchPositions();
  const watched = {
    orders: client.watchOrders(),
    trades: client.watchMyTrades(),
    positions: client.watchPositions(),
  };
  watching(...Object.values(watched));
  await control.whenSubscribed('/private', ['userData']);
  return watched;
}

test('the user data stream tells of orders, trades, positions and stops', async () => {
  await using session = await binanceSession();
  const { client, control } = session;
  const watched = await watchAccount(session);
  const order = await client.createOrder(PERPETUAL, 'market', 'buy', 0.01, undefined, {
    clientOrderId: 'entry-1',
  });
  const execution = only(control.books().executions);
  const trade = only(await watched.trades);
  assert.deepEqual(
    [trade.id, trade.order, trade.amount, String(trade.fee?.cost)],
    [execution.id, order.id, 0.01, execution.fee],
  );
  const position = only(await watched.positions);
  assert.deepEqual([position.symbol, position.side, position.contracts], [PERPETUAL, 'long', 0.01]);
  assert.equal(only(await watched.orders).clientOrderId, 'entry-1');
  const next = client.watchOrders();
  const params = { triggerPrice: 1_000, reduceOnly: true, clientOrderId: 'stop-1' };
  await client.createOrder(PERPETUAL, 'market', 'sell', 0.01, undefined, params);
  const stop = (await next).find(({ clientOrderId }) => clientOrderId === 'stop-1');
  assert.deepEqual([stop?.status, stop?.triggerPrice], ['open', 1_000]);
});

test('candles, tickers, trades and the book are told as the exchange has them', async () => {
  await using session = await binanceSession();
  const { client, control } = session;
  await client.loadMarkets();
  const first = client.watchOHLCV(PERPETUAL, '5m');
  const ticker = client.watchTicker(PERPETUAL);
  const trades = client.watchTrades(PERPETUAL);
  watching(first, ticker, trades);
  await control.whenSubscribed('/market', ['btcusdt@kline_5m']);
  await control.whenSubscribed('/market', ['btcusdt@miniTicker']);
  await control.whenSubscribed('/public', ['btcusdt@trade']);
  control.advance(5_000);
  assert.equal(String((await first).at(-1)?.[4]), control.price('BTCUSDT').last);
  assert.equal(String((await ticker).last), control.price('BTCUSDT').last);
  assert.equal(String((await trades).at(-1)?.price), control.price('BTCUSDT').last);

  await client.watchOrderBook(PERPETUAL, 50);
  for (let n = 0; n < 40; n += 1) {
    const next = client.watchOrderBook(PERPETUAL, 50);
    control.advance(5_000);
    await next;
  }
  const kept = await client.fetchOrderBook(PERPETUAL, 50);
  const book = client.orderbooks[PERPETUAL];
  assert.deepEqual([[...(book?.bids ?? [])], [...(book?.asks ?? [])]], [kept.bids, kept.asks]);
});

test('an id may be used again once its order is done: a request that arrives twice is filled twice', async () => {
  await using session = await binanceSession();
  const { client, control } = session;
  await client.loadMarkets();
  control.requestFault({ kind: 'duplicate', reply: 'second' }, { match: 'POST /fapi/v1/order' });
  await client.createOrder(PERPETUAL, 'market', 'buy', 0.01, undefined, { clientOrderId: 'twice' });
  assert.equal(control.books().executions.length, 2);
  const bid = Number(control.price('BTCUSDT').bid);
  control.requestFault({ kind: 'duplicate', reply: 'second' }, { match: 'POST /fapi/v1/order' });
  await assert.rejects(
    client.createOrder(PERPETUAL, 'limit', 'buy', 0.01, bid - 1_000, { clientOrderId: 'resting' }),
    /-4116/,
  );
});

test('what goes wrong shows in the codes of the exchange', async () => {
  await using session = await binanceSession();
  const { client, control } = session;
  await client.loadMarkets();
  const order = () => client.createOrder(PERPETUAL, 'market', 'buy', 0.01);
  control.requestFault({ kind: 'status', status: 429, acted: false }, { match: '/order' });
  await assert.rejects(order(), { name: 'DDoSProtection' });
  control.requestFault({ kind: 'status', status: 503, acted: true }, { match: '/order' });
  await assert.rejects(order(), { name: 'ExchangeNotAvailable' });
  assert.equal(control.books().orders.length, 1);
  await assert.rejects(client.createOrder(PERPETUAL, 'market', 'buy', 500), { name: 'InsufficientFunds' });
  await assert.rejects(
    client.createOrder(PERPETUAL, 'market', 'buy', 0.01, undefined, { reduceOnly: true }),
    /-2022/,
  );
  await assert.rejects(
    client.createOrder(PERPETUAL, 'limit', 'buy', 0.01, 200_000, { postOnly: true }),
    /-5022/,
  );
  await client.setLeverage(5, PERPETUAL);
  await assert.rejects(client.setMarginMode('isolated', PERPETUAL), /-4048/);
  await client.setMarginMode('isolated', 'ETH/USDT:USDT');
  await assert.rejects(client.setPositionMode(true), /-4068/);
  control.skewClock(30_000);
  await assert.rejects(client.fetchBalance(), { name: 'InvalidNonce' });
  control.skewClock(0);
  control.setKey({ withdraw: true });
  const key = await client.sapiGetAccountApiRestrictions();
  assert.deepEqual([key.enableWithdrawals, key.enableFutures], [true, true]);
  control.revokeKey();
  await assert.rejects(client.fetchBalance(), { name: 'AuthenticationError' });
});
