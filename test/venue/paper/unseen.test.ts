/** Orders on paper and the candles of a time in which quotes did not come. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, MINUTE, SECOND } from '../../../src/market/time.ts';
import { MemoryRecord } from '../../../src/venue/simulated/kept/record.ts';
import { BUY, book, candle, INSTRUMENT, life, STOP } from './kit.ts';

/** Long at 100 with a stop at 95 that was there before the second interval, at `at` of which quotes come no more. */
function blindFrom(at: number, record = new MemoryRecord()) {
  const account = life(record, { at: BASE });
  account.submit(BUY);
  account.quotes(BASE + 2 * SECOND, 100);
  account.submit(STOP);
  account.quotes(at, 100);
  return account;
}

test('a stop that was hit while no quotes came is hit once they close in a candle, at its own price or worse, and once', () => {
  const { broker, now, held, fills, pushes } = blindFrom(2 * BASE + MINUTE);
  now.at = 3 * BASE + SECOND;
  const bars = candle(3 * BASE, [100, 101, 94, 100]);
  broker.closed(bars);
  assert.equal(held(), null);
  broker.closed(bars);
  broker.quote(0, book(94));
  broker.catchUp([bars], broker.owed);
  const [fill, ...more] = fills(2);
  assert.ok(Number(fill?.price) <= 95 && Number(fill?.price) > 94.7, fill?.price);
  assert.deepEqual(more, []);
  assert.equal(pushes.filter(({ kind, clientId }) => kind === 'fill' && clientId === 'bo-s-2-1').length, 1);
});

test('a stop that the candle opens beyond gets the open, not its own price', () => {
  const { broker, now, fills } = blindFrom(2 * BASE + SECOND);
  now.at = 3 * BASE + SECOND;
  broker.closed(candle(3 * BASE, [93, 99, 92, 98]));
  assert.ok(Number(fills(2)[0]?.price) <= 93, fills(2)[0]?.price);
});

test('a candle whose whole span quotes have shown hits nothing, neither before the next quote nor after', () => {
  const { broker, now, held, quotes } = blindFrom(3 * BASE - SECOND);
  now.at = 3 * BASE + SECOND;
  broker.closed(candle(3 * BASE, [100, 101, 94, 100]));
  assert.equal(held(), '0.5', 'the next quote may be about to come');
  quotes(4 * BASE + SECOND, 100);
  broker.closed(candle(4 * BASE, [100, 101, 94, 100]));
  quotes(4 * BASE + MINUTE, 100);
  assert.deepEqual([held(), broker.owedFrom], ['0.5', 0]);
});

test('quotes that end with the last seconds of a candle leave it to be met once that is known', () => {
  const { broker, now, held } = blindFrom(3 * BASE - 3 * SECOND);
  now.at = 3 * BASE + SECOND;
  broker.closed(candle(3 * BASE, [100, 101, 94, 100]));
  assert.equal(held(), '0.5');
  now.at = 3 * BASE + MINUTE;
  broker.quote(0, book(100));
  assert.equal(held(), null);
});

test('what a quote has filled no candle fills again', () => {
  const { broker, now, fills } = blindFrom(2 * BASE + MINUTE);
  now.at = 2 * BASE + 2 * MINUTE;
  broker.quote(0, book(94));
  assert.equal(fills(2).length, 1);
  now.at = 3 * BASE + SECOND;
  broker.closed(candle(3 * BASE, [100, 101, 93, 100]));
  assert.equal(fills(2).length, 1);
});

test('a stop that was placed while quotes did not come is not hit by what was before it, only by the close', () => {
  for (const [close, left] of [
    [100, '0.5'],
    [94, null],
  ] as const) {
    const { broker, now, held, amend } = blindFrom(2 * BASE + MINUTE);
    now.at = 2 * BASE + 2 * MINUTE;
    amend(2, '97');
    now.at = 3 * BASE + SECOND;
    broker.closed(candle(3 * BASE, [100, 101, 94, close]));
    assert.equal(held(), left, `closed at ${close}`);
  }
});

test('a stop that trails as a candle closes is hit in the next one where quotes end after it', () => {
  const { broker, now, held, amend, fills } = blindFrom(2 * BASE + 2 * SECOND);
  amend(2, '97');
  now.at = 3 * BASE + SECOND;
  broker.closed(candle(3 * BASE, [100, 101, 96, 100]));
  assert.equal(held(), null);
  assert.ok(Number(fills(2)[0]?.price) <= 97 && Number(fills(2)[0]?.price) > 96.7);
});

test('a stop that trails to where the price has been in that candle is not hit by that', () => {
  const { broker, now, held, amend, quotes } = blindFrom(2 * BASE);
  quotes(2 * BASE + SECOND, 96.5);
  quotes(2 * BASE + 3 * SECOND, 100);
  amend(2, '97');
  now.at = 3 * BASE + SECOND;
  broker.closed(candle(3 * BASE, [100, 101, 96, 100]));
  assert.equal(held(), '0.5');
});

test('a target and a stop in one candle go by its path, as in every simulation', () => {
  const { broker, now, submit, fills } = blindFrom(2 * BASE);
  submit({ ...STOP, id: 3, type: 'limit', purpose: 'tp1', price: '103', stopPrice: null });
  now.at = 2 * BASE + SECOND;
  broker.quote(0, book(100));
  now.at = 3 * BASE + SECOND;
  // The low is nearer to the open.
  broker.closed(candle(3 * BASE, [98, 104, 94, 100]));
  assert.deepEqual([fills(2).length, fills(3).length], [1, 0]);
});

