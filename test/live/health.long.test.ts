/** What a daemon says of an exchange that fails it, and that it makes no entry on prices that do not come any more. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Emulator, startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { BASE } from '../../src/market/time.ts';
import type { ResourceHealth } from '../../src/protocol/health-view.ts';
import { Bot } from './bot.ts';
import { SYMBOLS } from './exchange.ts';

/** Five minutes of the exchange pass in ten seconds: faster, and a busy machine knows its time too badly for a live start. */
const SPEED = 30;

async function trading(t: TestContext): Promise<{ bot: Bot; emulator: Emulator }> {
  const emulator = await startEmulator({ symbols: SYMBOLS, speed: SPEED });
  t.after(() => emulator.stop());
  const bot = new Bot(emulator, SPEED);
  t.after(() => bot[Symbol.asyncDispose]());
  await bot.up();
  await bot.start();
  return { bot, emulator };
}

type Venue = NonNullable<ResourceHealth['venue']>;

const PATIENCE_MS = 240_000;

/** Asks for the health until it is so. */
async function healthUntil(
  bot: Bot,
  what: string,
  so: (venue: Venue, health: ResourceHealth) => boolean,
): Promise<ResourceHealth> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const health = await bot.client.call('engine.resourceHealth');
    if (health.venue !== null && so(health.venue, health)) return health;
    if (performance.now() > deadline)
      throw new Error(`${what} did not come about: ${JSON.stringify(health)}`);
    await delay(10);
  }
}

const codes = ({ issues }: ResourceHealth): string[] => issues.map(({ code }) => code);
const allUp = ({ streams, feed }: Venue): boolean =>
  !feed.stale && streams.length === 4 && streams.every(({ state }) => state === 'up');
const entries = (emulator: Emulator): number =>
  emulator.control.books().orders.filter(({ reduceOnly, linkId }) => !reduceOnly && linkId !== null).length;

test('streams that are lost are shown down, then the feed stale; no entry is made meanwhile, and all of it comes back', async (t) => {
  const { bot, emulator } = await trading(t);
  const { control } = emulator;
  const good = await healthUntil(bot, 'all streams up', allUp);
  assert.deepEqual(
    good.venue?.streams.map(({ name }) => name),
    ['candles', 'books', 'orders', 'fills'],
  );
  assert.deepEqual([good.venue?.exchange, good.venue?.environment], ['bybit', 'real']);
  await bot.until('an entry', () => entries(emulator) > 0);

  control.refuseStreams(true);
  control.closeStreams('');
  const down = await healthUntil(bot, 'a stream down', ({ streams }) =>
    streams.some(({ name, state }) => name === 'candles' && state === 'reconnecting'),
  );
  const candles = down.venue?.streams.find(({ name }) => name === 'candles');
  assert.ok((candles?.downSeconds ?? -1) >= 0 && (candles?.reconnects ?? 0) > 0, JSON.stringify(candles));
  assert.ok(codes(down).includes('STREAM_DOWN'), JSON.stringify(down.issues));
  const stale = await healthUntil(bot, 'a stale feed', ({ feed }) => feed.stale);
  const issue = stale.issues.find(({ code }) => code === 'EXCHANGE_FEED_STALE');
  assert.equal(issue?.severity, 'critical');
  assert.notEqual(issue?.mend, null);
  assert.equal(stale.status, 'critical');
  const { entries: may } = await bot.client.call('engine.explain', {});
  assert.ok(may.reasons.includes('the market data is stale'), JSON.stringify(may));
  const before = entries(emulator);
  const { at } = await bot.client.call('engine.status');
  // REST is there: candles close, and orders could be sent.
  await bot.until('three closes to pass', (status) => (status.at ?? 0) >= (at ?? 0) + 3 * BASE);
  assert.equal((await healthUntil(bot, 'the feed', () => true)).venue?.feed.stale, true);
  assert.equal(entries(emulator), before, 'an entry was sent on prices that do not come any more');

  control.refuseStreams(false);
  const back = await healthUntil(bot, 'all streams up again', allUp);
  assert.ok(!codes(back).includes('EXCHANGE_FEED_STALE') && !codes(back).includes('STREAM_DOWN'));
  await bot.until('an entry again', () => entries(emulator) > before);
});

