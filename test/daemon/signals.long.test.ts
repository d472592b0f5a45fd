import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../src/protocol/client.ts';
import { onEnd, privateFolder, spawnDaemon } from './support.ts';

/** A connection that never ends its half: an orderly end waits for it. */
async function clinging(socketPath: string): Promise<ReturnType<typeof connectSocket>> {
  const socket = connectSocket({ path: socketPath, allowHalfOpen: true });
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  socket.resume();
  return socket;
}

async function logged(file: string, pattern: RegExp): Promise<void> {
  while (!pattern.test(readFileSync(file, 'utf8'))) await delay(20);
}

test('a second SIGINT ends the daemon at once with 130, and the next one starts', async (t) => {
  const { env, paths } = privateFolder(t);
  const daemon = spawnDaemon(t, env);
  assert.equal(await daemon.outcome, 'ready');
  const socket = await clinging(paths.socketPath);
  onEnd(t, () => socket.destroy());
  const stopping = once(socket, 'end');
  daemon.child.kill('SIGINT');
  await stopping;
  // Sooner it would be taken for the same key, passed on twice.
  await delay(200);
  const before = performance.now();
  daemon.child.kill('SIGINT');
  assert.equal(await daemon.exit, 130);
  assert.ok(performance.now() - before < 2_000, 'nothing is waited for');
  assert.match(readFileSync(paths.logFile, 'utf8'), /a second SIGINT: .* positions stay protected/);
  assert.ok(!existsSync(paths.socketPath));
  assert.equal(await spawnDaemon(t, env).outcome, 'ready');
});

test('one Ctrl-C that a wrapper passes on twice is one: entries are still cancelled in order', async (t) => {
  const { env, paths } = privateFolder(t);
  const daemon = spawnDaemon(t, env);
  assert.equal(await daemon.outcome, 'ready');
  await using client = await connect({ socketPath: paths.socketPath });
  await client.call('engine.start', { preset: 'breakout_v1', speed: 50_000 });
  daemon.child.kill('SIGINT');
  daemon.child.kill('SIGINT');
  await client.closed;
  assert.equal(await daemon.exit, 0);
  assert.match(readFileSync(paths.logFile, 'utf8'), /"stopped"/);
});

test('SIGINT ends in order: the log has its end, the code is 0', async (t) => {
  const { env, paths } = privateFolder(t);
  const daemon = spawnDaemon(t, env);
  assert.equal(await daemon.outcome, 'ready');
  const client = await connect({ socketPath: paths.socketPath });
  await client.call('engine.start', { preset: 'breakout_v1', speed: 50_000 });
  daemon.child.kill('SIGINT');
  assert.equal(await client.closed, null);
  assert.equal(await daemon.exit, 0);
  const log = readFileSync(paths.logFile, 'utf8');
  assert.match(log, /"message":"stopped"/);
  assert.match(log, /"by":"SIGINT"/);
});

test('SIGHUP does not end the daemon: the session goes on and the log says what was reloaded', async (t) => {
  const { env, paths } = privateFolder(t);
  const daemon = spawnDaemon(t, env);
  assert.equal(await daemon.outcome, 'ready');
  await using client = await connect({ socketPath: paths.socketPath });
  await client.call('engine.start', { preset: 'breakout_v1', speed: 50_000 });
  const { session } = await client.call('engine.status');
  daemon.child.kill('SIGHUP');
  await logged(paths.logFile, /"reloaded"/);
  const status = await client.call('engine.status');
  assert.equal(status.session, session);
  assert.equal(status.ended, null);
});

test('a SIGHUP while the daemon ends changes nothing and does not hold it up', async (t) => {
  const { env, paths } = privateFolder(t);
  const daemon = spawnDaemon(t, env);
  assert.equal(await daemon.outcome, 'ready');
  const socket = await clinging(paths.socketPath);
  onEnd(t, () => socket.destroy());
  const stopping = once(socket, 'end');
  daemon.child.kill('SIGTERM');
  await stopping;
  daemon.child.kill('SIGHUP');
  await logged(paths.logFile, /"reload refused, .*the daemon is stopping/);
  socket.destroy();
  assert.equal(await daemon.exit, 0);
});
