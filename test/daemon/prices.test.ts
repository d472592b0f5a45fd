import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PriceFeed } from '../../src/daemon/price-feed.ts';
import { barColumns } from '../../src/market/bars.ts';
import type { Instrument } from '../../src/market/instrument.ts';
import { connect } from '../../src/protocol/client.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { type PricesNotification, pricesNotification } from '../../src/protocol/events.ts';
import { PriceBoard } from '../../src/session/price-board.ts';
import { serve } from './support.ts';

const instrument = (symbol: string, tick: string): Instrument => ({
  symbol,
  base: symbol,
  quote: 'USDT',
  type: 'linear',
  tick,
  lot: '1',
  minNotional: '5',
  makerFee: 0,
  takerFee: 0,
});

const INSTRUMENTS = [instrument('AAA', '0.05'), instrument('BBB', '1'), instrument('CCC', '0.0001')];

/** One close time with these closes, by the position of their symbols. */
function close(board: PriceBoard, at: number, closes: Readonly<Record<number, number>>): void {
  const bars = barColumns(INSTRUMENTS.length);
  bars.closeTime = at;
  for (const [symbol, price] of Object.entries(closes)) {
    bars.symbol[bars.count] = Number(symbol);
    bars.close[bars.count] = price;
    bars.count += 1;
  }
  board.closed(bars, INSTRUMENTS);
}

/** Collects, and lets a test wait for the next one. */
function collector() {
  const seen: PricesNotification[] = [];
  let wake: () => void = () => undefined;
  return {
    seen,
    onEvent: () => undefined,
    onPrices: (prices: PricesNotification) => {
      seen.push(prices);
      wake();
    },
    async next(): Promise<PricesNotification> {
      const count = seen.length;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      return seen[count] ?? assert.fail();
    },
  };
}

test('a board tells the newest price of what changed since it was last asked, on the tick', () => {
  const board = new PriceBoard();
  assert.equal(board.since(0, null), null);
  board.open('s1');
  assert.equal(board.since(0, null), null, 'nothing has closed yet');
  close(board, 10, { 0: 1.2, 1: 30_000 });
  close(board, 20, { 0: 1.25, 2: 0.00010000000000000003 });
  assert.deepEqual(board.since(0, null), {
    session: 's1',
    at: 20,
    prices: { AAA: '1.25', BBB: '30000', CCC: '0.0001' },
  });
  const seen = board.revision;
  assert.equal(board.since(seen, null), null);
  close(board, 30, { 0: 1.25, 1: 30_001 });
  assert.deepEqual(board.since(seen, null)?.prices, { BBB: '30001' });
  assert.equal(board.since(seen, new Set(['AAA'])), null);
  board.open('s2');
  assert.equal(board.since(0, null), null, 'a session does not show the prices of the one before');
  const before = board.revision;
  close(board, 40, { 0: 1.25 });
  assert.deepEqual(board.since(before, null), { session: 's2', at: 40, prices: { AAA: '1.25' } });
});

test('prices come to who asked for them, the newest in place of those between, and take no sequence number', async (t) => {
  const { socketPath, host } = await serve(t);
  await using client = await connect({ socketPath });
  const all = collector();
  const some = collector();
  const none = collector();
  const { start } = await client.subscribe({ topics: ['price'] }, all);
  await client.subscribe({ topics: ['price', 'trade'], symbols: ['BBB'] }, some);
  await client.subscribe({}, none);
  host.prices.open('s');
  for (let i = 1; i <= 1_000; i++) close(host.prices, i, { 0: i * 0.05, 1: i, 2: 0.5 });
  assert.deepEqual(pricesNotification.parse(await all.next()), {
    subscription: start.subscription,
    session: 's',
    at: 1_000,
    prices: { AAA: '50.00', BBB: '1000', CCC: '0.5000' },
  });
  close(host.prices, 1_001, { 0: 50, 1: 1_001, 2: 0.5 });
  assert.deepEqual((await all.next()).prices, { BBB: '1001' });
  close(host.prices, 1_002, { 0: 50.05 });
  assert.deepEqual((await all.next()).prices, { AAA: '50.05' });
  // Its answer comes after whatever was sent before.
  assert.equal((await client.call('daemon.info')).seq, start.seq);
  assert.deepEqual(
    some.seen.map(({ prices }) => prices),
    [{ BBB: '1000' }, { BBB: '1001' }],
  );
  assert.deepEqual(none.seen, [], 'who names no topics gets events alone');
});

test('prices come no more often than every 100 ms, however fast a replay runs', async (t) => {
  const { socketPath, host } = await serve(t);
  await using client = await connect({ socketPath });
  const prices = collector();
  host.prices.open('s');
  const began = performance.now();
  await client.subscribe({ topics: ['price'] }, prices);
  let i = 0;
  while (prices.seen.length < 4) {
    close(host.prices, ++i, { 0: i * 0.05 });
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(performance.now() - began >= 395, 'four of them came sooner');
  assert.ok(i > 10, 'there were many more prices than that');
});

test('symbols without topic price are refused: they would promise to sift events', async (t) => {
  const { socketPath } = await serve(t);
  await using client = await connect({ socketPath });
  for (const params of [{ symbols: ['AAA'] }, { topics: ['trade' as const], symbols: ['AAA'] }]) {
    await assert.rejects(client.call('events.subscribe', params), (error) => {
      assert.ok(error instanceof RpcError);
      assert.match(error.message, /symbols: .*`price`/);
      return error.code === 'INVALID_PARAMS';
    });
  }
});

test('who does not read gets no price queued, and the newest once it reads again', async () => {
  const board = new PriceBoard();
  const feed = new PriceFeed(board);
  board.open('s');
  const lines: string[] = [];
  const stalled = { ready: false, write: (line: string) => void lines.push(line) };
  let wake: () => void = () => undefined;
  const others = { ready: true, write: () => wake() };
  const tick = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const ends = [feed.add(1, null, stalled), feed.add(2, null, others)];
  // The feed's own timer lets a process end.
  const alive = setInterval(() => undefined, 1_000);
  try {
    for (let i = 1; i <= 3; i++) {
      close(board, i, { 0: i, 1: 7 });
      await tick();
    }
    assert.deepEqual(lines, []);
    stalled.ready = true;
    close(board, 4, { 2: 1 });
    await tick();
    assert.equal(lines.length, 1);
    assert.deepEqual(JSON.parse(lines[0] ?? '').params.prices, { AAA: '3.00', BBB: '7', CCC: '1.0000' });
  } finally {
    clearInterval(alive);
    for (const end of ends) end();
  }
});

test('the prices of a session are those that its positions are marked to', async (t) => {
  const { socketPath, host } = await serve(t);
  await using client = await connect({ socketPath });
  const prices = collector();
  await client.subscribe({ topics: ['price'] }, prices);
  await client.call('engine.start', { preset: 'breakout_v1', venue: 'sim', seed: 1, speed: 0 });
  assert.equal((await prices.next()).session, host.status().session);
  while (host.positions().length === 0) {
    assert.equal(host.status().ended, null);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const now = host.prices.since(0, null)?.prices ?? assert.fail();
  assert.deepEqual(Object.keys(now).sort(), [...host.engine.symbols()].sort());
  for (const { symbol, mark } of host.positions()) assert.equal(now[symbol], mark, symbol);
});
