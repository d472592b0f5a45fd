import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../../src/protocol/client.ts';
import { Reader } from '../../../src/tui/store/reader.ts';
import { READS } from '../../../src/tui/store/reads.ts';
import { onEnd, serve } from '../../daemon/support.ts';

test('however many events come, a large table is read anew no sooner than its least time, and then at once', async (t) => {
  const { socketPath } = await serve(t);
  const client = await connect({ socketPath, client: 'tester' });
  onEnd(t, () => client.close());
  let now = 0;
  let answered = 0;
  let tell: () => void = () => undefined;
  const reader = new Reader({
    client: () => client,
    now: () => now,
    onAnswer: () => {
      answered += 1;
      tell();
    },
    onFailure: (name, message) => assert.fail(`${name}: ${message}`),
  });
  onEnd(t, () => reader[Symbol.dispose]());
  const answer = (): Promise<void> =>
    new Promise((resolve) => {
      tell = resolve;
    });
  const first = answer();
  reader.want(new Set(['trades']), { symbol: null });
  await first;
  const { leastMs, everyMs } = READS.trades;
  assert.ok(leastMs < everyMs);
  now = leastMs - 1;
  for (let i = 0; i < 100; i++) {
    reader.changed('trade');
    reader.look();
  }
  // Over the same connection, so after whatever was asked before it.
  await client.call('daemon.hello');
  assert.equal(answered, 1);
  const second = answer();
  now = leastMs;
  reader.look();
  await second;
  assert.equal(answered, 2);
  now = leastMs + everyMs - 1;
  reader.look();
  await client.call('daemon.hello');
  assert.equal(answered, 2, 'without an event it has its cadence');
});
