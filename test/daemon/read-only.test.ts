import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ConfigError } from '../../src/config/config-error.ts';
import { prepareReadOnlySocket } from '../../src/daemon/read-only-socket.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import { answerOf, errorOf, privateFolder, RawConnection, serve, spawnDaemon } from './support.ts';

const request = (method: string, params?: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  ...(params && { params }),
});
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

/** The name of a group that the tests' user may give files to. */
const GROUP = spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim();
const IS_ROOT = process.geteuid?.() === 0;

/** A private folder that any group can pass through, and one in it for sockets. */
function reachable(t: TestContext) {
  const { folder, env, paths } = privateFolder(t);
  chmodSync(folder, 0o711);
  return { folder, env, paths, run: join(folder, 'run') };
}

test('the read-only socket answers what reads and refuses everything that acts, panic and daemon.stop included', async (t) => {
  const { socketPath, server, host } = await serve(t);
  const path = `${socketPath}.ro`;
  await server.listen(path, { access: 'read', mode: 0o660, gid: null });
  assert.equal(modeOf(path), '660');
  const monitor = await RawConnection.open(t, path);
  for (const [method, { kind }] of Object.entries(METHODS)) {
    if (kind === 'control') {
      const { app, code } = errorOf(await monitor.ask(request(method, { reason: 'from the monitor' })));
      assert.deepEqual([app, code], ['READ_ONLY', -32082], method);
    }
  }
  const answers = [
    await monitor.ask(request('engine.status')),
    await monitor.ask(request('positions.list')),
    await monitor.ask(request('daemon.hello', { client: 'monitor' })),
    await monitor.ask(request('events.subscribe')),
  ];
  for (const answer of answers) answerOf(answer);
  const batch = await monitor.ask([request('engine.status'), request('engine.stop')]);
  assert.ok(Array.isArray(batch) && errorOf(batch[1]).app === 'READ_ONLY');
  const info = answerOf(await monitor.ask(request('daemon.info')));
  assert.equal(Object(info).readOnlySocket, true);
  assert.ok(!JSON.stringify(info).includes('.ro'), 'where it lies is nobody’s business');
  assert.equal(host.status().state, 'IDLE');
});

test('a crowd of monitors cannot take the places of the owner', async (t) => {
  const { socketPath, server } = await serve(t, { maxConnections: 1, reserved: 0, roomAfterMs: 60_000 });
  const path = `${socketPath}.ro`;
  await server.listen(path, { access: 'read', mode: 0o660, gid: null });
  const monitor = await RawConnection.open(t, path);
  answerOf(await monitor.ask(request('engine.status')));
  const second = await RawConnection.open(t, path);
  assert.equal(errorOf(await second.next()).app, 'TOO_MANY_CONNECTIONS');
  const owner = await RawConnection.open(t, socketPath);
  answerOf(await owner.ask(request('engine.emergencyStop', { reason: 'drill' })));
});

test('a daemon serves its monitors beside itself, over a stale socket, and takes the file with it', async (t) => {
  const { env, paths, run } = reachable(t);
  mkdirSync(paths.configDir, { recursive: true });
  mkdirSync(run, { mode: 0o700 });
  const settings = { control: { read_only_socket: { group: GROUP } } };
  writeFileSync(join(paths.configDir, 'config.json'), JSON.stringify(settings));
  const main = join(run, 'breakout.sock');
  const readOnly = join(run, 'breakout-ro.sock');
  const first = spawnDaemon(t, { ...env, BREAKOUT_SOCKET: main });
  assert.equal(await first.outcome, 'ready');
  assert.deepEqual([run, main, readOnly].map(modeOf), ['710', '600', '660']);
  assert.equal(statSync(readOnly).gid, process.getegid?.());
  first.child.kill('SIGKILL');
  await first.exit;
  assert.ok(existsSync(readOnly), 'the stale socket is still there');
  const second = spawnDaemon(t, { ...env, BREAKOUT_SOCKET: main });
  assert.equal(await second.outcome, 'ready');
  const monitor = await RawConnection.open(t, readOnly);
  assert.equal(errorOf(await monitor.ask(request('engine.resume'))).app, 'READ_ONLY');
  const info = answerOf(await monitor.ask(request('daemon.info')));
  assert.deepEqual([Object(info).pid, Object(info).readOnlySocket], [second.child.pid, true]);
  second.child.kill('SIGTERM');
  assert.equal(await second.exit, 0);
  assert.deepEqual([existsSync(main), existsSync(readOnly)], [false, false]);
});

