import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { DAY } from '../../src/market/time.ts';
import type { ControlClient } from '../../src/protocol/client.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { METHODS, type ParamsOf } from '../../src/protocol/methods.ts';
import { FIRST_MILESTONES, MILESTONES } from '../../src/session/history/milestones.ts';
import { candleFolder } from '../e2e/candle-folder.ts';
import { daemonHere, privateFolder } from './support.ts';

/** A day warms up, three are traded. */
const CANDLES = { seed: 1, bars: 4 * 288, symbols: ['ADAUSDT', 'ARBUSDT', 'BTCUSDT', 'ETHUSDT', 'SOLUSDT'] };

const refused = (code: string) => (error: unknown) => {
  assert.ok(error instanceof RpcError, String(error));
  assert.equal(error.code, code, error.message);
  assert.ok(!/\/(tmp|home|work)/.test(JSON.stringify(error.toWire())), 'an answer tells a path');
  return true;
};

/** A session from its start to the end of its candles. */
async function replay(client: ControlClient, params: Partial<ParamsOf<'engine.start'>>): Promise<void> {
  let over: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const subscription = await client.subscribe(
    { topics: ['session'] },
    { onEvent: ({ event }) => event.type === 'session' && event.change === 'ended' && over() },
  );
  await client.call('engine.start', { preset: 'breakout_v1', venue: 'replay', speed: 0, ...params });
  await ended;
  await subscription.unsubscribe();
}

test('before the first start the history is empty, and asking for a session of it is refused', async (t) => {
  const { client } = await daemonHere(t);
  assert.deepEqual(await client.call('sessions.list'), { sessions: [] });
  await assert.rejects(client.call('sessions.get'), refused('SESSION_UNKNOWN'));
  await assert.rejects(client.call('sessions.checkpoints'), refused('SESSION_UNKNOWN'));
  assert.deepEqual(await client.call('signals.list'), { session: null, total: 0, dropped: 0, signals: [] });
  const equity = METHODS['equity.series'].result.parse(await client.call('equity.series'));
  assert.deepEqual([equity.session, equity.maxDrawdown, equity.points], [null, null, []]);
});

test('what a session went through is answered as the table says, without the place of its candles', async (t) => {
  const { folder } = privateFolder(t);
  const data = candleFolder(join(folder, 'my-candles'), CANDLES);
  const { client } = await daemonHere(t);
  await replay(client, { data });
  await replay(client, { data, from: '2025-01-02', equity: '500' });

  const { sessions } = METHODS['sessions.list'].result.parse(await client.call('sessions.list'));
  assert.deepEqual(
    sessions.map(({ ordinal, state, options }) => [ordinal, state, options.data, options.equity]),
    [
      [2, 'ended', 'my-candles', '500'],
      [1, 'ended', 'my-candles', '10000'],
    ],
  );
  const [second, first] = sessions;
  assert.ok(first && second);
  assert.equal(first.started.by, 'tester');
  assert.equal(second.options.from, Date.UTC(2025, 0, 2));
  const page = await client.call('sessions.list', { limit: 1, before: 2 });
  assert.deepEqual(page.sessions, [first]);

  const got = METHODS['sessions.get'].result.parse(await client.call('sessions.get', { id: first.id }));
  const { hash, preset } = await client.call('presets.get', { name: 'breakout_v1' });
  assert.deepEqual(got.session.preset, { name: 'breakout_v1', hash, values: preset });
  assert.deepEqual(got.session.figures, first.figures);
  assert.equal((await client.call('sessions.get')).session.id, second.id, 'the last one when none is named');

  const marks = METHODS['sessions.checkpoints'].result.parse(
    await client.call('sessions.checkpoints', { id: first.id, limit: 2_000 }),
  );
  assert.equal(marks.session, first.id);
  for (const name of FIRST_MILESTONES)
    assert.ok(
      marks.checkpoints.some((mark) => mark.name === name),
      name,
    );
  const later = await client.call('sessions.checkpoints', { id: first.id, since: 3, limit: 2 });
  assert.deepEqual(later.checkpoints, marks.checkpoints.slice(-2));

  await replay(client, { data });
  const { total, signals } = METHODS['signals.list'].result.parse(await client.call('signals.list'));
  assert.ok(total > 0);
  assert.equal(signals.length, total);
  const [one] = signals;
  assert.ok(one);
  const { signals: of } = await client.call('signals.list', { symbol: one.symbol, limit: 1 });
  assert.deepEqual(of, [signals.findLast(({ symbol }) => symbol === one.symbol)]);
  const { signals: after } = await client.call('signals.list', { since: one.signalId });
  assert.deepEqual(after, signals.slice(1));

  const equity = METHODS['equity.series'].result.parse(await client.call('equity.series', { limit: 20 }));
  assert.ok(equity.points.length <= 20);
  assert.equal(equity.points[0]?.equity, 10_000);
  assert.equal(equity.points.at(-1)?.at, Date.UTC(2025, 0, 1) + 4 * DAY);
  const tail = await client.call('equity.series', { since: equity.points[0]?.at });
  assert.ok((tail.points[0]?.at ?? 0) > (equity.points[0]?.at ?? 0));

  const all = JSON.stringify([sessions, got, marks, signals, equity]);
  assert.ok(!all.includes(folder), 'an answer tells a path');
});

test('a session that is not there, and parameters that are not right, are refused by name', async (t) => {
  const { client } = await daemonHere(t);
  await client.call('engine.start', { preset: 'breakout_v1', speed: 0 });
  for (const method of ['sessions.get', 'sessions.checkpoints'] as const) {
    await assert.rejects(client.call(method, { id: '20250101T000000-none' }), refused('SESSION_UNKNOWN'));
    await assert.rejects(client.call(method, { id: '' }), refused('INVALID_PARAMS'));
    await assert.rejects(client.call(method, JSON.parse('{"id":1}')), refused('INVALID_PARAMS'));
  }
  for (const [method, params] of [
    ['sessions.list', '{"limit":0}'],
    ['sessions.list', '{"before":0}'],
    ['sessions.list', '{"beforre":1}'],
    ['sessions.checkpoints', '{"limit":2001}'],
    ['sessions.checkpoints', '{"since":-1}'],
    ['signals.list', '{"limit":1.5}'],
    ['signals.list', '{"symbol":""}'],
    ['signals.list', '{"since":"x"}'],
    ['equity.series', '{"limit":1}'],
    ['equity.series', '{"since":-1}'],
  ] as const) {
    await assert.rejects(
      client.call(method, JSON.parse(params)),
      refused('INVALID_PARAMS'),
      `${method} ${params}`,
    );
  }
  assert.deepEqual((await client.call('signals.list', { symbol: 'NOSUCHUSDT' })).signals, []);
});

test('every milestone that the daemon marks has its name on the wire', () => {
  const { name } = METHODS['sessions.checkpoints'].result.shape.checkpoints.unwrap().element.shape;
  assert.deepEqual([...name.options].sort(), [...MILESTONES].sort());
});
