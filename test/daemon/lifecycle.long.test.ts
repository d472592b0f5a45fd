import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { connect } from '../../src/protocol/client.ts';
import { NotReachable } from '../../src/protocol/errors.ts';
import { privateFolder, spawnDaemon } from './support.ts';

test('two daemons started at once become one; the other says so in a line and leaves with 75', async (t) => {
  const { env, paths } = privateFolder(t);
  const both = [spawnDaemon(t, env), spawnDaemon(t, env)];
  const outcomes = await Promise.all(both.map((daemon) => daemon.outcome));
  assert.ok(outcomes.includes('ready'));
  const refused = outcomes.find((outcome) => outcome !== 'ready') ?? assert.fail('two daemons serve');
  assert.equal(refused.code, 75);
  assert.match(refused.stderr, /^another daemon holds .*lock\.sqlite.*\n$/);
  await using client = await connect({ socketPath: paths.socketPath });
  const winner = both[outcomes.indexOf('ready')];
  assert.equal((await client.call('daemon.hello')).pid, winner?.child.pid);
});

test('after a kill -9 the next daemon starts over the stale socket', async (t) => {
  const { env, paths } = privateFolder(t);
  const first = spawnDaemon(t, env);
  assert.equal(await first.outcome, 'ready');
  first.child.kill('SIGKILL');
  assert.equal(await first.exit, 'SIGKILL');
  assert.ok(existsSync(paths.socketPath), 'the stale socket is still there');
  await assert.rejects(connect({ socketPath: paths.socketPath }), NotReachable);
  const second = spawnDaemon(t, env);
  assert.equal(await second.outcome, 'ready');
  await using client = await connect({ socketPath: paths.socketPath });
  assert.equal((await client.call('daemon.hello')).pid, second.child.pid);
});

test('SIGTERM in the middle of a session ends the daemon in order, and the next one goes on with the session', async (t) => {
  const { env, paths } = privateFolder(t);
  const daemon = spawnDaemon(t, env);
  assert.equal(await daemon.outcome, 'ready');
  const client = await connect({ socketPath: paths.socketPath, client: 'tester' });
  await client.call('engine.start', { preset: 'breakout_v1', speed: 50_000 });
  const { session } = await client.call('engine.status');
  daemon.child.kill('SIGTERM');
  assert.equal(await client.closed, null, 'the connection is closed, not torn');
  assert.equal(await daemon.exit, 0);
  assert.ok(!existsSync(paths.socketPath));
  const log = readFileSync(paths.logFile, 'utf8').trim().split('\n');
  const messages = log.map((line) => JSON.parse(line).message);
  assert.equal(messages[0], 'serving');
  assert.equal(messages.at(-1), 'stopped');
  assert.ok(messages.includes('session started') && !messages.includes('session ended'));
  const next = spawnDaemon(t, env);
  assert.equal(await next.outcome, 'ready');
  await using again = await connect({ socketPath: paths.socketPath });
  // Asked in its turn, behind the recovery.
  const { message } = await again.call('engine.start', { preset: 'breakout_v1', speed: 50_000 });
  assert.match(message, new RegExp(`^resumed session ${session} `));
});

test('daemon.stop is answered; when the connection ends, the next daemon can start at once', async (t) => {
  const { env, paths } = privateFolder(t);
  const first = spawnDaemon(t, env);
  assert.equal(await first.outcome, 'ready');
  const client = await connect({ socketPath: paths.socketPath });
  assert.equal((await client.call('daemon.stop')).success, true);
  await client.closed;
  const second = spawnDaemon(t, env);
  assert.equal(await second.outcome, 'ready');
  assert.equal(await first.exit, 0);
  assert.ok(existsSync(paths.socketPath), 'the old daemon did not take the new socket with it');
  await using again = await connect({ socketPath: paths.socketPath });
  assert.equal((await again.call('daemon.hello')).pid, second.child.pid);
});

