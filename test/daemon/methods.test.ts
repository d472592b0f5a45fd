import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ControlClient } from '../../src/protocol/client.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { type EventNotification, eventNotification, type Topic } from '../../src/protocol/events.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import { daemonHere } from './support.ts';

const BRISK = 50_000;

const refused =
  (code: string, message = /./) =>
  (error: unknown) => {
    assert.ok(error instanceof RpcError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    assert.ok(error.hint.length > 0);
    return true;
  };

/** The first event that is wanted, from a subscription made now. */
async function nextEvent(
  client: ControlClient,
  topics: readonly Topic[],
  wanted: (event: EventNotification) => boolean = () => true,
): Promise<{ readonly event: Promise<EventNotification> }> {
  let found: (event: EventNotification) => void = () => undefined;
  const event = new Promise<EventNotification>((resolve) => {
    found = resolve;
  });
  await client.subscribe({ topics }, { onEvent: (e) => wanted(e) && found(eventNotification.parse(e)) });
  return { event };
}

/** Reads everything there is to read and holds it against the table. */
async function readAll(client: ControlClient) {
  const status = METHODS['engine.status'].result.parse(await client.call('engine.status'));
  const metrics = METHODS['engine.metrics'].result.parse(await client.call('engine.metrics'));
  const { commands } = METHODS['engine.commands'].result.parse(await client.call('engine.commands'));
  const { transitions } = METHODS['engine.transitions'].result.parse(await client.call('engine.transitions'));
  const { positions } = METHODS['positions.list'].result.parse(await client.call('positions.list'));
  const trades = METHODS['trades.list'].result.parse(await client.call('trades.list'));
  const { presets } = METHODS['presets.list'].result.parse(await client.call('presets.list'));
  const info = METHODS['daemon.info'].result.parse(await client.call('daemon.info'));
  const hello = METHODS['daemon.hello'].result.parse(await client.call('daemon.hello'));
  return { status, metrics, commands, transitions, positions, trades, presets, info, hello };
}

test('before the first start everything reads as nothing: no figure is made up', async (t) => {
  const { client } = await daemonHere(t);
  const { status, metrics, commands, transitions, positions, trades, hello, info } = await readAll(client);
  assert.deepEqual(status, {
    state: 'IDLE',
    preset: null,
    mode: null,
    startedAt: null,
    slots: 0,
    freeSlots: 0,
    openPositions: 0,
    pendingEntries: 0,
    latencyMs: null,
    dailyR: 0,
    consecutiveLosses: 0,
    equity: null,
    venue: null,
    account: null,
    session: null,
    at: null,
    speed: null,
    progress: null,
    ended: null,
    stopping: false,
    pausedBy: null,
    haltedBy: null,
  });
  assert.deepEqual(
    [metrics.uptime, metrics.avgLatencyMs, metrics.latency, metrics.equity],
    [0, null, null, null],
  );
  assert.deepEqual(
    commands.filter((command) => command.allowed).map((command) => command.command),
    ['start', 'emergencyStop'],
  );
  assert.deepEqual([transitions, positions, trades.trades, trades.session], [[], [], [], null]);
  assert.deepEqual(hello, {
    ...hello,
    name: 'breakout',
    protocol: { min: 1, max: 1 },
    instance: 'default',
    pid: process.pid,
  });
  assert.deepEqual(info.methods, Object.keys(METHODS));
});

test('a whole session over the socket: start, trade, pause, resume, stop flat', async (t) => {
  const { client } = await daemonHere(t);
  const trade = await nextEvent(client, ['trade']);
  const started = await client.call('engine.start', { preset: 'breakout_v1', speed: BRISK, equity: '5000' });
  METHODS['engine.start'].result.parse(started);
  assert.match(started.message, /breakout_v1/);
  assert.ok(Math.abs(Date.parse(started.timestamp) - Date.now()) < 60_000);

  await trade.event;
  const { status, metrics, transitions, trades } = await readAll(client);
  assert.equal(status.preset, 'breakout_v1');
  assert.equal(status.mode, 'paper');
  assert.equal(status.venue, 'sim');
  assert.equal(status.speed, BRISK);
  assert.ok(status.slots > 0 && (status.latencyMs ?? 0) > 0);
  assert.ok(Date.now() - Date.parse(status.startedAt ?? '') < 60_000);
  assert.ok(metrics.totalTrades > 0 && metrics.totalSignals > 0 && metrics.cycleCount > 0);
  assert.ok(metrics.latency !== null && metrics.latency.p50Ms <= metrics.latency.p99Ms);
  assert.equal(trades.session, status.session);
  assert.ok(trades.trades.length > 0);
  const { totals } = trades;
  assert.equal(totals.trades, trades.trades.length);
  assert.equal(totals.won, trades.trades.filter(({ pnl }) => Number(pnl) > 0).length);
  const pnl = trades.trades.reduce((sum, trade) => sum + Number(trade.pnl), 0);
  assert.ok(Math.abs(Number(totals.pnl) - pnl) < 1e-6);
  assert.ok(transitions.length > 0);
  const all = (await client.call('engine.transitions', { limit: 1000 })).transitions;
  assert.deepEqual(
    all.slice(0, 2).map(({ from, to, by }) => [from, to, by]),
    [
      ['IDLE', 'INITIALIZING', 'tester'],
      ['INITIALIZING', 'SCANNING', 'tester'],
    ],
  );
  const newest = (await client.call('engine.transitions', { limit: 1 })).transitions;
  assert.equal(newest.length, 1);
  const seq = newest[0]?.seq ?? assert.fail();
  assert.ok(
    !(await client.call('engine.transitions', { since: seq })).transitions.some((later) => later.seq <= seq),
  );

  await client.call('engine.pause', { reason: 'lunch' });
  const paused = await client.call('engine.status');
  assert.equal(paused.state, 'PAUSED');
  assert.deepEqual([paused.pausedBy?.by, paused.pausedBy?.reason], ['tester', 'lunch']);
  await client.call('engine.resume');

  const end = await nextEvent(client, ['session']);
  const stopped = await client.call('engine.stop', { flatten: true });
  assert.match(stopped.message, /verified flat/);
  const { event } = await end.event;
  assert.ok(event.type === 'session' && event.change === 'ended');
  const after = await readAll(client);
  assert.equal(after.status.state, 'IDLE');
  assert.deepEqual(after.positions, []);
  assert.ok(after.trades.trades.length >= trades.trades.length, 'the last session can still be read');
  const last = await client.call('trades.list', { limit: 1 });
  assert.deepEqual(last.trades, after.trades.trades.slice(-1));
  assert.deepEqual(last.totals, after.trades.totals, 'the totals are those of all trades');
});

// That each method refuses wrong parameters and the wrong state, and with which code: test/control.
test('a start that cannot be is refused with what is wrong, and what there is instead', async (t) => {
  const { client } = await daemonHere(t);
  const start = (params: object) => client.call('engine.start', { preset: 'breakout_v1', ...params });
  await assert.rejects(start({ preset: 'nope' }), refused('PRESET_UNKNOWN', /"nope".*breakout_v1/));
  await assert.rejects(start({ preset: '../../etc/passwd' }), refused('PRESET_UNKNOWN', /preset/));
  await assert.rejects(start({ venue: 'replay', from: 'yesterday' }), refused('INVALID_PARAMS', /from/));
  await assert.rejects(start({ venue: 'replay', data: 'relative' }), refused('INVALID_PARAMS', /data/));
  await assert.rejects(start({ mode: 'live' }), refused('MODE_REFUSED'));
  await assert.rejects(start({ venue: 'mars' }), refused('VENUE_UNKNOWN', /sim, replay/));
  await assert.rejects(start({ venue: 'replay', data: '/nowhere' }), refused('DATA_INVALID', /\/nowhere/));
  assert.equal((await client.call('engine.status')).state, 'IDLE');
});

test('a broken preset of your own is listed with what is wrong and refused, and no path reaches a client', async (t) => {
  const { client, paths } = await daemonHere(t);
  mkdirSync(join(paths.configDir, 'presets'), { recursive: true });
  writeFileSync(join(paths.configDir, 'presets', 'mine.json'), '{"name":"mine","risk":{"risk_per_trade":9}}');
  const { presets } = await client.call('presets.list');
  const mine = presets.find((preset) => preset.name === 'mine') ?? assert.fail();
  assert.deepEqual([mine.valid, mine.origin], [false, 'user']);
  assert.ok(mine.problems.some((line) => line.startsWith('mine.json: risk.risk_per_trade: found 9')));
  assert.ok(
    presets.some((preset) => preset.name === 'breakout_v1' && preset.valid && preset.origin === 'package'),
  );
  await assert.rejects(client.call('engine.start', { preset: 'mine' }), (error) => {
    refused('PRESET_INVALID')(error);
    assert.ok(error instanceof RpcError);
    assert.deepEqual(error.data.problems, mine.problems);
    assert.ok(!JSON.stringify(error.toWire()).includes(paths.configDir));
    return true;
  });
});

test('a start by a name that is no preset, whatever it looks like, is answered with the names there are', async (t) => {
  const { client } = await daemonHere(t);
  for (const preset of ['', '../presets/breakout_v1', 'breakout_v1.json', '__proto__', 'Breakout V1']) {
    await assert.rejects(
      client.call('engine.start', { preset }),
      refused('PRESET_UNKNOWN', /there are: .*breakout_v1/),
    );
  }
});

test('a start equity that sizing could not reckon with is refused at the wire', async (t) => {
  const { client } = await daemonHere(t);
  for (const equity of ['0', '0.00', '9'.repeat(30), '1e5', '-1']) {
    await assert.rejects(
      client.call('engine.start', { preset: 'breakout_v1', equity }),
      refused('INVALID_PARAMS', /equity/),
    );
  }
});

test('a reason that would rewrite the terminal of who reads it is refused', async (t) => {
  const { client } = await daemonHere(t);
  for (const reason of ['two\nlines', '\u001b[2J', '\u0007', '   ']) {
    await assert.rejects(client.call('engine.reset', { reason }), refused('INVALID_PARAMS', /reason/));
  }
  await assert.rejects(
    client.call('engine.reset', { reason: 'x'.repeat(501) }),
    refused('INVALID_PARAMS', /reason: must be at most 500 characters/),
  );
});
