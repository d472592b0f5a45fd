import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Allowance, RATES } from '../../src/daemon/allowance.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { daemonHere } from './support.ts';

test('a script gone wild cannot flood the engine with commands, yet its panic is always heard', async (t) => {
  const { client } = await daemonHere(t);
  const answers = await Promise.all(
    Array.from({ length: 4 * RATES.control.burst }, () =>
      client.call('engine.resume').then(
        () => assert.fail('there is nothing to resume'),
        (error) => (error instanceof RpcError ? error : assert.fail(String(error))),
      ),
    ),
  );
  const limited = answers.filter((error) => error.code === 'RATE_LIMITED');
  assert.ok(limited.length >= 2 * RATES.control.burst, `${limited.length} limited`);
  for (const { data, rpc } of limited) {
    assert.deepEqual([rpc, data.httpStatus, data.retryable], [-32009, 429, true]);
    assert.ok(data.retryAfterMs !== undefined && data.retryAfterMs > 0 && data.retryAfterMs <= 200);
  }
  const panics = await Promise.all(
    Array.from({ length: 2 * RATES.control.burst }, () =>
      client.call('engine.emergencyStop', { reason: 'wild script' }),
    ),
  );
  assert.ok(panics.every(({ success }) => success));
  assert.equal((await client.call('engine.status')).state, 'STOPPED');
});

test('an allowance fills again with time, and no further than its burst', () => {
  let now = 0;
  const allowance = new Allowance(
    { read: { perSecond: 1000, burst: 3 }, control: { perSecond: 5, burst: 2 } },
    () => now,
  );
  const pauses = () => [1, 2, 3].map(() => allowance.take('engine.pause'));
  assert.deepEqual(pauses(), [0, 0, 200]);
  assert.equal(allowance.take('engine.status'), 0, 'reads are counted apart');
  now = 200;
  assert.deepEqual(pauses(), [0, 200, 200]);
  now = 3_600_000;
  assert.deepEqual(pauses(), [0, 0, 200]);
  assert.equal(allowance.take('engine.emergencyStop'), 0);
});
