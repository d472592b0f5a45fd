import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../../../src/tui/store/external-store.ts';
import { Feed } from '../../../src/tui/store/feed.ts';
import type { ViewState } from '../../../src/tui/store/state.ts';
import { onEnd, serve } from '../../daemon/support.ts';
import { open } from '../kit.ts';
import { aState, NOW } from '../samples.ts';
import { until } from '../until.ts';

/** Longer than any test: what is told before is told because it was urgent. */
const NEVER_MS = 3_600_000;
const BURST = 1_000;

test('a burst of events is one frame, with all of them in it', async (t) => {
  const store = new Store(0, { delayMs: 1 });
  onEnd(t, () => store[Symbol.dispose]());
  const told: number[] = [];
  const first = new Promise<void>((resolve) =>
    store.subscribe(() => {
      told.push(store.get());
      resolve();
    }),
  );
  for (let i = 0; i < BURST; i++) store.update((count) => count + 1);
  await first;
  assert.deepEqual(told, [BURST]);
});

test('what is urgent is told with all that waited for its time, once', async (t) => {
  const store = new Store(0, { delayMs: 1, intervalMs: NEVER_MS });
  onEnd(t, () => store[Symbol.dispose]());
  store.update((count) => count + 1);
  store.flush();
  const told: number[] = [];
  const urgent = new Promise<void>((resolve) =>
    store.subscribe(() => {
      told.push(store.get());
      resolve();
    }),
  );
  for (let i = 0; i < BURST; i++) {
    store.update((count) => count + 1);
    store.hurry();
  }
  await urgent;
  assert.deepEqual(told, [1 + BURST]);
});

test('a halt is on the screen at once, however seldom a busy engine is shown', async (t) => {
  const { socketPath, host } = await serve(t);
  const feed = new Feed({ socketPath, random: () => 0, delayMs: 1, intervalMs: NEVER_MS });
  onEnd(t, () => feed[Symbol.asyncDispose]());
  const states: ViewState[] = [];
  await until(feed.store, ({ connection }) => connection.phase === 'live');
  feed.store.subscribe(() => states.push(feed.store.get()));
  for (let i = 0; i < BURST; i++) host.events.publish('s', i, { type: 'gap', symbol: 'SOLUSDT', missing: i });
  const halt = { type: 'halt', rule: 'daily_loss', value: 3.1, limit: 3, release: 'next_utc_day' } as const;
  host.events.publish('s', BURST, halt);
  await until(feed.store, ({ seq }) => seq === BURST + 1);
  assert.ok(states.length <= 2, `${states.length} frames`);
});

test('many prices between two frames are written once, and a key that is pressed meanwhile is not lost among them', async (t) => {
  const { terminal, store, set, press } = await open(t, { state: aState(), columns: 200, rows: 60 });
  let writes = 0;
  const { write } = terminal;
  terminal.write = (text) => {
    writes += 1;
    return write.call(terminal, text);
  };
  for (let i = 0; i < BURST; i++) {
    const prices = new Map([['SOLUSDT', { price: `${101 + i / 100}`, at: NOW }]]);
    store.update((state) => ({ ...state, prices }));
  }
  assert.equal(writes, 0);
  await press('?');
  assert.match(terminal.text, /Help|Keys/);
  await press('esc');
  await set((state) => state);
  assert.match(terminal.text, /110\.99/);
  // Help, its end, the prices, and once more where the store's own time came first.
  assert.ok(writes <= 4, `${writes} writes`);
});
