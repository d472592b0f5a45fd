import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type ControlClient, connect } from '../../src/protocol/client.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { METHODS, type ResultOf } from '../../src/protocol/methods.ts';
import { daemonHere, onEnd } from './support.ts';

type Line = ResultOf<'logs.tail'>['lines'][number];

const SIM = { preset: 'breakout_v1', seed: 7, speed: 0 } as const;

async function refusalOf(call: Promise<unknown>): Promise<RpcError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof RpcError);
    return error;
  }
  return assert.fail('it was not refused');
}

async function linesOf(client: ControlClient, ref: string): Promise<readonly Line[]> {
  return (await client.call('logs.tail', { ref })).lines;
}

test('a command is in the log with who asked, what for and what became of it, and what it caused has its ref', async (t) => {
  const { client, paths } = await daemonHere(t);
  await client.call('engine.start', SIM);
  await client.call('engine.pause', { reason: 'lunch' });
  const { lines } = await client.call('logs.tail', { component: 'control' });
  const pause = lines.find(({ message }) => message === 'engine.pause done') ?? assert.fail('no line');
  assert.match(pause.ref ?? '', /^[0-9a-f]{8}$/);
  assert.equal(pause.detail.by, 'tester');
  assert.deepEqual(pause.detail.params, { reason: 'lunch' });
  assert.equal(typeof pause.detail.connection, 'number');
  assert.equal(typeof pause.detail.request, 'number');
  assert.equal(typeof pause.detail.ms, 'number');
  assert.match(String(pause.detail.answer), /paused/);
  const caused = await linesOf(client, pause.ref ?? '');
  assert.ok(
    caused.some(({ component, message }) => component === 'engine' && message.endsWith('-> PAUSED')),
    'the state change says who caused it',
  );

  const start = lines.find(({ message }) => message === 'engine.start done') ?? assert.fail('no line');
  assert.ok((await linesOf(client, start.ref ?? '')).some(({ message }) => message === 'session started'));
  assert.ok(readFileSync(paths.logFile, 'utf8').includes(start.ref ?? 'none'), 'the file has the same refs');
});

test('what a running session does by itself is not put down to the command that started it', async (t) => {
  const { client } = await daemonHere(t);
  await client.call('logs.setLevel', { level: 'debug' });
  await client.call('engine.start', SIM);
  let trades: readonly Line[] = [];
  for (let after = 0; trades.length === 0; ) {
    const tail = await client.call('logs.tail', {
      after,
      component: 'execution',
      lines: 1000,
      waitMs: 10_000,
    });
    trades = tail.lines.filter(({ message }) => message === 'fill');
    after = tail.next;
  }
  for (const { ref } of trades) assert.equal(ref, null);
});

test('a refused command tells its ref, and the log has the refusal under it', async (t) => {
  const { client } = await daemonHere(t);
  const refusal = await refusalOf(client.call('engine.resume'));
  assert.equal(refusal.code, 'ENGINE_NOT_RUNNING');
  const [line, ...more] = await linesOf(client, refusal.data.ref ?? '');
  assert.deepEqual(more, []);
  assert.equal(line?.level, 'warn');
  assert.equal(line?.message, 'engine.resume refused');
  assert.equal(line?.detail.code, 'ENGINE_NOT_RUNNING');
});

test('a flood of refused commands does not turn the log over', async (t) => {
  const { client } = await daemonHere(t);
  await Promise.all(Array.from({ length: 400 }, () => refusalOf(client.call('engine.stop'))));
  const { lines } = await client.call('logs.tail', { lines: 1000, component: 'control' });
  assert.ok(lines.length >= 40 && lines.length < 100, `${lines.length}`);
});

test('reads leave no line at level info, and each leaves one at debug; following the log does not feed it', async (t) => {
  const { client } = await daemonHere(t);
  const reads = async (): Promise<string[]> =>
    (await client.call('logs.tail', { lines: 1000 })).lines
      .map(({ message }) => message)
      .filter((message) => message.startsWith('engine.'));
  await client.call('engine.status');
  assert.deepEqual(await reads(), []);
  await client.call('logs.setLevel', { level: 'debug', component: 'control' });
  await client.call('engine.status');
  assert.deepEqual(await reads(), ['engine.status done']);
  const { next } = await client.call('logs.tail');
  assert.equal((await client.call('logs.tail', { after: next })).next, next);
});

