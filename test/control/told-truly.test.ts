/** That a client is told what is so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listOf } from './asker.ts';
import { Stage, scene } from './scenes.ts';

test('a stop order that is to be cancelled is said to belong to its position, also while no entry is out', async (t) => {
  const { ann } = await scene(t, 'position open');
  const orders = listOf((await ann.well('orders.list')).orders);
  const stop = orders.find(({ purpose }) => purpose === 'stop');
  const { outcome, message } = await ann.ask('orders.cancel', { orderId: stop?.id });
  assert.equal(outcome, 'ORDER_NOT_CANCELLABLE', message);
});

test('a resume during a stop does not promise entries', async (t) => {
  const stage = await scene(t, 'paused with a position');
  stage.venue.answers.exit = 'silent';
  void stage.ann.ask('engine.stop', { flatten: true });
  assert.equal((await stage.ann.well('engine.status')).stopping, true);
  const { outcome, message } = await stage.ann.ask('engine.resume');
  assert.equal(outcome, 'STOP_IN_PROGRESS', message);
});

test('a start whose warm-up fails says so, and leaves an engine that can be started again', async (t) => {
  const stage = await Stage.open(t);
  stage.venue.brokenHistory = new Error('a candle is missing');
  const { outcome, message } = await stage.ann.ask('engine.start', { preset: 'box' });
  assert.equal(outcome, 'START_FAILED', message);
  assert.ok(['IDLE', 'ERROR'].includes(String(await stage.ann.state())));
});
