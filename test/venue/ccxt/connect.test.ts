import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEmulator } from '../../../scripts/exchange-emulator/emulator.ts';
import { BASE } from '../../../src/market/time.ts';
import { RequestBudget, RequestHeld } from '../../../src/venue/ccxt/budget.ts';
import { connect, govern } from '../../../src/venue/ccxt/connect.ts';
import { inLane } from '../../../src/venue/ccxt/lane.ts';
import { loadExchange } from '../../../src/venue/ccxt/library.ts';
import { machineTimer } from '../../../src/venue/ccxt/time.ts';

const URLS = { rest: 'http://127.0.0.1:1/', wsPublic: 'ws://127.0.0.1:2', wsPrivate: 'ws://127.0.0.1:3' };

async function made(id: string, over: object = {}) {
  const exchange = await loadExchange(id);
  assert.ok(exchange);
  return connect(exchange, { type: 'linear', quote: 'USDT', exact: false, ...over });
}

/** Every address in it. */
function addresses(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(addresses) : [];
}

for (const id of ['bybit', 'binanceusdm', 'okx']) {
  test(`${id}: with other base addresses no request can go to the exchange itself`, async () => {
    for (const sandbox of [false, true]) {
      const found = addresses((await made(id, { urls: URLS, sandbox })).urls.api);
      assert.ok(found.length > 1);
      for (const address of found) assert.match(address, /^(http|ws):\/\/127\.0\.0\.1:[123]/);
    }
  });
}

test('the sandbox is the test environment of the exchange', async () => {
  const found = addresses((await made('bybit', { sandbox: true })).urls.api);
  assert.ok(found.length > 0 && found.every((address) => address.includes('testnet')), found.join(' '));
});

test('an exchange without a test environment is refused for it, and not said to be out of reach', async () => {
  for (const id of ['kraken', 'coinbase'])
    await assert.rejects(
      made(id, { sandbox: true }),
      ({ name, message }: Error) =>
        name === 'VenueUnusable' && message.startsWith(`ccxt knows no test environment of ${id}: `),
    );
  // Its own addresses are the test environment's too.
  assert.ok(addresses((await made('bitget', { sandbox: true })).urls.api).length > 0);
});

test('an exchange that ccxt does not have is none, whatever its name leads to', async () => {
  for (const id of ['nowhere', '../bybit', '', 'BYBIT']) assert.equal(await loadExchange(id), null);
});

test('a machine whose clock is an hour off does not take its connections for dead', async () => {
  const instance = await made('bybit');
  govern(instance, new RequestBudget(machineTimer, 20), () => Date.now() - 3_600_000);
  await instance.loadHttpProxyAgent();
  const client = instance.client('ws://127.0.0.1:1/v5/public/linear');
  client.lastPong = instance.milliseconds();
  assert.ok(Math.abs(Date.now() - client.lastPong) < 60_000);
});

test('what ccxt lets nobody wait for on a connection does not end the process when it closes', async () => {
  const instance = await made('binanceusdm');
  govern(instance, new RequestBudget(machineTimer, 20), () => Date.now());
  await instance.loadHttpProxyAgent();
  const unheard: unknown[] = [];
  const hear = (error: unknown): number => unheard.push(error);
  process.on('unhandledRejection', hear);
  void instance.client('ws://127.0.0.1:1/ws/key').future('swap:fetchPositionsSnapshot');
  await instance.close();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', hear);
  assert.deepEqual(unheard, []);
});

test('what ccxt remembers of candles does not grow with the days that a session lasts', async () => {
  const emulator = await startEmulator({ protocol: 'bybit', symbols: ['BTCUSDT'] });
  const urls = { rest: emulator.restUrl, wsPublic: emulator.streamUrl, wsPrivate: emulator.streamUrl };
  const instance = await made('bybit', { urls });
  await instance.loadHttpProxyAgent();
  await instance.loadMarkets();
  const symbol = 'BTC/USDT:USDT';
  const kept = () => [...(instance.ohlcvs[symbol]?.['5m'] ?? [])];
  await instance.watchOHLCV(symbol, '5m');
  const first = Number(kept().at(-1)?.[0]);
  while (Number(kept().at(-1)?.[0]) < first + 20 * BASE) {
    const heard = instance.watchOHLCV(symbol, '5m');
    emulator.control.advance(BASE / 2);
    await heard;
  }
  assert.ok(kept().length <= 8, `${kept().length} candles are remembered`);
  await instance.close();
  await emulator.stop();
});

test('an order of a process that stood still before it was signed is not sent: it was given up meanwhile', async (t) => {
  const emulator = await startEmulator({ symbols: ['BTCUSDT'] });
  t.after(() => emulator.stop());
  const credentials = { apiKey: emulator.apiKey, secret: emulator.secret, source: 'test' } as const;
  const urls = { rest: emulator.restUrl, wsPublic: emulator.streamUrl, wsPrivate: emulator.streamUrl };
  const instance = await made('bybit', { urls, credentials });
  let stoodStill = 0;
  govern(instance, new RequestBudget(machineTimer, 20), () => emulator.control.now() + stoodStill);
  await instance.loadMarkets();
  const until = emulator.control.now() + 2_500;
  const order = () =>
    inLane(
      'orders',
      () => instance.createOrder('BTC/USDT:USDT', 'market', 'buy', '0.01', undefined, {}),
      until,
    );
  const late = order();
  stoodStill = 3_000;
  await assert.rejects(late, RequestHeld);
  assert.equal(emulator.control.books().orders.length, 0);
  stoodStill = 0;
  await order();
  assert.equal(emulator.control.books().orders.length, 1);
});
