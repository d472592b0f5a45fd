import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Notifier } from '../../src/daemon/notify.ts';
import { openLog } from '../../src/telemetry/log.ts';
import { privateFolder } from './support.ts';

test('READY is not lost behind a systemd that takes long: status lines are given up first', async (t) => {
  const { folder } = privateFolder(t);
  const gate = join(folder, 'gate');
  const heard = join(folder, 'heard');
  assert.equal(spawnSync('mkfifo', [gate]).status, 0);
  writeFileSync(
    join(folder, 'systemd-notify'),
    `#!/bin/sh\n[ "$1" = first ] && read -r go < '${gate}'\necho "$@" >> '${heard}'\n`,
  );
  chmodSync(join(folder, 'systemd-notify'), 0o700);
  const log = openLog({ file: join(folder, 'log') });
  const notifier = new Notifier({ PATH: `${folder}:${process.env.PATH}`, NOTIFY_SOCKET: '/nowhere' }, log);

  notifier.send('first');
  notifier.send('READY=1');
  for (let i = 1; i <= 20; i++) notifier.send(`STATUS=${i}`);
  notifier.send('STOPPING=1');
  writeFileSync(gate, 'go\n');
  await notifier.sent();
  await log.close();
  const words = readFileSync(heard, 'utf8').trim().split('\n');
  assert.deepEqual(words.slice(0, 2), ['first', 'READY=1']);
  assert.deepEqual(words.slice(-2), ['STATUS=20', 'STOPPING=1']);
  assert.ok(words.length <= 10, 'the others have been overtaken');
});
