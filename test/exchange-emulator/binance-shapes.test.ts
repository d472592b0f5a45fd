/** Every answer and push of the emulated Binance has the fields and types of the exchange's documents, and none besides. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT } from '../../scripts/exchange-emulator/binance/account.ts';
import { CODES } from '../../scripts/exchange-emulator/binance/codes.ts';
import { MARKET_DATA } from '../../scripts/exchange-emulator/binance/market-data.ts';
import { TRADING } from '../../scripts/exchange-emulator/binance/trading.ts';
import { BASE, HOUR } from '../../src/market/time.ts';
import { binanceSession } from './harness.ts';
import { BINANCE_ANSWERS, BINANCE_PUSHES, ERROR } from './shapes/binance.ts';
import { askBinance, type Fields, rawStream } from './shapes/raw-client.ts';
import { BINANCE_RECORDED } from './shapes/recorded.ts';
import { differences, lacking } from './shapes/shape.ts';

const WALLET = { USDT: '1000000' };
const BTC = { symbol: 'BTCUSDT' };
const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

test('a client of Binance finds in every answer the fields that the documents name, of their types, and those that ccxt has recorded of the real one', async () => {
  await using session = await binanceSession({ wallet: WALLET });
  const { emulator, control } = session;
  const wrong: string[] = [];
  const asked = new Set<string>();
  const empty: string[] = [];
  const ask = async (name: string, params: Fields = {}): Promise<void> => {
    const { status, body } = await askBinance(emulator, name, params);
    assert.equal(status, 200, `${name}: ${JSON.stringify(body)}`);
    const shape = BINANCE_ANSWERS[name];
    assert.ok(shape !== undefined, `${name} is in no table`);
    wrong.push(...differences(shape, body, name));
    const kept = BINANCE_RECORDED[name];
    if (kept !== undefined) wrong.push(...lacking(kept, body, name));
    asked.add(name);
    if (Array.isArray(body) && body.length === 0) empty.push(name);
  };
  const order = (params: Fields): Promise<void> => ask('POST /fapi/v1/order', { ...BTC, ...params });
  const stop = (params: Fields): Promise<void> =>
    ask('POST /fapi/v1/algoOrder', {
      ...BTC,
      algoType: 'CONDITIONAL',
      type: 'STOP_MARKET',
      side: 'SELL',
      quantity: '0.01',
      triggerPrice: '1000',
      ...params,
    });
  for (const name of ['ping', 'time', 'exchangeInfo', 'positionSide/dual', 'accountConfig'])
    await ask(`GET /fapi/v1/${name}`);
  control.advance(2 * BASE);
  await ask('GET /fapi/v1/klines', { ...BTC, interval: '5m' });
  for (const name of ['ticker/24hr', 'ticker/bookTicker', 'premiumIndex', 'openInterest', 'leverageBracket'])
    await ask(`GET /fapi/v1/${name}`, BTC);
  for (const name of ['depth', 'trades', 'aggTrades', 'symbolConfig', 'commissionRate'])
    await ask(`GET /fapi/v1/${name}`, BTC);
  await order({ type: 'MARKET', side: 'BUY', quantity: '0.02' });
  await order({
    type: 'LIMIT',
    side: 'BUY',
    quantity: '0.02',
    price: '1000',
    timeInForce: 'GTC',
    newClientOrderId: 'low',
  });
  await stop({ clientAlgoId: 'stop', reduceOnly: true });
  await stop({ clientAlgoId: 'other' });
  control.advance(60_000);
  await ask('PUT /fapi/v1/order', {
    ...BTC,
    origClientOrderId: 'low',
    side: 'BUY',
    quantity: '0.02',
    price: '1001',
  });
  for (const name of ['order', 'openOrder'])
    await ask(`GET /fapi/v1/${name}`, { ...BTC, origClientOrderId: 'low' });
  await ask('GET /fapi/v1/algoOrder', { ...BTC, clientAlgoId: 'stop' });
  for (const name of [
    'openOrders',
    'allOrders',
    'openAlgoOrders',
    'allAlgoOrders',
    'userTrades',
    'forceOrders',
  ])
    await ask(`GET /fapi/v1/${name}`, BTC);
  for (const name of ['positionRisk', 'account', 'balance'])
    for (const version of ['v2', 'v3']) await ask(`GET /fapi/${version}/${name}`);
  await ask('DELETE /fapi/v1/order', { ...BTC, origClientOrderId: 'low' });
  await ask('DELETE /fapi/v1/algoOrder', { ...BTC, clientAlgoId: 'stop' });
  await ask('DELETE /fapi/v1/allOpenOrders', BTC);
  await ask('DELETE /fapi/v1/algoOpenOrders', BTC);
  await ask('GET /fapi/v1/income', { incomeType: 'FUNDING_FEE' });
  await order({ type: 'MARKET', side: 'SELL', quantity: '0.02', reduceOnly: true });
  control.advance(1_000);
  await ask('POST /fapi/v1/leverage', { ...BTC, leverage: 7 });
  await ask('POST /fapi/v1/marginType', { ...BTC, marginType: 'ISOLATED' });
  await ask('POST /fapi/v1/positionSide/dual', { dualSidePosition: true });
  for (const name of ['capital/config/getall', 'margin/allPairs', 'margin/isolated/allPairs'])
    await ask(`GET /sapi/v1/${name}`);
  await ask('GET /sapi/v1/account/apiRestrictions');
  for (const method of ['POST', 'PUT', 'DELETE']) await ask(`${method} /fapi/v1/listenKey`);
  assert.deepEqual([...new Set(wrong)], []);
  assert.deepEqual(empty, [
    'GET /fapi/v1/forceOrders',
    'GET /fapi/v1/income',
    'GET /sapi/v1/margin/allPairs',
    'GET /sapi/v1/margin/isolated/allPairs',
  ]);
  assert.deepEqual(
    Object.keys(BINANCE_RECORDED).filter((name) => !asked.has(name)),
    [],
  );
  const emulated = Object.keys({ ...MARKET_DATA, ...TRADING, ...ACCOUNT });
  assert.deepEqual(
    emulated.filter((name) => !asked.has(name)),
    [],
  );
});

test('a client of Binance hears pushes of the documented form, of the market and of its account', async () => {
  await using session = await binanceSession({ wallet: WALLET });
  const { emulator, control } = session;
  const { streamUrl } = emulator;
  const streams = [
    'depth@100ms',
    'kline_5m',
    'ticker',
    'miniTicker',
    'bookTicker',
    'markPrice',
    'aggTrade',
    'trade',
  ];
  await using market = await rawStream(`${streamUrl}/ws/1`);
  market.say({ method: 'SUBSCRIBE', id: 1, params: streams.map((name) => `btcusdt@${name}`) });
  await market.until((message) => at(message, 'id') === 1);
  const key = at((await askBinance(emulator, 'POST /fapi/v1/listenKey', {})).body, 'listenKey');
  await using own = await rawStream(`${streamUrl}/private/ws?listenKey=${String(key)}`);
  control.advance(60_000);
  await askBinance(emulator, 'POST /fapi/v1/order', {
    ...BTC,
    type: 'MARKET',
    side: 'BUY',
    quantity: '0.02',
  });
  await askBinance(emulator, 'POST /fapi/v1/algoOrder', {
    ...BTC,
    algoType: 'CONDITIONAL',
    type: 'STOP_MARKET',
    side: 'SELL',
    quantity: '0.02',
    triggerPrice: '1000',
    reduceOnly: true,
  });
  control.advance(1_000);
  await askBinance(emulator, 'DELETE /fapi/v1/listenKey', {});
  const wrong: string[] = [];
  const missing = new Set(Object.keys(BINANCE_PUSHES));
  const ofMarket = ['reply', 'depthUpdate', 'kline', '24hrTicker', '24hrMiniTicker', 'bookTicker'];
  const waited = [
    [market, [...ofMarket, 'markPriceUpdate', 'aggTrade', 'trade']],
    [own, ['ORDER_TRADE_UPDATE', 'ACCOUNT_UPDATE', 'ALGO_UPDATE', 'listenKeyExpired']],
  ] as const;
  const nameOf = (message: unknown): string => String(at(message, 'e') ?? 'reply');
  for (const [stream, names] of waited) {
    for (const name of names) await stream.until((message) => nameOf(message) === name);
    for (const message of stream.heard) {
      const name = nameOf(message);
      const shape = BINANCE_PUSHES[name];
      assert.ok(shape !== undefined, `${name} is in no table`);
      missing.delete(name);
      wrong.push(...differences(shape, message, name));
    }
  }
  assert.deepEqual([...new Set(wrong)], []);
  assert.deepEqual([...missing], []);
});

test('what was paid for funding is told in the documented form', async () => {
  await using session = await binanceSession({ wallet: WALLET });
  const { emulator, control } = session;
  await askBinance(emulator, 'POST /fapi/v1/order', {
    ...BTC,
    type: 'MARKET',
    side: 'BUY',
    quantity: '0.02',
  });
  control.advance(1_000);
  control.fund('BTCUSDT', '0.0001');
  control.advance(HOUR);
  const { body } = await askBinance(emulator, 'GET /fapi/v1/income', { incomeType: 'FUNDING_FEE' });
  assert.ok(Array.isArray(body) && body.length === 1);
  assert.deepEqual(differences(BINANCE_ANSWERS['GET /fapi/v1/income'] ?? ERROR, body, 'income'), []);
});

test('what Binance refuses has its own code, which ccxt knows, and the HTTP status that goes with it', async () => {
  await using session = await binanceSession({ wallet: WALLET });
  const { emulator, client } = session;
  const order = { ...BTC, type: 'MARKET', side: 'BUY', quantity: '1' };
  const cases: readonly (readonly [number, number, string, Fields, Fields?])[] = [
    [400, -1121, 'GET /fapi/v1/klines', { symbol: 'NOUSDT', interval: '5m' }],
    [400, -1021, 'GET /fapi/v2/balance', {}, { timestamp: 1_000 }],
    [400, -1022, 'GET /fapi/v2/balance', {}, { secret: 'another' }],
    [401, -2015, 'GET /fapi/v2/balance', {}, { key: 'another' }],
    [400, -2011, 'DELETE /fapi/v1/order', { ...BTC, origClientOrderId: 'none' }],
    [400, -2013, 'GET /fapi/v1/order', { ...BTC, origClientOrderId: 'none' }],
    [400, -2019, 'POST /fapi/v1/order', { ...order, quantity: '900' }],
    [400, -2022, 'POST /fapi/v1/order', { ...order, reduceOnly: true }],
    [400, -4059, 'POST /fapi/v1/positionSide/dual', { dualSidePosition: false }],
    [400, -4021, 'GET /fapi/v1/depth', { ...BTC, limit: 200 }],
  ];
  for (const [status, code, name, params, over] of cases) {
    const answer = await askBinance(emulator, name, params, over);
    assert.deepEqual([answer.status, at(answer.body, 'code')], [status, code], name);
    assert.deepEqual(differences(ERROR, answer.body, name), []);
  }
  const exact = at(at(client.exceptions, 'linear'), 'exact');
  const shared = at(client.exceptions, 'exact');
  const known = [...Object.keys(Object(exact)), ...Object.keys(Object(shared))];
  const used = [...Object.values(CODES).map(([code]) => code), ...cases.map(([, code]) => code)].map(String);
  assert.deepEqual(
    [...new Set(used)].filter((code) => !known.includes(code)),
    [],
  );
});
