/** What can go wrong with what is told without being asked, and with the candles. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE } from '../../src/market/time.ts';
import { bybitSession, only, PERPETUAL, type Session, watching } from './harness.ts';

/** Counts the messages of a topic that reach the client. */
async function listen({ client, control }: Session, topics: readonly string[]) {
  await client.loadMarkets();
  const heard: string[] = [];
  const handle = client.handleMessage.bind(client);
  let wake: () => void = () => undefined;
  client.handleMessage = (
    from: Parameters<typeof handle>[0],
    message: { topic?: string; data?: { orderStatus?: string }[] },
  ) => {
    handle(from, message);
    if (message.topic !== undefined)
      heard.push([message.topic, message.data?.[0]?.orderStatus].join(' ').trim());
    wake();
  };
  watching(client.watchOrders(), client.watchMyTrades());
  await control.whenSubscribed('/v5/private', topics);
  const until = async (count: number) => {
    while (heard.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return heard;
  };
  return { until };
}

const buy = ({ client }: Session, id: string) =>
  client.createOrder(PERPETUAL, 'market', 'buy', 0.01, undefined, { clientOrderId: id });

test('a push comes twice, in another order, late, or not at all', async () => {
  await using session = await bybitSession();
  const { control } = session;
  const { until } = await listen(session, ['order', 'execution']);
  control.pushFault({ kind: 'duplicate-push' }, { match: 'execution' });
  await buy(session, 'twice');
  assert.deepEqual(await until(3), ['execution', 'execution', 'order Filled']);
  control.pushFault({ kind: 'hold-push', behind: 1 }, { match: 'execution' });
  await buy(session, 'reordered');
  assert.deepEqual((await until(5)).slice(3), ['order Filled', 'execution']);
  control.pushFault({ kind: 'drop-push' }, { match: 'order' });
  control.pushFault({ kind: 'delay-push', ms: 60_000 }, { match: 'execution' });
  await buy(session, 'late');
  await buy(session, 'after');
  assert.deepEqual((await until(7)).slice(5), ['execution', 'order Filled']);
  control.advance(60_000);
  assert.deepEqual((await until(8)).slice(7), ['execution']);
});

test('a stream that breaks is seen, and watched again it goes on', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  await client.loadMarkets();
  const orders = client.watchOrders();
  await control.whenSubscribed('/v5/private', ['order']);
  assert.equal(control.closeStreams('/v5/private'), 1);
  await assert.rejects(orders, { name: 'NetworkError' });
  const again = client.watchOrders();
  await control.whenSubscribed('/v5/private', ['order']);
  await buy(session, 'again');
  assert.equal(only(await again).clientOrderId, 'again');
});

test('a candle is missing until the exchange has it', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const start = control.now() + BASE;
  control.withholdCandle('BTCUSDT', start);
  control.advance(3 * BASE);
  const times = async () => (await client.fetchOHLCV(PERPETUAL, '5m', start - BASE, 3)).map((row) => row[0]);
  assert.deepEqual(await times(), [start - BASE, start + BASE]);
  assert.ok(control.giveBackCandle('BTCUSDT', start));
  assert.deepEqual(await times(), [start - BASE, start, start + BASE]);
});

test('a closed candle that is corrected is pushed again and served as it now is', async () => {
  await using session = await bybitSession();
  const { client, control } = session;
  const start = control.now();
  control.advance(BASE);
  await client.watchOHLCV(PERPETUAL, '5m');
  const corrected = client.watchOHLCV(PERPETUAL, '5m');
  const close = control.candle('BTCUSDT', start)?.close ?? 0;
  assert.ok(control.correctCandle('BTCUSDT', start, { close: close - 10 }));
  await corrected;
  const served = only(await client.fetchOHLCV(PERPETUAL, '5m', start, 1));
  assert.equal(served[4], (close - 10) / 10);
});
