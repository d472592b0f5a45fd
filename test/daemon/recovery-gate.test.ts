import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecoveryGate } from '../../src/daemon/recovery-gate.ts';
import { RpcError } from '../../src/protocol/errors.ts';

const WAITING = {
  since: '2026-01-01T00:00:00.000Z',
  seconds: 12,
  session: 's',
  reason: 'session s waits for its exchange',
};

test('whoever asks of a session that is being taken up waits for it, and is told so when that takes long', async () => {
  const gate = new RecoveryGate(() => WAITING, 0);
  assert.equal(gate.before('daemon.hello'), null);
  await assert.rejects(
    gate.before('engine.emergencyStop') ?? Promise.resolve(),
    (error) =>
      error instanceof RpcError &&
      error.code === 'RECOVERING' &&
      error.data.retryable &&
      /since 2026-01-01T00:00:00\.000Z: session s waits/.test(error.message),
  );
  const patient = new RecoveryGate(() => null);
  const asked = patient.before('engine.status');
  patient.open();
  await asked;
  assert.equal(patient.before('engine.status'), null);
});
