/** Every answer and push of the emulated Bybit has the fields and types of the exchange's documents, and none besides. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { ACCOUNT } from '../../scripts/exchange-emulator/bybit/account.ts';
import { LINEAR, SPOT } from '../../scripts/exchange-emulator/bybit/codes.ts';
import { MARKET_DATA } from '../../scripts/exchange-emulator/bybit/market-data.ts';
import { TRADING } from '../../scripts/exchange-emulator/bybit/trading.ts';
import { BASE } from '../../src/market/time.ts';
import { bybitSession } from './harness.ts';
import { BYBIT_ANSWERS, BYBIT_PUSHES, ENVELOPE } from './shapes/bybit.ts';
import { askBybit, type Fields, rawStream } from './shapes/raw-client.ts';
import { BYBIT_RECORDED } from './shapes/recorded.ts';
import { differences, lacking } from './shapes/shape.ts';

const WALLET = { USDT: '1000000', BTC: '1' };
const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

test('a client of Bybit finds in every answer the fields that the documents name, of their types, and those that ccxt has recorded of the real one', async () => {
  await using session = await bybitSession({ wallet: WALLET });
  const { emulator, control } = session;
  const wrong: string[] = [];
  const asked = new Set<string>();
  const empty: string[] = [];
  const recorded = new Set<string>();
  const ask = async (name: string, params: Fields = {}, refused = false): Promise<unknown> => {
    const { status, body } = await askBybit(emulator, name, params);
    assert.equal(status, 200);
    wrong.push(...differences(ENVELOPE, body, name));
    const result = at(body, 'result');
    if (!refused) assert.equal(at(body, 'retCode'), 0, `${name}: ${String(at(body, 'retMsg'))}`);
    const shape = BYBIT_ANSWERS[params.category === 'spot' ? `${name} spot` : name] ?? BYBIT_ANSWERS[name];
    assert.ok(shape !== undefined, `${name} is in no table`);
    wrong.push(...differences(shape, result, name));
    const kept = BYBIT_RECORDED[params.category === 'spot' ? `${name} spot` : name];
    if (kept !== undefined) {
      wrong.push(...lacking(kept, result, name));
      recorded.add(params.category === 'spot' ? `${name} spot` : name);
    }
    asked.add(name);
    const list = at(result, 'list');
    if (Array.isArray(list) && list.length === 0) empty.push(`${name} ${params.category ?? ''}`);
    return result;
  };
  for (const category of ['linear', 'spot']) {
    const on = { category, symbol: 'BTCUSDT' };
    const create = (params: Fields): Promise<unknown> => ask('POST /v5/order/create', { ...on, ...params });
    await ask('GET /v5/market/instruments-info', { category });
    control.advance(2 * BASE);
    await ask('GET /v5/market/kline', { ...on, interval: '5' });
    await ask('GET /v5/market/tickers', { category });
    await ask('GET /v5/market/orderbook', on);
    await ask('GET /v5/market/recent-trade', on);
    const stops = category === 'linear' ? { stopLoss: '1', tpslMode: 'Full' } : {};
    await create({ side: 'Buy', orderType: 'Market', qty: '0.02', marketUnit: 'baseCoin', ...stops });
    await create({
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.02',
      price: '1000',
      orderLinkId: `low-${category}`,
    });
    await create({
      side: 'Sell',
      orderType: 'Market',
      qty: '0.01',
      triggerPrice: '1000',
      triggerDirection: 2,
      orderLinkId: `stop-${category}`,
      ...(category === 'linear' ? { reduceOnly: true } : { orderFilter: 'StopOrder' }),
    });
    control.advance(60_000);
    await ask('POST /v5/order/amend', { ...on, orderLinkId: `low-${category}`, price: '1001' });
    await ask('GET /v5/order/realtime', on);
    await ask('POST /v5/order/cancel', { ...on, orderLinkId: `low-${category}` });
    await ask('GET /v5/order/history', on);
    await ask('GET /v5/execution/list', on);
    await ask('POST /v5/order/cancel-all', on);
    await ask('GET /v5/account/fee-rate', on);
  }
  const linear = { category: 'linear', symbol: 'BTCUSDT' };
  await ask('GET /v5/market/time');
  await ask('GET /v5/system/status');
  await ask('GET /v5/market/open-interest', { ...linear, intervalTime: '5min' });
  await ask('GET /v5/position/list', linear);
  await ask('POST /v5/position/trading-stop', { ...linear, stopLoss: '900', positionIdx: 0 });
  await ask('GET /v5/account/wallet-balance', { accountType: 'UNIFIED' });
  await ask('GET /v5/account/info');
  await ask('GET /v5/user/query-api');
  await ask('GET /v5/asset/coin/query-info');
  await ask('POST /v5/account/set-margin-mode', { setMarginMode: 'ISOLATED_MARGIN' });
  await ask('POST /v5/position/set-leverage', { ...linear, buyLeverage: '7', sellLeverage: '7' });
  await ask('POST /v5/position/switch-isolated', { ...linear, tradeMode: 1 }, true);
  await ask('POST /v5/position/switch-mode', { category: 'linear', coin: 'USDT', mode: 3 }, true);
  assert.deepEqual([...new Set(wrong)], []);
  assert.deepEqual(empty, ['GET /v5/system/status ']);
  assert.deepEqual([...recorded].sort(), Object.keys(BYBIT_RECORDED).sort());
  const emulated = Object.keys({ ...MARKET_DATA, ...TRADING, ...ACCOUNT });
  assert.deepEqual(
    emulated.filter((name) => !asked.has(name)),
    [],
  );
});

test('a client of Bybit hears pushes of the documented form, in public and of its account', async () => {
  await using session = await bybitSession({ wallet: WALLET });
  const { emulator, control } = session;
  const { streamUrl, apiKey, secret } = emulator;
  const wrong: string[] = [];
  const kinds = new Set<string>();
  const judge = (messages: readonly unknown[], suffix: string): void => {
    for (const message of messages) {
      const topic = String(at(message, 'topic') ?? (at(message, 'op') === 'pong' ? 'private pong' : 'reply'));
      const name = Object.keys(BYBIT_PUSHES)
        .filter((each) => topic === each || topic.startsWith(`${each}.`))
        .sort((a, b) => b.length - a.length)[0];
      const shape = BYBIT_PUSHES[`${name} ${suffix}`] ?? BYBIT_PUSHES[name ?? ''];
      assert.ok(shape !== undefined && name !== undefined, `${topic} is in no table`);
      kinds.add(name);
      wrong.push(...differences(shape, message, `${name} ${suffix}`));
    }
  };
  for (const category of ['linear', 'spot']) {
    await using stream = await rawStream(`${streamUrl}/v5/public/${category}`);
    const args = ['kline.5.BTCUSDT', 'tickers.BTCUSDT', 'orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT'];
    stream.say({ op: 'ping', req_id: '1' });
    stream.say({ op: 'subscribe', req_id: '2', args });
    await stream.until((message) => at(message, 'req_id') === '2');
    control.advance(60_000);
    const heard = (name: string) => (message: unknown) => String(at(message, 'topic')).startsWith(name);
    for (const name of args) await stream.until(heard(name));
    judge(stream.heard, category);
  }
  await using own = await rawStream(`${streamUrl}/v5/private`);
  const expires = control.now() + 10_000;
  const signature = createHmac('sha256', secret).update(`GET/realtime${expires}`).digest('hex');
  own.say({ op: 'ping', req_id: '1' });
  own.say({ op: 'auth', req_id: '2', args: [apiKey, expires, signature] });
  own.say({
    op: 'subscribe',
    req_id: '3',
    args: ['order', 'execution', 'execution.fast', 'position', 'wallet'],
  });
  await own.until((message) => at(message, 'req_id') === '3');
  for (const category of ['linear', 'spot'])
    await askBybit(emulator, 'POST /v5/order/create', {
      category,
      symbol: 'BTCUSDT',
      side: 'Buy',
      orderType: 'Market',
      marketUnit: 'baseCoin',
      qty: '0.02',
    });
  control.advance(1_000);
  for (const topic of ['order', 'execution', 'execution.fast', 'position', 'wallet'])
    await own.until((message) => at(message, 'topic') === topic);
  judge(own.heard, 'own');
  assert.deepEqual([...new Set(wrong)], []);
  assert.deepEqual(
    Object.keys(BYBIT_PUSHES).filter((name) => !name.endsWith(' spot') && !kinds.has(name)),
    [],
  );
});

test('what Bybit refuses has its own code, which ccxt knows, and an empty result', async () => {
  await using session = await bybitSession({ wallet: WALLET });
  const { emulator, client } = session;
  const linear = { category: 'linear', symbol: 'BTCUSDT' };
  const spot = { ...linear, category: 'spot' };
  const order = { side: 'Buy', orderType: 'Market', qty: '1' };
  const cases: readonly (readonly [number, string, Fields, Fields?])[] = [
    [10001, 'GET /v5/market/kline', { ...linear, symbol: 'NOUSDT', interval: '5' }],
    [10002, 'GET /v5/account/info', {}, { timestamp: 1_000 }],
    [10003, 'GET /v5/account/info', {}, { key: 'another' }],
    [10004, 'GET /v5/account/info', {}, { secret: 'another' }],
    [110001, 'POST /v5/order/cancel', { ...linear, orderLinkId: 'none' }],
    [170213, 'POST /v5/order/cancel', { ...spot, orderLinkId: 'none' }],
    [110007, 'POST /v5/order/create', { ...linear, ...order, qty: '900' }],
    [170131, 'POST /v5/order/create', { ...spot, ...order, qty: '900', marketUnit: 'baseCoin' }],
    [110017, 'POST /v5/order/create', { ...linear, ...order, reduceOnly: true }],
    [110025, 'POST /v5/position/switch-mode', { category: 'linear', coin: 'USDT', mode: 0 }],
  ];
  for (const [code, name, params, over] of cases) {
    const { status, body } = await askBybit(emulator, name, params, over);
    assert.deepEqual([status, at(body, 'retCode'), at(body, 'result')], [200, code, {}], name);
    assert.deepEqual(differences(ENVELOPE, body, name), []);
  }
  const known = Object.keys(Object(at(client.exceptions, 'exact')));
  const used = [...Object.values(LINEAR), ...Object.values(SPOT), ...cases.map(([code]) => code)].map(String);
  assert.deepEqual(
    [...new Set(used)].filter((code) => !known.includes(code)),
    [],
  );
});
