import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../src/protocol/client.ts';
import { NotifySocket, noNotifySocket } from './notify-socket.ts';
import { privateFolder, spawnDaemon } from './support.ts';

const VENUE = 'venue-process.ts';
const skip = noNotifySocket();

/** Small, so that several of its thirds pass within a test. */
const WATCHDOG_MS = 600;
const watchdog = { WATCHDOG_USEC: String(WATCHDOG_MS * 1000) };

test('systemd hears READY with the main process, the status as it changes, and STOPPING', {
  skip,
}, async (t) => {
  const { env, folder, paths } = privateFolder(t);
  const systemd = await NotifySocket.open(t, folder);
  const daemon = spawnDaemon(t, { ...env, NOTIFY_SOCKET: systemd.path, TEST_STATUS_EVERY: '200' }, VENUE);
  const ready = await systemd.heard(/READY=1/);
  assert.equal(ready.index, 0, 'nothing before it');
  assert.match(ready.message, new RegExp(`MAINPID=${daemon.child.pid}\\b`));
  assert.match(ready.message, /STATUS=IDLE: no session/);

  const client = await connect({ socketPath: paths.socketPath });
  const since = performance.now();
  await client.call('engine.start', { preset: 'breakout_v1', speed: 200_000 });
  await systemd.heard(
    /^STATUS=[A-Z_]+: breakout_v1 on sim \(paper\), [1-9] positions?, daily [+-]\d+\.\d\d R$/,
  );
  const said = systemd.count(/^STATUS=/);
  const allowed = Math.ceil((performance.now() - since) / 200) + 1;
  assert.ok(said <= allowed, `${said} status lines where ${allowed} are allowed`);

  daemon.child.kill('SIGTERM');
  assert.equal(await daemon.exit, 0);
  await systemd.heard(/STOPPING=1 STATUS=stopping \(SIGTERM\)/);
  assert.equal(systemd.count(/READY=1/), 1);
});

test('a start that takes long asks systemd for more time and answers meanwhile', { skip }, async (t) => {
  const { env, folder, paths } = privateFolder(t);
  const systemd = await NotifySocket.open(t, folder);
  const daemon = spawnDaemon(t, { ...env, NOTIFY_SOCKET: systemd.path, TEST_RECOVERS: '600' }, VENUE);
  await systemd.heard(/EXTEND_TIMEOUT_USEC=30000000/);
  await using client = await connect({ socketPath: paths.socketPath });
  assert.equal((await client.call('engine.status')).state, 'IDLE');
  assert.equal(systemd.count(/READY/), 0, 'not ready yet');
  const { index } = await systemd.heard(/READY=1/);
  assert.equal(systemd.messages.slice(index).filter((message) => message.startsWith('EXTEND')).length, 0);
  daemon.child.kill('SIGTERM');
  assert.equal(await daemon.exit, 0);
});

test('the watchdog is fed while the engine is idle and while it trades', { skip }, async (t) => {
  const { env, folder, paths } = privateFolder(t);
  const systemd = await NotifySocket.open(t, folder);
  spawnDaemon(t, { ...env, ...watchdog, NOTIFY_SOCKET: systemd.path }, VENUE);
  const { index } = await systemd.heard(/^WATCHDOG=1$/);
  await systemd.heard(/^WATCHDOG=1$/, index + 1);
  await using client = await connect({ socketPath: paths.socketPath });
  // Slow enough that most of the time it waits for the next path point.
  await client.call('engine.start', { preset: 'breakout_v1', speed: 100 });
  const from = systemd.messages.length;
  const fed = await systemd.heard(/^WATCHDOG=1$/, from);
  await systemd.heard(/^WATCHDOG=1$/, fed.index + 1);
  assert.equal(systemd.count(/STUCK/), 0);
  const { supervisor, watchdogSeconds, stuck, socketMode } = await client.call('daemon.info');
  assert.deepEqual(
    { supervisor, watchdogSeconds, stuck, socketMode },
    { supervisor: 'systemd', watchdogSeconds: WATCHDOG_MS / 1000, stuck: null, socketMode: '0600' },
  );
});