test('a candle that does not come, prices that stop on open streams, too many requests, and an order of which nothing is known', async (t) => {
  const { bot, emulator } = await trading(t);
  const { control } = emulator;
  await healthUntil(bot, 'all streams up', allUp);

  const next = Math.floor(control.now() / BASE) * BASE + BASE;
  control.withholdCandle('BTCUSDT', next);
  const late = await healthUntil(bot, 'a late candle', ({ candles }) => candles.awaited.length > 0);
  assert.deepEqual(late.venue?.candles.awaited, [{ symbol: 'BTC/USDT:USDT', closeTime: next + BASE }]);
  assert.deepEqual(late.venue?.feed.staleSymbols, ['BTC/USDT:USDT']);
  assert.ok(codes(late).includes('SYMBOLS_STALE') && codes(late).includes('CANDLES_LATE'));
  control.giveBackCandle('BTCUSDT', next);
  await healthUntil(
    bot,
    'the candle',
    ({ candles, feed }) => candles.awaited.length === 0 && feed.staleSymbols.length === 0,
  );

  control.pushFault({ kind: 'drop-push' }, { match: 'kline', times: null });
  const silent = await healthUntil(bot, 'a silent feed', ({ feed }) => feed.stale);
  assert.equal(silent.venue?.streams.find(({ name }) => name === 'candles')?.state, 'up');
  control.clearFaults();
  await healthUntil(bot, 'prices', ({ feed }) => !feed.stale);

  control.requestFault(
    { kind: 'status', status: 429, acted: false },
    { match: '/v5/market/kline', times: 2 },
  );
  control.withholdCandle('ETHUSDT', Math.floor(control.now() / BASE) * BASE + BASE);
  const told = await healthUntil(bot, 'a 429', ({ errors }) => (errors.rate_limit ?? 0) > 0);
  assert.match(
    [told.venue?.lastError, ...(told.venue?.troubles ?? [])].map((each) => each?.message).join(),
    /too many requests for the exchange/,
  );

  control.requestFault({ kind: 'drop-request' }, { match: '/v5/order', times: null });
  const unknown = await healthUntil(bot, 'an order unknown', ({ unknownOrders }) => unknownOrders.length > 0);
  assert.ok(codes(unknown).includes('ORDERS_UNKNOWN'));
  assert.match(unknown.venue?.unknownOrders[0]?.symbol ?? '', /USDT/);
  const { text } = await bot.client.call('metrics.prometheus');
  assert.match(text, /^breakout_exchange_orders_unknown [1-9]/m);
  assert.match(text, /^breakout_exchange_stream_up\{stream="candles"\} 1$/m);
  assert.match(text, /^breakout_exchange_errors_total\{trouble="rate_limit"\} [1-9]/m);
  assert.match(text, /^breakout_exchange_feed_stale 0$/m);
  control.clearFaults();
  await healthUntil(bot, 'every order known', ({ unknownOrders }) => unknownOrders.length === 0);
});

test('a recovery that waits for its exchange says since when, of which session and why', async (t) => {
  const { bot, emulator } = await trading(t);
  const { session } = await bot.client.call('engine.status');
  await bot.down('SIGKILL');
  emulator.control.setDown(true);
  await bot.up();
  await bot.says(/bybit cannot be reached/);
  const { recovery, venue, issues } = await bot.client.call('engine.resourceHealth');
  assert.equal(venue, null);
  assert.equal(recovery?.session, session);
  assert.match(recovery?.reason ?? '', /waits for its exchange.*bybit cannot be reached/);
  assert.ok(Math.abs(Date.parse(recovery?.since ?? '') - Date.now()) < 600_000);
  assert.equal(issues[0]?.code, 'RECOVERING');
  emulator.control.setDown(false);
  await bot.until('it to go on', () => true);
  assert.equal((await bot.client.call('engine.resourceHealth')).recovery, null);
});
