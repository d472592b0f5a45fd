import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE } from '../../../src/market/time.ts';
import { type Emulated, emulated } from './emulated.ts';

const BTC = 'BTC/USDT:USDT';
const ETH = 'ETH/USDT:USDT';

/** The emulator counts in ticks and lots: how many there are to a whole one. */
const STEPS: Readonly<Record<string, { tick: number; lot: number }>> = {
  BTCUSDT: { tick: 10, lot: 10_000 },
  ETHUSDT: { tick: 100, lot: 1_000 },
};

/** A candle as the exchange's own books have it, in prices and base units. */
function told({ control }: Emulated, symbol: string, closeTime: number): number[] {
  const candle: unknown = control.candle(symbol, closeTime - BASE);
  assert.ok(typeof candle === 'object' && candle !== null);
  const steps = STEPS[symbol] ?? { tick: 1, lot: 1 };
  return ['open', 'high', 'low', 'close', 'volume'].map(
    (key) => Number(Reflect.get(candle, key)) / (key === 'volume' ? steps.lot : steps.tick),
  );
}

test('each close time gives one set of bars with all symbols, which are those of the exchange', async () => {
  await using session = await emulated();
  session.listen();
  await session.until('three closes', () => session.bars.length >= 3);
  const [first] = session.bars;
  for (const [i, { closeTime, phase, rows }] of session.bars.entries()) {
    assert.equal(phase, 'live');
    assert.equal(closeTime, (first?.closeTime ?? 0) + i * BASE);
    assert.deepEqual(rows.get(BTC), told(session, 'BTCUSDT', closeTime));
    assert.deepEqual(rows.get(ETH), told(session, 'ETHUSDT', closeTime));
  }
  assert.deepEqual(session.feed, []);
});

test('a candle that the exchange does not give in time is no bar: it comes late, and is never made up', async () => {
  await using session = await emulated();
  session.listen();
  await session.until('a first close', () => session.bars.length >= 1);
  const start = Math.floor(session.control.now() / BASE) * BASE;
  session.control.withholdCandle('ETHUSDT', start);
  await session.until('a second close', () => session.bars.length >= 2);
  const second = session.bars[1];
  assert.deepEqual([second?.closeTime, [...(second?.rows.keys() ?? [])]], [start + BASE, [BTC]]);
  assert.deepEqual(session.feed, [`${ETH} stale`]);
  session.control.giveBackCandle('ETHUSDT', start);
  await session.until('the late candle', () => session.bars.length >= 3);
  const late = session.bars[2];
  assert.deepEqual([late?.closeTime, late?.phase], [start + BASE, 'late']);
  assert.deepEqual(late?.rows.get(ETH), told(session, 'ETHUSDT', start + BASE));
  assert.deepEqual(session.feed, [`${ETH} stale`, `${ETH} live`]);
});

test('a correction of a closed candle is seen', async () => {
  await using session = await emulated();
  session.listen();
  await session.until('two closes', () => session.bars.length >= 2);
  const last = session.bars.at(-1);
  const was = last?.rows.get(BTC)?.[3] ?? 0;
  session.control.correctCandle('BTCUSDT', (last?.closeTime ?? 0) - BASE, { volume: 777 });
  await session.until('the next close', () => session.bars.length >= 3);
  assert.deepEqual(session.corrected, [`${BTC} ${was} ${was}`]);
});

test('after the streams were cut every bar is whole: what they missed is asked for', async () => {
  await using session = await emulated();
  session.listen();
  await session.until('a first close', () => session.bars.length >= 1);
  session.control.refuseStreams(true);
  session.control.closeStreams('');
  await session.until('the feed to be called stale', () => session.feed.includes('all stale'));
  await session.until('a close without streams', () => session.bars.length >= 2);
  session.control.refuseStreams(false);
  await session.until('the feed to be live', () => session.feed.includes('all live'));
  await session.until('closes with streams', () => session.bars.length >= 4);
  for (const { closeTime, rows, phase } of session.bars) {
    assert.equal(phase, 'live');
    assert.deepEqual(rows.get(BTC), told(session, 'BTCUSDT', closeTime));
  }
});

test('books come at most once a second for each symbol, with a bid under the ask', async () => {
  await using session = await emulated();
  session.listen();
  const begun = session.control.now();
  await session.until(
    'books of both',
    () => (session.books.get(BTC)?.length ?? 0) > 5 && (session.books.get(ETH)?.length ?? 0) > 5,
  );
  await session.until('the open interest', () => session.books.get(ETH)?.at(-1)?.openInterest !== undefined);
  assert.ok((session.books.get(ETH)?.at(-1)?.openInterest ?? 0) > 0);
  const seconds = (session.control.now() - begun) / 1_000;
  for (const books of session.books.values()) {
    assert.ok(books.length <= seconds + 1, `${books.length} in ${seconds} s`);
    for (const book of books)
      assert.ok(book.bid < book.ask && book.bidDepth05 >= book.bidDepth03 && book.bidDepth03 > 0);
  }
});
