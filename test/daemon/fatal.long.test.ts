import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect } from '../../src/protocol/client.ts';
import type { EventNotification } from '../../src/protocol/events.ts';
import { program } from '../program.ts';
import { onEnd, privateFolder, spawnDaemon } from './support.ts';

const VENUE = 'venue-process.ts';

interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly ref?: string;
  readonly origin?: string;
  readonly error?: string;
}

function logLines(file: string): LogLine[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line): LogLine => JSON.parse(line));
}

for (const [mishap, origin] of [
  ['throws', 'uncaughtException'],
  ['rejects', 'unhandledRejection'],
] as const) {
  test(`a failure that nobody caught (${mishap}) stops trading in ERROR, leaves positions with their stops, and ends with 1`, async (t) => {
    const { env, paths } = privateFolder(t);
    const daemon = spawnDaemon(t, { ...env, TEST_VENUE: mishap }, VENUE);
    assert.equal(await daemon.outcome, 'ready');
    const client = await connect({ socketPath: paths.socketPath });
    const seen: EventNotification[] = [];
    await client.subscribe({}, { onEvent: (event) => seen.push(event) });
    await client.call('engine.start', { preset: 'breakout_v1', speed: 200_000 });
    assert.equal(await client.closed, null, 'the connection is closed, not torn');
    assert.equal(await daemon.exit, 1);

    const toError = seen.findIndex(({ event }) => event.type === 'state' && event.to === 'ERROR');
    assert.ok(toError > 0, 'the engine went to ERROR');
    const { event } = seen[toError] ?? assert.fail();
    assert.ok(event.type === 'state');
    const submitted = seen
      .slice(toError)
      .filter(({ event }) => event.type === 'order' && event.status === 'submitted');
    assert.deepEqual(submitted, [], 'nothing is sent any more');

    const log = logLines(paths.logFile);
    const fatal = log.find((line) => line.message.startsWith('fatal')) ?? assert.fail('it is logged');
    assert.equal(fatal.origin, origin);
    assert.match(fatal.error ?? '', /\/secret\/place is broken[\s\S]*venue-process\.ts/, 'with its stack');
    assert.ok(event.reason.includes(`ref ${fatal.ref}`), 'clients are told the reference');
    assert.ok(!JSON.stringify(seen).includes('/secret/place'), 'and nothing else');
    assert.equal(log.at(-1)?.message, 'stopped');

    const next = spawnDaemon(t, env);
    assert.equal(await next.outcome, 'ready', 'the next daemon starts at once');
    await using again = await connect({ socketPath: paths.socketPath });
    await assert.rejects(again.call('engine.pause'), /ERROR/, 'in its turn, behind the recovery');
    const { positions } = await again.call('positions.list');
    assert.ok(positions.length > 0, 'the position is there');
    for (const position of positions) {
      assert.notEqual(position.stop, null, `${position.symbol} has its stop`);
      assert.equal(position.protectedQuantity, position.quantity);
    }
  });
}

test('a daemon that goes on failing while it ends still ends, and does not fill the log', async (t) => {
  const { env, paths } = privateFolder(t);
  const daemon = spawnDaemon(t, { ...env, TEST_VENUE: 'storm' }, VENUE);
  assert.equal(await daemon.outcome, 'ready');
  const client = await connect({ socketPath: paths.socketPath });
  await client.call('engine.start', { preset: 'breakout_v1', speed: 200_000 });
  await client.closed;
  assert.equal(await daemon.exit, 1);
  const fatal = logLines(paths.logFile).filter(({ message }) => message.startsWith('fatal'));
  assert.ok(fatal.length >= 1 && fatal.length <= 10, String(fatal.length));
});

test('an orderly end that does not come after a failure is not waited for', async (t) => {
  const guard = program(new URL('guard-process.ts', import.meta.url));
  const child = spawn(process.execPath, guard, { stdio: ['ignore', 'pipe', 'pipe'] });
  onEnd(t, () => child.kill('SIGKILL'));
  const said = text(child.stderr);
  const [code] = await once(child, 'exit');
  assert.equal(code, 1);
  assert.match(
    await said,
    /^breakout daemon: an internal failure \(.* under ref \w+\): the engine is stopped/,
  );
  assert.match(await said, /an orderly end did not come: the daemon ends at once; positions stay protected/);
});

test('a daemon whose lock file is removed ends instead of trading beside the next one on the same account', async (t) => {
  const { env, paths } = privateFolder(t);
  const daemon = spawnDaemon(t, env);
  assert.equal(await daemon.outcome, 'ready');
  const client = await connect({ socketPath: paths.socketPath });
  await client.call('engine.start', { preset: 'breakout_v1' });
  rmSync(paths.lockFile);
  assert.equal(await client.closed, null);
  assert.equal(await daemon.exit, 1);
  const fatal = logLines(paths.logFile).find((line) => line.message.startsWith('fatal'));
  assert.match(fatal?.error ?? '', /the lock file .* was removed/);
  assert.equal(await spawnDaemon(t, env).outcome, 'ready', 'the next daemon starts at once');
});
