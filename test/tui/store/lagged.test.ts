import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Feed } from '../../../src/tui/store/feed.ts';
import { entryWords } from '../../../src/tui/store/reduce.ts';
import type { FailureKind } from '../../../src/tui/store/state.ts';
import { onEnd, serve } from '../../daemon/support.ts';
import { until } from '../until.ts';

/**
 * More bytes than the socket and the queue of a subscriber hold, in one turn of the loop: nobody can read meanwhile.
 * Fewer events than the view holds, so that what it says of itself is still among them.
 */
const BURST = 900;
const LONG = 'BTCUSDT'.repeat(400);

test('a view that did not keep up says so, goes on where it was cut off, and has missed nothing', async (t) => {
  const { socketPath, host } = await serve(t);
  const feed = new Feed({ socketPath, random: () => 0 });
  onEnd(t, () => feed[Symbol.asyncDispose]());
  await until(feed.store, ({ connection }) => connection.phase === 'live');
  const failures = new Set<FailureKind>();
  feed.store.subscribe(() => {
    const { connection } = feed.store.get();
    if (connection.phase !== 'live' && connection.failure) failures.add(connection.failure.kind);
  });
  const { events } = host;
  for (let i = 0; i < BURST; i++)
    events.publish('s', i, { type: 'gap', symbol: LONG, missing: events.seq + 1 });
  await until(feed.store, ({ seq }) => seq === BURST);
  const { events: told } = await until(feed.store, ({ connection }) => connection.phase === 'live');
  assert.deepEqual([...failures], ['lagged']);
  const notices = told.filter(({ kind }) => kind === 'notice').map((entry) => entryWords(entry).text);
  assert.match(notices.join('\n'), /did not keep up: it goes on where it was cut off/);
  assert.match(notices.join('\n'), /connected again, nothing missed/);
});
