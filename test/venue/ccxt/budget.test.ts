import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestBudget, RequestHeld } from '../../../src/venue/ccxt/budget.ts';
import { HandTimer } from './hand-timer.ts';

function budget(perUnit = 20) {
  const timer = new HandTimer();
  const made = new RequestBudget(timer, perUnit);
  const sent: string[] = [];
  const read = (name: string, cost = 1) => void made.take('reads', cost).then(() => sent.push(name));
  const order = (name: string, cost = 1) =>
    void made.take('orders', cost).then(
      () => sent.push(name),
      (error: unknown) => sent.push(`${name} ${error instanceof RequestHeld ? 'held' : 'failed'}`),
    );
  return { timer, made, sent, read, order };
}

test('an order never waits behind reads, however many there are', async () => {
  const { timer, sent, read, order } = budget();
  for (let i = 0; i < 500; i += 1) read(`read ${i}`);
  await timer.pass(0);
  const before = sent.length;
  assert.ok(before < 50, `${before} reads went out at once`);
  order('stop');
  await timer.pass(0);
  assert.equal(sent.at(-1), 'stop');
});

test('no more is sent than the exchange allows, reads and orders together', async () => {
  const { timer, sent, read, order } = budget();
  for (let i = 0; i < 1_000; i += 1) read(`read ${i}`);
  for (let i = 0; i < 10; i += 1) {
    order(`order ${i}`);
    await timer.pass(1_000);
  }
  // A bucket of one second, and what comes back in ten.
  assert.ok(sent.length <= 50 + 10 * 50, `${sent.length}`);
  assert.ok(sent.length >= 450, `${sent.length}`);
});

test('an order that would leave too late is not sent at all', async () => {
  const { timer, made, sent, order } = budget();
  made.close(10_000);
  order('entry');
  await timer.pass(0);
  assert.deepEqual(sent, ['entry held']);
  await timer.pass(10_100);
  order('stop');
  await timer.pass(0);
  assert.deepEqual(sent, ['entry held', 'stop']);
});

test('an order that waited while the process was held up does not leave late: it may have been taken for lost', async () => {
  const { timer, made, sent, order } = budget();
  made.close(1_000);
  order('entry');
  await timer.pass(0);
  timer.stall(9_000);
  await timer.pass(0);
  assert.deepEqual(sent, ['entry held']);
});

test('reads go on by themselves after the exchange wanted a pause', async () => {
  const { timer, made, sent, read } = budget();
  made.close(2_000);
  read('candles');
  await timer.pass(1_900);
  assert.deepEqual(sent, []);
  await timer.pass(1_000);
  assert.deepEqual(sent, ['candles']);
});
