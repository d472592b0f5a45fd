/** Batches, notifications and the read-only socket, with every method of the table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_BATCH } from '../../src/daemon/dispatcher.ts';
import { METHODS, type MethodName } from '../../src/protocol/methods.ts';
import { answerOf, errorOf, RawConnection } from '../daemon/support.ts';
import { Asker, fieldsOf, listOf } from './asker.ts';
import { READS } from './reads.ts';
import { scene } from './scenes.ts';

const request = (id: unknown, method: string, params: object) => ({ jsonrpc: '2.0', id, method, params });
const notification = (method: string, params: object) => ({ jsonrpc: '2.0', method, params });

/** One request of each read; the batch may hold so many. */
const EACH_READ = [...new Map<MethodName, object>(READS.map(([method, params]) => [method, params]))];

test('every read answers in a batch as it does alone, each under its own id', async (t) => {
  const { socketPath } = await scene(t, 'position open');
  const raw = await RawConnection.open(t, socketPath);
  assert.ok(EACH_READ.length >= 28 && EACH_READ.length <= 2 * MAX_BATCH);
  // Its answer would be followed by events between those of the batch.
  const reads = EACH_READ.filter(([method]) => !method.startsWith('events.'));
  for (let from = 0; from < reads.length; from += MAX_BATCH) {
    const batch = reads.slice(from, from + MAX_BATCH);
    const answers = listOf(await raw.ask(batch.map(([method, params]) => request(method, method, params))));
    assert.deepEqual(new Set(answers.map(({ id }) => id)), new Set(batch.map(([method]) => method)));
    for (const [method] of batch) {
      const result = answerOf(answers.find(({ id }) => id === method));
      assert.deepEqual(METHODS[method].result.parse(result), result, method);
    }
  }
});

test('a batch mixes commands, reads, mistakes and notifications: one answer for each that has an id', async (t) => {
  const { socketPath, ann } = await scene(t, 'position open');
  const raw = await RawConnection.open(t, socketPath);
  const answers = listOf(
    await raw.ask([
      request(1, 'engine.pause', { reason: 'in a batch' }),
      notification('logs.setLevel', { level: 'debug', component: 'venue' }),
      request('b', 'positions.close', { tradeId: 1, symbol: 'AAAUSDT' }),
      request(3, 'no.such', {}),
      notification('no.such', {}),
      notification('engine.stop', { flaten: true }),
      request(4, 'engine.pause', { reason: 'again' }),
      7,
      request(5, 'orders.cancel', { orderId: 1 }),
      request(6, 'sessions.get', {}),
    ]),
  );
  const outcomes = answers.map((answer) => [answer.id, 'error' in answer ? errorOf(answer).app : 'ok']);
  const sorted = outcomes.sort(([a], [b]) => String(a).localeCompare(String(b)));
  assert.deepEqual(sorted, [
    [1, 'ok'],
    [3, 'METHOD_NOT_FOUND'],
    [4, 'ok'],
    [5, 'ORDER_UNKNOWN'],
    [6, 'ok'],
    ['b', 'INVALID_PARAMS'],
    [null, 'INVALID_REQUEST'],
  ]);
  const { pausedBy, state } = await ann.well('engine.status');
  assert.deepEqual([state, fieldsOf(pausedBy).reason], ['PAUSED', 'in a batch'], 'begun in their order');
  const levels = listOf((await ann.well('logs.levels')).levels);
  assert.equal(levels.find(({ component }) => component === 'venue')?.level, 'debug');
});

test('a notification of any method is never answered, whether it is carried out, refused or wrong', async (t) => {
  const { socketPath, ann } = await scene(t, 'position open');
  const raw = await RawConnection.open(t, socketPath);
  for (const method of Object.keys(METHODS)) {
    raw.send(`${JSON.stringify(notification(method, { nonsense: true }))}\n`);
    raw.send(`${JSON.stringify([notification(method, { nonsense: true }), notification('no.such', {})])}\n`);
  }
  for (const [method, params] of EACH_READ)
    if (method !== 'events.subscribe') raw.send(`${JSON.stringify(notification(method, params))}\n`);
  const { id, app } = errorOf(await raw.ask(request('last', 'engine.resume', {})));
  assert.deepEqual(
    [id, app],
    ['last', 'ENGINE_NOT_PAUSED'],
    'the first answer is to the first that has an id',
  );
  assert.equal(await ann.state(), 'MANAGING');
  raw.send(`${JSON.stringify(notification('engine.pause', { reason: 'unanswered' }))}\n`);
  await ann.seen((event) => event.type === 'state' && event.to === 'PAUSED');
  raw.send(`${JSON.stringify([notification('engine.stop', { flatten: true })])}\n`);
  await ann.seen((event) => event.type === 'session' && event.change === 'ended');
  assert.deepEqual(answerOf(await raw.ask(request(2, 'positions.list', {}))), { positions: [] });
});

test('the read-only socket answers every read of a running engine and refuses every command, well-formed or not', async (t) => {
  const { socketPath, server, ann } = await scene(t, 'position open');
  const path = `${socketPath}.ro`;
  await server.listen(path, { access: 'read', mode: 0o660, gid: null });
  const monitor = await (await Asker.open(t, path, 'monitor')).watch();
  const before = await ann.well('engine.status');
  for (const [method, params] of READS) {
    const { outcome, message } = await monitor.ask(method, params);
    assert.equal(outcome, 'ok', `${method}: ${message}`);
  }
  const commands = Object.entries(METHODS).filter(([, { kind }]) => kind === 'control');
  assert.equal(commands.length + EACH_READ.length, Object.keys(METHODS).length);
  const raw = await RawConnection.open(t, path);
  for (const [method] of commands) {
    for (const params of [{}, { reason: 'x' }, { nonsense: 1 }]) {
      const { app, code } = errorOf(await raw.ask(request(1, method, params)));
      assert.deepEqual([app, code], ['READ_ONLY', -32082], method);
    }
    raw.send(`${JSON.stringify(notification(method, { reason: 'x' }))}\n`);
  }
  await raw.ask(request(2, 'daemon.hello', {}));
  const after = await ann.well('engine.status');
  for (const key of ['state', 'session', 'pausedBy', 'haltedBy', 'openPositions', 'stopping'])
    assert.deepEqual(after[key], before[key], key);
});