test('a follower gets each line once and as it is written, and an idle one is let go after its time', async (t) => {
  const { client, paths } = await daemonHere(t);
  const other = await connect({ socketPath: paths.socketPath, client: 'other' });
  onEnd(t, () => other.close());
  // The start is over with this line; what is written from here on is of what is asked.
  let first = await client.call('logs.tail', { waitMs: 30_000 });
  while (!first.lines.some(({ message }) => message === 'recovered'))
    first = await client.call('logs.tail', { after: first.next, waitMs: 30_000 });
  const waiting = client.call('logs.tail', { after: first.next, level: 'warn', waitMs: 30_000 });
  await other.call('logs.setLevel', { level: 'info' });
  const { data } = await refusalOf(other.call('engine.stop'));
  const { lines, next, missed } = await waiting;
  assert.deepEqual(
    lines.map(({ message, ref }) => [message, ref]),
    [['engine.stop refused', data.ref]],
  );
  assert.equal(missed, 0);
  const idle = await client.call('logs.tail', { after: next, waitMs: 20 });
  assert.deepEqual(idle.lines, []);

  const given = client.call('logs.tail', { after: next, waitMs: 30_000 });
  await client.call('logs.tail', { after: next, waitMs: 1 });
  assert.deepEqual((await given).lines, [], 'a connection waits once at a time');
});

test('a follower of a daemon that was started anew begins with what this one has written', async (t) => {
  const { client } = await daemonHere(t);
  const tail = await client.call('logs.tail', { after: 10_000, stream: 'of another daemon' });
  assert.ok(tail.lines.some(({ message }) => message === 'serving'));
  assert.equal((await client.call('logs.tail', { after: 10_000, stream: tail.stream })).lines.length, 0);
});

test('a level holds for its time, says what it changed, and the change itself is in the log', async (t) => {
  const { client } = await daemonHere(t);
  const change = await client.call('logs.setLevel', { component: 'control', level: 'error', for: 60 });
  assert.deepEqual(change.changed, [{ component: 'control', from: 'info', to: 'error' }]);
  assert.equal(change.message, 'control: info -> error, for 60 s');
  const { levels } = await client.call('logs.levels');
  const control = levels.find(({ component }) => component === 'control');
  assert.equal(control?.level, 'error');
  assert.equal(control?.configured, 'info');
  assert.ok(Date.parse(control?.until ?? '') > Date.now());
  const { lines } = await client.call('logs.tail');
  assert.ok(
    lines.some(({ message, detail }) => message === 'log levels are to change' && detail.to === 'error'),
  );
  assert.equal(
    (await client.call('logs.setLevel', { level: 'configured' })).message,
    'control: error -> info, as the settings say',
  );
});

test('lines are found by level, component and time', async (t) => {
  const { client } = await daemonHere(t);
  await refusalOf(client.call('engine.stop'));
  const { lines } = await client.call('logs.tail', { level: 'warn' });
  assert.deepEqual(
    lines.map(({ message }) => message),
    ['engine.stop refused'],
  );
  const at = lines[0]?.timestamp ?? '';
  assert.equal((await client.call('logs.tail', { since: at })).lines[0]?.timestamp, at);
  assert.deepEqual((await client.call('logs.tail', { since: '2100-01-01T00:00:00+02:00' })).lines, []);
  assert.deepEqual((await client.call('logs.tail', { component: 'venue' })).lines, []);
  assert.equal((await client.call('logs.tail', { lines: 1 })).lines.length, 1);
});

test('what a client is told of the log is what the table says', async (t) => {
  const { client } = await daemonHere(t);
  await client.call('engine.start', SIM);
  await client.call('engine.stop');
  for (const [method, result] of [
    ['logs.tail', await client.call('logs.tail')],
    ['logs.levels', await client.call('logs.levels')],
    ['logs.setLevel', await client.call('logs.setLevel', { level: 'info' })],
  ] as const)
    METHODS[method].result.parse(result);
  const refused = await refusalOf(client.call('logs.tail', { lines: 0 }));
  assert.equal(refused.code, 'INVALID_PARAMS');
  assert.equal(refused.data.ref, undefined, 'a read leaves nothing in the log to look for');
});
