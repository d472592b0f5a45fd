import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BASE, SECOND } from '../../../src/market/time.ts';
import type { Answer } from '../../../src/venue/broker.ts';
import { MemoryRecord } from '../../../src/venue/simulated/kept/record.ts';
import { BUY, book, candle, INSTRUMENT, life, STOP } from './kit.ts';

test('orders meet the quotes that come after them, and are told of as an exchange tells', () => {
  const { broker, pushes, answers, submit, held } = life(new MemoryRecord());
  broker.quote(0, book(99));
  submit(BUY);
  assert.deepEqual([answers, held()], [[{ kind: 'done' }], null]);
  broker.quote(0, book(100));
  assert.equal(held(), '0.5');
  assert.deepEqual(
    pushes.map(({ kind, clientId }) => [kind, clientId]),
    [
      ['accepted', 'bo-s-1-1'],
      ['fill', 'bo-s-1-1'],
    ],
  );
});

test('a request that comes twice makes one order; one that cannot be is refused with the reason', () => {
  const { broker, answers, submit, held } = life(new MemoryRecord());
  submit(BUY);
  submit(BUY);
  broker.quote(0, book(100));
  submit({ ...BUY, id: 3, quantity: '0.0005' });
  assert.equal(held(), '0.5');
  assert.deepEqual(
    answers.map(({ kind }) => kind),
    ['done', 'done', 'refused'],
  );
});

test('the account outlives whoever trades on it, and a stop that was hit meanwhile is hit', () => {
  const record = new MemoryRecord();
  const first = life(record, { at: BASE + SECOND });
  first.submit(BUY);
  first.broker.quote(0, book(100));
  first.submit(STOP);

  const second = life(record, { at: 4 * BASE + SECOND });
  assert.deepEqual([second.held(), second.broker.owedFrom], ['0.5', BASE]);
  // It began before the stop was there: its low may be of before.
  second.broker.catchUp([candle(2 * BASE, [100, 100, 90, 99])], second.broker.owed);
  assert.equal(second.held(), '0.5');
  const since = [candle(3 * BASE, [99, 100, 94, 99]), candle(4 * BASE, [99, 99, 90, 99])];
  second.broker.catchUp(since, second.broker.owed);
  assert.equal(second.held(), null);
  const [fill, ...more] = second.fills(2);
  assert.ok(fill !== undefined && Number(fill.price) <= 95 && Number(fill.price) > 94.7, fill?.price);
  assert.deepEqual([more, second.broker.owedFrom], [[], 0]);
  second.broker.catchUp(since, second.broker.owed);
  assert.equal(second.fills(2).length, 1);
});

test('an account that an earlier program wrote down goes on: its stop meets what came since', () => {
  const record = new MemoryRecord();
  // Bought at 100 with a stop at 95, both at the close of the first interval.
  const state = readFileSync(new URL('../../fixtures/paper/record-v2.bin', import.meta.url));
  record.snapshot(0, new Uint8Array(state));
  const { broker, held, fills } = life(record, { at: 3 * BASE + SECOND });
  assert.deepEqual([held(), broker.owedFrom], ['0.5', BASE]);
  broker.catchUp([candle(2 * BASE, [100, 101, 96, 100]), candle(3 * BASE, [100, 100, 94, 99])], broker.owed);
  assert.deepEqual([held(), fills(2).length], [null, 1]);
  assert.equal(life(record).held(), null, 'it is written down anew');
});

test('a cancel and an amend act at once; of an order that is over they are refused', () => {
  const { broker, submit, lookUp } = life(new MemoryRecord());
  submit(BUY);
  broker.quote(0, book(100));
  submit(STOP);
  const told: Answer[] = [];
  const answer = (each: Answer) => {
    told.push(each);
  };
  broker.amend(STOP.symbol, 'bo-s-2-1', { quantity: '0.5', stopPrice: '97' }, answer);
  broker.cancel(STOP.symbol, 'bo-s-2-1', answer);
  broker.cancel(STOP.symbol, 'bo-s-2-1', answer);
  broker.cancel(STOP.symbol, 'bo-s-9-1', answer);
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['done', 'done', 'refused', 'refused'],
  );
  const stop = lookUp(2);
  assert.ok(stop.kind === 'found');
  assert.deepEqual([stop.order.status, stop.order.stopPrice], ['cancelled', '97.0']);
});

test('an account keeps its markets apart when others are listed before, behind or in place of them', () => {
  const record = new MemoryRecord();
  const first = life(record);
  first.broker.quote(0, book(99));
  first.submit(BUY);
  first.broker.quote(0, book(100));
  const other = { ...INSTRUMENT, symbol: 'AAA/USDT:USDT', base: 'AAA' };
  const { broker, submit, held } = life(record, { at: 2 * BASE }, [other, INSTRUMENT]);
  assert.equal(held(), '0.5');
  submit({ ...STOP, id: 3 });
  broker.quote(0, book(90));
  assert.equal(held(), '0.5', 'the price of another market hits no stop');
  broker.quote(1, book(94));
  assert.equal(held(), null);
});

test('what is left in a market that is gone is closed at the last price, also after a restart', () => {
  const record = new MemoryRecord();
  const first = life(record);
  first.broker.quote(0, book(99));
  first.submit(BUY);
  first.broker.quote(0, book(100));
  const { broker, submit, held, pushes } = life(record, { at: 2 * BASE }, []);
  broker.list([INSTRUMENT], new Set([INSTRUMENT.symbol]));
  submit({ ...STOP, id: 3, type: 'market', purpose: 'exit', stopPrice: null });
  assert.equal(held(), null);
  const fill = pushes.find(({ kind }) => kind === 'fill');
  assert.ok(fill?.kind === 'fill' && Math.abs(Number(fill.fill.price) - 100) < 1, JSON.stringify(fill));
});
