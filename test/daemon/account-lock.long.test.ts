import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { resolvePaths } from '../../src/config/paths.ts';
import { type ControlClient, connect } from '../../src/protocol/client.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { onEnd, privateFolder, spawnDaemon } from './support.ts';

const KEY = 'AKIA-account-of-ann';

/** A daemon of the named instance, whose venue has an account. */
async function instance(
  t: TestContext,
  env: Record<string, string>,
  name: string,
  account: string,
): Promise<{ client: ControlClient; kill: () => Promise<void> }> {
  const daemon = spawnDaemon(t, { ...env, TEST_INSTANCE: name, TEST_ACCOUNT: account }, 'venue-process.ts');
  assert.equal(await daemon.outcome, 'ready');
  const { socketPath } = resolvePaths({ env, instance: name });
  const client = await connect({ socketPath });
  onEnd(t, () => client.destroy());
  return {
    client,
    kill: async () => {
      daemon.child.kill('SIGKILL');
      await daemon.exit;
    },
  };
}

const START = { preset: 'breakout_v1', venue: 'exchange', speed: 100 };

test('two daemons never trade one account: the second start is refused, until the first has ended however it ended', async (t) => {
  const { env, paths } = privateFolder(t);
  const [first, second, third] = await Promise.all([
    instance(t, env, 'first', KEY),
    instance(t, env, 'second', KEY),
    instance(t, env, 'third', 'another account'),
  ]);
  await first.client.call('engine.start', START);
  await assert.rejects(second.client.call('engine.start', START), (error) => {
    assert.ok(error instanceof RpcError, String(error));
    assert.equal(error.code, 'ACCOUNT_IN_USE');
    assert.equal(error.data.httpStatus, 409);
    assert.match(error.message, /another instance trades this account at exchange/);
    assert.ok(!JSON.stringify(error).includes(KEY), 'the key is not told');
    return true;
  });
  assert.equal((await second.client.call('engine.status')).state, 'IDLE');
  await third.client.call('engine.start', START);

  const locks = readdirSync(paths.accountLocks);
  assert.equal(locks.length, 2);
  for (const file of locks) {
    assert.match(file, /^exchange-[0-9a-f]{32}\.sqlite$/);
    assert.equal((statSync(join(paths.accountLocks, file)).mode & 0o777).toString(8), '600');
  }

  await first.client.call('engine.stop');
  await second.client.call('engine.start', START);
  await assert.rejects(first.client.call('engine.start', START), { code: 'ACCOUNT_IN_USE' });
  await second.kill();
  await first.client.call('engine.start', START);
});
