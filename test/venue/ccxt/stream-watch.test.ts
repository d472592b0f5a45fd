import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamWatch, together } from '../../../src/venue/ccxt/stream-watch.ts';

function clock(): { now: number; steady(): number; after(): () => void } {
  return {
    now: 0,
    steady() {
      return this.now;
    },
    after: () => () => undefined,
  };
}

test('a stream is up once something came, and down from its first failure until something comes again', () => {
  const timer = clock();
  const watch = new StreamWatch(timer);
  assert.equal(watch.state('candles').state, 'opening');
  watch.heard();
  assert.equal(watch.state('candles').state, 'up');
  timer.now = 1_000;
  watch.failed(new Error('closed'), 500);
  timer.now = 1_200;
  const { state, downMs, retryMs, silentMs, reason } = watch.state('candles');
  assert.deepEqual([state, downMs, retryMs, silentMs, reason], ['reconnecting', 200, 300, 1_200, 'closed']);
  timer.now = 1_500;
  watch.tries();
  timer.now = 1_600;
  watch.failed(new Error('refused'), 1_000);
  const again = watch.state('candles');
  assert.deepEqual([again.downMs, again.retryMs, again.reconnects, again.reason], [600, 1_000, 2, 'refused']);
  timer.now = 2_700;
  watch.tries();
  watch.heard();
  assert.deepEqual([watch.state('candles').state, watch.state('candles').downMs], ['up', null]);
});

test('a stream of orders that is silent for hours is up all the same, once its connection has lasted', () => {
  const timer = clock();
  const watch = new StreamWatch(timer);
  timer.now = 10_000;
  assert.equal(watch.state('orders').state, 'up');
  watch.failed(new Error('closed'), 500);
  timer.now = 10_500;
  watch.tries();
  timer.now = 20_400;
  assert.equal(watch.state('orders').state, 'reconnecting');
  timer.now = 20_500;
  assert.equal(watch.state('orders').state, 'up');
  timer.now = 30_000;
  watch.failed(new Error('closed'), 500);
  assert.equal(watch.state('orders').downMs, 0, 'what was before is over');
});

test('several streams are as bad as the worst of them, and say how many are down', () => {
  const timer = clock();
  const watches = [new StreamWatch(timer), new StreamWatch(timer), new StreamWatch(timer)];
  for (const watch of watches) watch.heard();
  watches[1]?.failed(new Error('closed'), 4_000);
  timer.now = 1_000;
  watches[2]?.failed(new Error('refused'), 500);
  const state = together('books', watches);
  assert.deepEqual(
    [state.state, state.streams, state.down, state.downMs, state.retryMs, state.reason],
    ['reconnecting', 3, 2, 1_000, 500, 'closed'],
  );
});