test('a socket file that somebody removes is made anew: a daemon that trades must be reached, to get flat', async (t) => {
  const { env, paths } = privateFolder(t);
  const daemon = spawnDaemon(t, env);
  assert.equal(await daemon.outcome, 'ready');
  await using before = await connect({ socketPath: paths.socketPath });
  rmSync(paths.socketPath);
  while (!existsSync(paths.socketPath)) await before.call('daemon.info');
  assert.equal((await before.call('daemon.info')).socketMode, '0600');
  await using after = await connect({ socketPath: paths.socketPath });
  assert.equal((await after.call('daemon.hello')).pid, daemon.child.pid);
  assert.match(readFileSync(paths.logFile, 'utf8'), /the socket file was gone and has been made anew/);
  // What another one put there is his.
  rmSync(paths.socketPath);
  writeFileSync(paths.socketPath, 'precious');
  while (!readFileSync(paths.logFile, 'utf8').includes('not ours any more')) await after.call('daemon.info');
  assert.equal(readFileSync(paths.socketPath, 'utf8'), 'precious');
});

test('state, socket, lock and log are for their owner alone, whatever was there before', async (t) => {
  const { env, paths } = privateFolder(t);
  mkdirSync(paths.stateDir, { mode: 0o755 });
  const daemon = spawnDaemon(t, env);
  assert.equal(await daemon.outcome, 'ready');
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  assert.equal(modeOf(paths.stateDir), '700');
  assert.equal(modeOf(paths.socketPath), '600');
  assert.equal(modeOf(paths.lockFile), '600');
  assert.equal(modeOf(dirname(paths.logFile)), '700');
  daemon.child.kill('SIGINT');
  assert.equal(await daemon.exit, 0);
  assert.equal(modeOf(paths.logFile), '600');
});

test('a socket that another daemon serves from another state folder is left alone', async (t) => {
  const { env, paths, folder } = privateFolder(t);
  const first = spawnDaemon(t, env);
  assert.equal(await first.outcome, 'ready');
  const outcome = await spawnDaemon(t, {
    ...env,
    BREAKOUT_STATE_DIR: join(folder, 'other'),
    BREAKOUT_SOCKET: paths.socketPath,
  }).outcome;
  assert.ok(outcome !== 'ready');
  assert.equal(outcome.code, 75);
  assert.ok(outcome.stderr.includes(paths.socketPath));
  await using client = await connect({ socketPath: paths.socketPath });
  assert.equal((await client.call('daemon.hello')).pid, first.child.pid);
});

test('a file that is no socket is not removed, and a path that would be cut is refused untouched', async (t) => {
  const { env, paths, folder } = privateFolder(t);
  mkdirSync(paths.stateDir, { mode: 0o700 });
  writeFileSync(paths.socketPath, 'precious');
  const occupied = await spawnDaemon(t, env).outcome;
  assert.ok(occupied !== 'ready' && occupied.code === 78);
  assert.match(occupied.stderr, /is no socket/);
  assert.equal(readFileSync(paths.socketPath, 'utf8'), 'precious');

  const long = join(folder, 'x'.repeat(108));
  const cut = await spawnDaemon(t, { ...env, BREAKOUT_SOCKET: long }).outcome;
  assert.ok(cut !== 'ready' && cut.code === 78);
  assert.match(cut.stderr, /bytes.*BREAKOUT_SOCKET/);
  assert.deepEqual(readdirSync(folder), ['state']);
});

test('a socket in a folder that anybody can write to is refused', async (t) => {
  const { env } = privateFolder(t);
  const outcome = await spawnDaemon(t, { ...env, BREAKOUT_SOCKET: '/tmp/breakout-test.sock' }).outcome;
  assert.ok(outcome !== 'ready' && outcome.code === 78);
  assert.match(outcome.stderr, /anybody can write/);
  assert.ok(!existsSync('/tmp/breakout-test.sock'));
});

test('a socket that somebody else listens on is not taken from them', async (t) => {
  const { env, folder } = privateFolder(t);
  const foreign = join(folder, 'foreign.sock');
  const server = createServer((socket) => socket.destroy());
  server.listen(foreign);
  await once(server, 'listening');
  t.after(() => server.close());
  const outcome = await spawnDaemon(t, { ...env, BREAKOUT_SOCKET: foreign }).outcome;
  assert.ok(outcome !== 'ready' && outcome.code === 75);
  assert.ok(existsSync(foreign));
});
