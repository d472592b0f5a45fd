import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { Feed } from '../../../src/tui/store/feed.ts';
import { daemonHere, onEnd } from '../../daemon/support.ts';
import { until } from '../until.ts';

/** A user who owns nothing. */
const NOBODY = 65_534;

test("the socket of another user's daemon is told as that, with who may use it", async (t) => {
  const { paths } = await daemonHere(t);
  const { seteuid } = process;
  if (process.getuid?.() === 0 && seteuid) {
    onEnd(t, () => seteuid(0));
    seteuid(NOBODY);
  } else {
    const folder = dirname(paths.socketPath);
    onEnd(t, () => chmodSync(folder, 0o700));
    chmodSync(folder, 0o000);
  }
  const feed = new Feed({ socketPath: paths.socketPath });
  onEnd(t, () => feed[Symbol.asyncDispose]());
  await until(feed.store, ({ connection }) => connection.phase === 'waiting');
  const { connection } = feed.store.get();
  assert.ok(connection.phase === 'waiting');
  assert.equal(connection.failure.kind, 'denied');
  assert.match(connection.failure.message, /belongs to another user: run this as the user of the daemon/);
});