test('an order to the market that waits for a quote in vain takes the close', () => {
  const { broker, now, submit, held, fills } = blindFrom(2 * BASE + MINUTE);
  now.at = 2 * BASE + 3 * MINUTE;
  submit({ ...STOP, id: 3, type: 'market', purpose: 'exit', stopPrice: null });
  assert.equal(held(), '0.5');
  now.at = 3 * BASE + SECOND;
  broker.closed(candle(3 * BASE, [100, 101, 96, 98]));
  assert.equal(held(), null);
  assert.ok(Number(fills(3)[0]?.price) <= 98 && Number(fills(3)[0]?.price) > 97.7);
});

test('candles that have not come are owed, and met before those that came after them', () => {
  const { broker, now, submit, fills, held } = blindFrom(2 * BASE - SECOND);
  submit({ ...STOP, id: 3, type: 'limit', purpose: 'tp1', price: '103', stopPrice: null });
  now.at = 2 * BASE;
  broker.closed(candle(2 * BASE, [100, 100, 100, 100]));
  broker.quote(0, book(100));
  now.at = 4 * BASE + SECOND;
  const target = candle(4 * BASE, [99, 104, 99, 103]);
  broker.closed(target);
  assert.deepEqual([held(), broker.owedFrom], ['0.5', 2 * BASE]);
  broker.catchUp([candle(3 * BASE, [100, 100, 94, 99]), target], broker.owed);
  assert.deepEqual([fills(2).length, fills(3).length, broker.owedFrom], [1, 0, 0]);
});

test('a candle that the exchange never had is owed no longer than until that is known', () => {
  const { broker, now, held } = blindFrom(2 * BASE);
  now.at = 4 * BASE + SECOND;
  const last = candle(4 * BASE, [100, 100, 94, 100]);
  broker.closed(last);
  assert.equal(held(), '0.5');
  broker.catchUp([last], broker.owed);
  assert.deepEqual([held(), broker.owedFrom], [null, 0]);
});

test('what quotes have shown they have shown after a restart too', () => {
  const record = new MemoryRecord();
  const first = blindFrom(3 * BASE - SECOND, record);
  first.now.at = 3 * BASE;
  first.broker.closed(candle(3 * BASE, [100, 101, 94, 100]));
  first.quotes(3 * BASE + MINUTE, 100);
  const second = life(record, { at: 4 * BASE + MINUTE });
  assert.equal(second.broker.owedFrom, 3 * BASE);
  second.broker.catchUp(
    [candle(3 * BASE, [100, 101, 94, 100]), candle(4 * BASE, [100, 101, 96, 100])],
    second.broker.owed,
  );
  assert.equal(second.held(), '0.5');
});

/** Dies with a write: what comes after it is not written. */
class DyingRecord extends MemoryRecord {
  writes = Number.POSITIVE_INFINITY;

  override snapshot(bars: number, state: Uint8Array): void {
    if (this.writes === 0) return;
    super.snapshot(bars, state);
    this.writes -= 1;
  }
}

test('what a candle had too little volume for is not sold to it once more when the process dies as it writes that down', () => {
  const record = new DyingRecord();
  const first = blindFrom(2 * BASE + MINUTE, record);
  first.now.at = 3 * BASE + SECOND;
  const bars = candle(3 * BASE, [100, 101, 94, 94], 1);
  record.writes = 1;
  first.broker.closed(bars);
  const sold = first.fills(2).length;
  assert.ok(sold > 0 && first.held() !== null, 'a part of it');
  record.writes = Number.POSITIVE_INFINITY;
  const second = life(record, { at: 3 * BASE + MINUTE });
  second.broker.catchUp([bars], second.broker.owed);
  assert.deepEqual([second.fills(2).length, second.held()], [sold, first.held()]);
});

test('candles that are had for one market settle none of another, which is owed its own a moment later: its stop would never be hit', () => {
  const symbol = 'ETH/USDT:USDT';
  const other = { ...INSTRUMENT, symbol, base: 'ETH' };
  const { broker, now, submit, fills } = life(new MemoryRecord(), { at: BASE }, [INSTRUMENT, other]);
  const quotes = (to: number): void => {
    for (; now.at < to; now.at += SECOND) for (const place of [0, 1]) broker.quote(place, book(100));
  };
  submit(BUY);
  submit({ ...BUY, id: 3, symbol });
  quotes(BASE + 2 * SECOND);
  submit(STOP);
  submit({ ...STOP, id: 4, symbol });
  quotes(2 * BASE + MINUTE);
  // Neither quotes nor the candle that closes meanwhile come.
  now.at = 3 * BASE + MINUTE;
  quotes(4 * BASE - 3 * SECOND);
  now.at = 4 * BASE + SECOND;
  broker.quote(0, book(100));
  const history = (place: number) =>
    [candle(3 * BASE, [100, 101, 94, 100]), candle(4 * BASE, [100, 101, 99, 100])].map((bars) => {
      bars.symbol[0] = place;
      return bars;
    });
  const first = broker.owed;
  assert.deepEqual([...first], [INSTRUMENT.symbol], 'the other may be about to be quoted');
  broker.catchUp(history(0), first);
  assert.equal(fills(2).length, 1);
  now.at = 4 * BASE + 2 * SECOND;
  broker.quote(1, book(100));
  assert.deepEqual([...broker.owed], [symbol]);
  broker.catchUp(history(1), broker.owed);
  assert.equal(fills(4).length, 1);
  assert.equal(broker.owedFrom, 0);
});