test('another user of the group may read and not act; one outside of it may do neither', {
  skip: IS_ROOT ? false : 'only root can be other users',
}, async (t) => {
  const { paths, run, folder } = reachable(t);
  const name = 'games';
  const group = Number(spawnSync('getent', ['group', name], { encoding: 'utf8' }).stdout.split(':')[2]);
  if (!Number.isInteger(group)) return t.skip(`there is no group ${name}`);
  const socketPath = join(run, 'breakout.sock');
  const ready = await prepareReadOnlySocket({ group: name, mode: '0660' }, { ...paths, socketPath });
  const { server } = await serve(t);
  await server.listen(ready.path, ready.exposure);
  await server.listen(socketPath);
  assert.equal(outcomeFor(group, ready.path, folder), 'connected');
  assert.equal(outcomeFor(group, socketPath, folder), 'EACCES');
  assert.equal(outcomeFor(65_534, ready.path, folder), 'EACCES');
});

/** What a user without any right of its own, in one group, gets at a socket. */
function outcomeFor(gid: number, socketPath: string, cwd: string): string {
  const script = `require('net').connect(${JSON.stringify(socketPath)})
    .once('connect', () => { console.log('connected'); process.exit(); })
    .once('error', (error) => { console.log(error.code); process.exit(); })`;
  // In the folder of the test: the one that the tests run in may be closed to that user.
  const options = { uid: 65_534, gid, cwd, encoding: 'utf8' } as const;
  const { stdout, error } = spawnSync(process.execPath, ['-e', script], options);
  assert.equal(error, undefined);
  return stdout.trim();
}

test('what would leave monitors outside is refused at the start, by the name of what is in the way', async (t) => {
  const { paths, folder, run } = reachable(t);
  const rejects = (settings: { path?: string; group?: string; mode?: '0660' | '0600' }, message: RegExp) =>
    assert.rejects(prepareReadOnlySocket({ mode: '0660', ...settings }, paths), (error) => {
      assert.ok(error instanceof ConfigError, String(error));
      assert.match(error.message, message);
      assert.match(error.message, /control\.read_only_socket/);
      return true;
    });
  mkdirSync(paths.stateDir, { mode: 0o700 });
  await rejects({ group: 'no-such-group' }, /no group no-such-group/);
  await rejects({ group: GROUP }, /cannot enter .*state \(mode 0700\)/);
  assert.equal(modeOf(paths.stateDir), '700', 'the state folder stays closed');
  await rejects({ group: GROUP, mode: '0600' }, /needs mode 0660/);
  await rejects({ path: paths.socketPath }, /is the control socket itself/);
  await rejects({ path: join(folder, 'x'.repeat(108)) }, /bytes/);
  await rejects({ path: join(paths.stateDir, 'in', 'ro.sock'), group: GROUP }, /cannot enter .*state /);
  assert.ok(!existsSync(join(paths.stateDir, 'in')), 'nothing half-done');
  mkdirSync(run);
  chmodSync(run, 0o777);
  await rejects({ path: join(run, 'ro.sock'), group: GROUP }, /anybody can write there/);
  chmodSync(run, 0o755);
  writeFileSync(join(run, 'ro.sock'), 'precious');
  await rejects({ path: join(run, 'ro.sock'), group: GROUP }, /no socket/);
  const server = createServer().listen(join(run, 'live.sock'));
  t.after(() => server.close());
  await assert.rejects(
    prepareReadOnlySocket({ path: join(run, 'live.sock'), mode: '0660' }, paths),
    /another daemon serves/,
  );
});

test('a group of which the daemon is no member is named, with the way to mend it', {
  skip: IS_ROOT ? false : 'only root can be other users',
}, (t) => {
  const { folder } = reachable(t);
  const entry = new URL('../../src/daemon/read-only-socket.ts', import.meta.url);
  const paths = JSON.stringify({ socketPath: join(folder, 'b.sock'), stateDir: folder, instance: 'default' });
  const script = `import(${JSON.stringify(entry.href)}).then((m) => { process.setgroups([]); process.setgid(65534); process.setuid(65534); return m.prepareReadOnlySocket({ group: 'games', mode: '0660' }, ${paths}); }).then(() => console.log('prepared'), (e) => console.log(e.message))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], {
    encoding: 'utf8',
  });
  assert.match(stdout, /no member of games .*usermod -aG games USER/, stderr);
});