test('a watchdog that watches another process is not fed', { skip }, async (t) => {
  const { env, folder } = privateFolder(t);
  const systemd = await NotifySocket.open(t, folder);
  spawnDaemon(t, { ...env, ...watchdog, WATCHDOG_PID: '1', NOTIFY_SOCKET: systemd.path }, VENUE);
  await systemd.heard(/READY=1/);
  await delay(WATCHDOG_MS);
  assert.equal(systemd.count(/WATCHDOG/), 0);
});

test('a daemon whose event loop stands still is not kept alive by its watchdog', { skip }, async (t) => {
  const { env, folder, paths } = privateFolder(t);
  const systemd = await NotifySocket.open(t, folder);
  const daemon = spawnDaemon(
    t,
    { ...env, ...watchdog, TEST_VENUE: 'wedges', NOTIFY_SOCKET: systemd.path },
    VENUE,
  );
  assert.equal(await daemon.outcome, 'ready');
  await systemd.heard(/^WATCHDOG=1$/);
  const client = await connect({ socketPath: paths.socketPath });
  const wedged = once(daemon.child.stdout ?? assert.fail(), 'data');
  client.call('engine.start', { preset: 'breakout_v1', speed: 200_000 }).catch(() => undefined);
  await wedged;
  const before = systemd.count(/WATCHDOG/);
  await delay(2 * WATCHDOG_MS);
  assert.ok(systemd.count(/WATCHDOG/) <= before + 1, 'at most one that was on its way');
  client.destroy();
});

test('a session that nothing drives is said to be stuck and not kept alive', { skip }, async (t) => {
  const { env, folder, paths } = privateFolder(t);
  const systemd = await NotifySocket.open(t, folder);
  spawnDaemon(t, { ...env, ...watchdog, TEST_VENUE: 'dead', NOTIFY_SOCKET: systemd.path }, VENUE);
  await systemd.heard(/^WATCHDOG=1$/);
  await using client = await connect({ socketPath: paths.socketPath });
  await client.call('engine.start', { preset: 'breakout_v1' });
  const stuck = await systemd.heard(/^STATUS=STUCK: a session is open and nothing drives it$/);
  await delay(WATCHDOG_MS);
  assert.ok(!systemd.messages.slice(stuck.index).includes('WATCHDOG=1'));
  assert.match(readFileSync(paths.logFile, 'utf8'), /the engine is stuck: the watchdog is not fed any more/);
  assert.match((await client.call('daemon.info')).stuck ?? '', /nothing drives it/);
  await client.call('engine.stop');
  await systemd.heard(/^WATCHDOG=1$/, stuck.index);
});

test('SIGHUP is announced as a reload with its time, and READY follows', { skip }, async (t) => {
  const { env, folder } = privateFolder(t);
  const systemd = await NotifySocket.open(t, folder);
  const daemon = spawnDaemon(t, { ...env, NOTIFY_SOCKET: systemd.path }, VENUE);
  const { index } = await systemd.heard(/READY=1/);
  const before = process.hrtime.bigint() / 1000n;
  daemon.child.kill('SIGHUP');
  const reloading = await systemd.heard(/^RELOADING=1/);
  await systemd.heard(/READY=1/, index + 1);
  const micros = BigInt(/MONOTONIC_USEC=(\d+)/.exec(reloading.message)?.[1] ?? 0);
  assert.ok(micros >= before && micros <= process.hrtime.bigint() / 1000n, reloading.message);
});

test('without systemd-notify the daemon says so once and trades on', async (t) => {
  const { env, folder, paths } = privateFolder(t);
  const daemon = spawnDaemon(
    t,
    {
      ...env,
      WATCHDOG_USEC: '60000',
      NOTIFY_SOCKET: `${folder}/nobody.sock`,
      PATH: '/nowhere',
      TEST_STATUS_EVERY: '20',
    },
    VENUE,
  );
  assert.equal(await daemon.outcome, 'ready');
  await using client = await connect({ socketPath: paths.socketPath });
  await client.call('engine.start', { preset: 'breakout_v1', speed: 200_000 });
  await delay(300);
  assert.notEqual((await client.call('engine.status')).state, 'ERROR');
  daemon.child.kill('SIGTERM');
  assert.equal(await daemon.exit, 0);
  const complaints = readFileSync(paths.logFile, 'utf8').match(/systemd cannot be told/g);
  assert.equal(complaints?.length, 1);
});
