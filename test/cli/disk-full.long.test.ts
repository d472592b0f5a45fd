import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect } from '../../src/protocol/client.ts';
import type { EventNotification } from '../../src/protocol/events.ts';
import { Sandbox } from './sandbox.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/breakout.js', import.meta.url));

const LOOK_EVERY_MS = 20;

const MIB = 2 ** 20;

const noDevFull = existsSync('/dev/full') ? false : 'there is no /dev/full';

/** A sandbox whose state folder is a file system of 24 MiB, of which the journal's reserve takes 8; null when this user or system cannot mount one. */
function smallDisk(t: TestContext): Sandbox | null {
  const sandbox = new Sandbox();
  mkdirSync(sandbox.stateDir);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', sandbox.stateDir]);
  t.after(async () => {
    await sandbox.run('daemon', 'stop');
    if (mounted.status === 0) spawnSync('umount', ['-l', sandbox.stateDir]);
    rmSync(sandbox.folder, { recursive: true, force: true });
  });
  return mounted.status === 0 ? sandbox : null;
}

/** Writes until no more than so many bytes go in. @returns what frees it again. */
function fill(folder: string, left = 0): () => void {
  const file = path.join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  try {
    writeFileSync(file, Buffer.alloc((bavail + (left === 0 ? 1 : 0)) * bsize - left));
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
  for (const [left, expected] of [
    [
      0,
      new RegExp(
        `^breakout: no space is left for ${sandbox.stateDir}.*: free some, or set BREAKOUT_STATE_DIR\\n$`,
      ),
    ],
    // Enough to begin with, and not for what the journal has to have in reserve.
    [
      MIB,
      new RegExp(
        `^breakout: (the daemon did not start: )?no space is left for the journal ${sandbox.stateDir}/journal\\.sqlite.*: free some on the disk that holds ${sandbox.stateDir}, and start again\\n$`,
      ),
    ],
  ] as const) {
    const free = fill(sandbox.stateDir, left);
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
  }
  await sandbox.json('daemon', 'start');
});

test('a disk that fills up while the daemon trades: entries stop and say why, exits go on, and nothing is forgotten', async (t) => {
  const sandbox = smallDisk(t);
  if (sandbox === null) {
    t.skip('only root can mount a small disk');
    return;
  }
  await sandbox.json('daemon', 'start');
  await using client = await connect({ socketPath: sandbox.socketPath });
  const seen: EventNotification['event'][] = [];
  let look: () => void = () => undefined;
  await client.subscribe(
    { topics: ['state', 'position', 'fill'] },
    {
      onEvent: ({ event }) => {
        seen.push(event);
        look();
      },
    },
  );
  const until = (fits: (event: EventNotification['event']) => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (seen.some(fits)) resolve();
      };
      look();
    });
  await client.call('engine.start', { preset: 'breakout_v1', seed: 3, speed: 3600 });
  await until((event) => event.type === 'position' && event.change === 'protected');
  const free = fill(sandbox.stateDir);

  await until((event) => event.type === 'state' && event.to === 'ERROR');
  const failed = seen.findLast((event) => event.type === 'state');
  assert.ok(failed?.type === 'state');
  assert.match(failed.reason, /^the journal cannot be written: no space is left on its disk$/);
  assert.equal((await client.call('engine.status')).ended, null, 'the session goes on');
  const { status, issues } = await client.call('engine.resourceHealth');
  assert.equal(status, 'critical');
  assert.match(JSON.stringify(issues), /JOURNAL/);
  const from = seen.length;

  await client.call('engine.stop', { flatten: true });
  assert.deepEqual((await client.call('positions.list')).positions, []);
  const entered = seen.slice(from).filter((event) => event.type === 'fill' && event.purpose === 'entry');
  assert.deepEqual(entered, []);

  // What was told is on the disk, the exits from the reserve included.
  const { trades } = await client.call('trades.list');
  assert.ok(trades.length > 0);
  const { session } = await client.call('engine.status');
  const { pid } = await client.call('daemon.hello');
  process.kill(pid, 'SIGKILL');
  await client.closed;
  free();
  await sandbox.json('daemon', 'start');
  await using next = await connect({ socketPath: sandbox.socketPath });
  const kept = await next.call('sessions.get');
  assert.equal(kept.session?.id, session);
  assert.deepEqual((await next.call('trades.list')).trades, trades);
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
