/** What a client is told that is not so. Each of these fails as long as its fault is there; none of them ends the run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listOf } from './asker.ts';
import { Stage, scene } from './scenes.ts';

test('a stop order that is to be cancelled is said to belong to its position, also while no entry is out', {
  todo: 'the kernel looks for entries before it looks at the order: ORDER_UNKNOWN, no entry order is out',
}, async (t) => {
  const { ann } = await scene(t, 'position open');
  const orders = listOf((await ann.well('orders.list')).orders);
  const stop = orders.find(({ purpose }) => purpose === 'stop');
  const { outcome, message } = await ann.ask('orders.cancel', { orderId: stop?.id });
  assert.equal(outcome, 'ORDER_NOT_CANCELLABLE', message);
});

test('a resume during a stop does not promise entries', {
  todo: 'the kernel lifts the pause, says that entries are allowed again, and goes on stopping',
}, async (t) => {
  const stage = await scene(t, 'paused with a position');
  stage.venue.answers.exit = 'silent';
  void stage.ann.ask('engine.stop', { flatten: true });
  assert.equal((await stage.ann.well('engine.status')).stopping, true);
  const { outcome, message } = await stage.ann.ask('engine.resume');
  assert.equal(outcome, 'STOP_IN_PROGRESS', message);
});

test('a start whose warm-up fails says so, and leaves an engine that can be started again', {
  todo: 'the session answers INTERNAL and leaves the engine in INITIALIZING until it is stopped',
}, async (t) => {
  const stage = await Stage.open(t);
  stage.venue.brokenHistory = new Error('a candle is missing');
  const { outcome, message } = await stage.ann.ask('engine.start', { preset: 'box' });
  assert.equal(outcome, 'START_FAILED', message);
  assert.ok(['IDLE', 'ERROR'].includes(String(await stage.ann.state())));
});
