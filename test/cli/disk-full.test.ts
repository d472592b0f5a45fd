import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect } from '../../src/protocol/client.ts';
import { Sandbox } from './sandbox.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/breakout.js', import.meta.url));

const LOOK_EVERY_MS = 20;

const noDevFull = existsSync('/dev/full') ? false : 'there is no /dev/full';

/** A sandbox whose state folder is a file system of 2 MiB; null when this user or system cannot mount one. */
function smallDisk(t: TestContext): Sandbox | null {
  const sandbox = new Sandbox();
  mkdirSync(sandbox.stateDir);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', sandbox.stateDir]);
  t.after(async () => {
    await sandbox.run('daemon', 'stop');
    if (mounted.status === 0) spawnSync('umount', [sandbox.stateDir]);
    rmSync(sandbox.folder, { recursive: true, force: true });
  });
  return mounted.status === 0 ? sandbox : null;
}

/** Writes until nothing more goes in. @returns what frees it again. */
function fill(folder: string): () => void {
  const file = path.join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  try {
    writeFileSync(file, Buffer.alloc((bavail + 1) * bsize));
  } catch (error) {
    assert.match(String(error), /ENOSPC/);
  }
  return () => rmSync(file);
}

test('a start on a full disk is one line that names the folder, from either command, and works once there is space', async (t) => {
  const sandbox = smallDisk(t);
  if (sandbox === null) {
    t.skip('only root can mount a small disk');
    return;
  }
  const free = fill(sandbox.stateDir);
  const expected = new RegExp(
    `^breakout: no space is left for ${sandbox.stateDir}.*: free some, or set BREAKOUT_STATE_DIR\\n$`,
  );
  for (const words of [
    ['daemon', 'run'],
    ['daemon', 'start'],
    ['start', '--preset', 'breakout_v1'],
  ]) {
    const { code, stdout, stderr } = await sandbox.run(...words);
    assert.match(stderr, expected, words.join(' '));
    assert.equal(stdout, '');
    assert.equal(code, 1, 'not 78: a supervisor is to try again');
  }
  free();
  await sandbox.json('daemon', 'start');
});

test('a disk that fills up while the daemon trades stops nothing, and the log goes on when there is space', async (t) => {
  const sandbox = smallDisk(t);
  if (sandbox === null) {
    t.skip('only root can mount a small disk');
    return;
  }
  await sandbox.json('start', '--preset', 'breakout_v1', '--speed', '3000');
  const free = fill(sandbox.stateDir);
  const log = path.join(sandbox.stateDir, 'log', 'daemon.log');
  await using client = await connect({ socketPath: sandbox.socketPath });
  // Each of these is logged; the last page of the file still has room for the first few.
  for (let size = -1; size !== statSync(log).size; ) {
    size = statSync(log).size;
    await client.call('engine.pause', { reason: 'x'.repeat(400) });
  }
  assert.equal((await client.call('engine.status')).state, 'PAUSED');
  await client.call('engine.resume');
  assert.notEqual((await client.call('engine.status')).state, 'ERROR');

  free();
  await client.call('engine.pause', { reason: 'space again' });
  assert.match(readFileSync(log, 'utf8'), /the log could not be written.*\n[\s\S]*space again/);
});

test('a full disk behind the log or the output of the daemon does not keep it from trading', {
  skip: noDevFull,
}, async (t) => {
  const sandbox = new Sandbox();
  const logFolder = path.join(sandbox.stateDir, 'log');
  mkdirSync(logFolder, { recursive: true });
  symlinkSync('/dev/full', path.join(logFolder, 'daemon.log'));
  const full = openSync('/dev/full', 'w');
  const daemon = spawn(process.execPath, [LAUNCHER, 'daemon', 'run'], {
    env: sandbox.env,
    stdio: ['ignore', full, full],
  });
  closeSync(full);
  const exit = once(daemon, 'exit');
  t.after(async () => {
    daemon.kill('SIGKILL');
    await exit;
    rmSync(sandbox.folder, { recursive: true, force: true });
  });
  // Its output is lost, so it is looked for: a start that came before it would have a daemon of its own.
  while (!existsSync(sandbox.socketPath) && daemon.exitCode === null) await delay(LOOK_EVERY_MS);
  await sandbox.run('start', '--preset', 'breakout_v1');
  await using client = await connect({ socketPath: sandbox.socketPath });
  assert.equal((await client.call('daemon.hello')).pid, daemon.pid);
  assert.notEqual((await client.call('engine.status')).state, 'ERROR');
  await client.call('daemon.stop');
  assert.deepEqual(await exit, [0, null]);
});
