import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Sandbox } from './sandbox.ts';

/** `npm run twenty-starts` makes it twenty. */
const STARTS = Number(process.env.STARTS ?? 6);

interface Refused {
  readonly error: { readonly code: string; readonly message: string };
}

function messagesOf(log: string): string[] {
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line): string => {
      const { message }: { readonly message: string } = JSON.parse(line);
      return message;
    });
}

test(`${STARTS} starts at once give one daemon and one engine; the others are told that it runs`, async (t) => {
  const sandbox = new Sandbox();
  t.after(async () => {
    await sandbox.run('daemon', 'stop');
    rmSync(sandbox.folder, { recursive: true, force: true });
  });
  const ended = await Promise.all(
    Array.from({ length: STARTS }, () => sandbox.run('start', '--preset', 'breakout_v1', '--json')),
  );
  const [winner, ...more] = ended.filter(({ code }) => code === 0);
  assert.ok(winner !== undefined && more.length === 0, `${more.length + 1} starts succeeded`);
  for (const { code, stdout, stderr } of ended.filter((one) => one !== winner)) {
    assert.equal(code, 1, stderr);
    const { error }: Refused = JSON.parse(stdout);
    assert.equal(error.code, 'ENGINE_ALREADY_RUNNING', stderr);
    assert.match(stderr, /^breakout: the engine is already running \([A-Z_]+\) \(.*\)\n$/);
  }

  const logs = path.join(sandbox.stateDir, 'log');
  const messages = messagesOf(path.join(logs, 'daemon.log'));
  assert.equal(messages.filter((message) => message === 'serving').length, 1, 'one daemon');
  assert.equal(messages.filter((message) => message === 'session started').length, 1, 'one engine');
  assert.deepEqual(readdirSync(logs).sort(), ['daemon.log', 'daemon.out'], 'the others left nothing behind');
});

test('after a kill -9 in the middle of a session a start works at once, over the stale socket', async (t) => {
  const sandbox = new Sandbox();
  t.after(async () => {
    await sandbox.run('daemon', 'stop');
    rmSync(sandbox.folder, { recursive: true, force: true });
  });
  await sandbox.json('start', '--preset', 'breakout_v1');
  const { pid } = await sandbox.json<{ pid: number }>('daemon', 'status');
  process.kill(pid, 'SIGKILL');
  const again = await sandbox.json<{ daemonStarted: boolean }>('start', '--preset', 'breakout_v1');
  assert.equal(again.daemonStarted, true);
});

test('Ctrl-C while the daemon is starting leaves neither a daemon that nobody waits for nor a file', async (t) => {
  const sandbox = new Sandbox();
  t.after(async () => {
    await sandbox.run('daemon', 'stop');
    rmSync(sandbox.folder, { recursive: true, force: true });
  });
  const logs = path.join(sandbox.stateDir, 'log');
  const starting = sandbox.start('start', '--preset', 'breakout_v1');
  while (!existsSync(logs) || !readdirSync(logs).some((name) => name.startsWith('daemon-start-')))
    await new Promise((resolve) => setImmediate(resolve));
  starting.child.kill('SIGINT');
  const { code, stderr } = await starting.ended;
  assert.equal(code, 130);
  assert.match(stderr, /^breakout: interrupted: the daemon that was starting has been stopped again\n$/);
  assert.deepEqual(
    readdirSync(logs).filter((name) => name !== 'daemon.log'),
    [],
  );
  assert.ok(!existsSync(sandbox.socketPath));
});
