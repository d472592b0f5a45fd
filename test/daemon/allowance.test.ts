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

const codeOf = (act: () => void): string => {
  try {
    act();
    return 'admitted';
  } catch (error) {
    assert.ok(error instanceof RpcError, String(error));
    return error.data.retryAfterMs === undefined ? error.code : `${error.code} ${error.data.retryAfterMs}`;
  }
};

test('an allowance fills again with time, and no further than its burst', () => {
  let now = 0;
  const allowance = new Allowance({
    rates: { read: { perSecond: 1000, burst: 3 }, control: { perSecond: 5, burst: 2 } },
    now: () => now,
  });
  const pauses = () => [1, 2, 3].map(() => codeOf(() => allowance.admit('engine.pause')));
  assert.deepEqual(pauses(), ['admitted', 'admitted', 'RATE_LIMITED 200']);
  assert.equal(
    codeOf(() => allowance.admit('engine.status')),
    'admitted',
    'reads are counted apart',
  );
  now = 200;
  assert.deepEqual(pauses(), ['admitted', 'RATE_LIMITED 200', 'RATE_LIMITED 200']);
  now = 3_600_000;
  assert.deepEqual(pauses(), ['admitted', 'admitted', 'RATE_LIMITED 200']);
  assert.equal(
    codeOf(() => allowance.admit('engine.emergencyStop')),
    'admitted',
  );
});

test('garbage uses up what a connection may ask', () => {
  const allowance = new Allowance({
    rates: { read: { perSecond: 1000, burst: 2 }, control: { perSecond: 5, burst: 2 } },
    now: () => 0,
  });
  assert.deepEqual(
    [1, 2, 3].map(() => codeOf(() => allowance.admitGarbage())),
    ['admitted', 'admitted', 'RATE_LIMITED 1'],
  );
  assert.equal(
    codeOf(() => allowance.admit('engine.status')),
    'RATE_LIMITED 1',
  );
});

test('a connection with many commands under way gets no more of them in, but its panic', () => {
  const allowance = new Allowance({ maxPending: 2 });
  const ask = (method: 'engine.stop' | 'engine.emergencyStop') => codeOf(() => allowance.admit(method));
  assert.deepEqual(
    [1, 2, 3].map(() => ask('engine.stop')),
    ['admitted', 'admitted', 'TOO_MANY_PENDING'],
  );
  assert.deepEqual(
    [1, 2, 3].map(() => ask('engine.emergencyStop')),
    ['admitted', 'admitted', 'EMERGENCY_IN_PROGRESS'],
  );
  allowance.leave('engine.stop');
  assert.equal(ask('engine.stop'), 'admitted');
});
