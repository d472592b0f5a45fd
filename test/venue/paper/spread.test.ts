import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryRecord } from '../../../src/venue/simulated/kept/record.ts';
import { BUY, book, life, STOP } from './kit.ts';

const SMALL = { ...BUY, quantity: '0.1' } as const;
const MARKET = { ...SMALL, type: 'market', price: null } as const;

/** What a market buy pays, and a stop that falls to 95 gets. */
function prices(half: number): readonly [number, number] {
  const { broker, submit, fills } = life(new MemoryRecord());
  submit(MARKET);
  broker.quote(0, book(100, half));
  submit({ ...STOP, quantity: '0.1' });
  broker.quote(0, book(95, half));
  return [Number(fills(1)[0]?.price), Number(fills(2)[0]?.price)];
}

test('a wide market costs half its own spread on each side; a narrow one no less than is assumed of every market', () => {
  const [bought, sold] = prices(0.5);
  // Beside the spread: 2 bps of slippage, something for size, and the rounding to a tick.
  assert.ok(bought >= 100.5 && bought <= 100.7, `${bought}`);
  assert.ok(sold <= 94.5 && sold >= 94.3, `${sold}`);
  assert.deepEqual(prices(0.001), prices(0.01), 'under 1 bp it is 1 bp');
  assert.ok(prices(0.05)[0] <= 100.2);
});

test('a limit is no bargain in a wide market: it meets the side that would fill it, not the middle', () => {
  const { broker, submit, fills } = life(new MemoryRecord());
  submit({ ...SMALL, price: '100.2' });
  broker.quote(0, book(100, 0.5));
  assert.deepEqual(fills(1), [], 'nobody sells under 100.5');
  broker.quote(0, book(99.5, 0.5));
  const [fill] = fills(1);
  assert.deepEqual([fill?.price, fill?.liquidity], ['100.2', 'maker']);

  submit({ ...SMALL, id: 2, side: 'sell', purpose: 'tp1', price: '101', reduceOnly: true });
  broker.quote(0, book(101.3, 0.5));
  assert.deepEqual(fills(2), [], 'nobody bids more than 100.8');
  broker.quote(0, book(101.7, 0.5));
  assert.equal(fills(2)[0]?.price, '101.0');
});

test('a limit that is marketable as it arrives pays the offer, and never more than its price', () => {
  const { broker, submit, fills } = life(new MemoryRecord());
  submit({ ...SMALL, price: '102' });
  broker.quote(0, book(100, 0.5));
  const [fill] = fills(1);
  assert.ok(Number(fill?.price) >= 100.5 && Number(fill?.price) <= 100.7, fill?.price);
  assert.equal(fill?.liquidity, 'taker');
  submit({ ...SMALL, id: 3, price: '100.5' });
  broker.quote(0, book(100, 0.5));
  assert.equal(fills(3)[0]?.price, '100.5');
});
