import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Archive } from '../../../src/archive/archive.ts';
import type { Preset } from '../../../src/config/preset.ts';
import { presetHash } from '../../../src/config/preset-hash.ts';
import { loadPreset } from '../../../src/config/presets.ts';
import { toMarket } from '../../../src/market/instrument.ts';
import { BASE, DAY } from '../../../src/market/time.ts';
import type { PublishedEvent } from '../../../src/session/event-log.ts';
import { FIRST_MILESTONES, type MilestoneName } from '../../../src/session/history/milestones.ts';
import { SessionHost } from '../../../src/session/host.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import type { OpenVenue, VenueRequest } from '../../../src/session/venues.ts';
import { generatedMarket } from '../../../src/venue/simulated/generator/generated-market.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../../src/venue/simulated/matching.ts';

const preset: Preset = loadPreset('breakout_v1', '/nowhere');
const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 0 };

/** About 3 ms of wall time a candle: quick, and slow enough to act on what has just happened. */
const BRISK = 100_000;

/** A generated market that ends; with no symbols, one on which nothing can be started. */
function ending(days: number, empty = false): (request: VenueRequest) => Promise<OpenVenue> {
  return async ({ seed }) => {
    const source = generatedMarket({ seed: seed ?? 1, bars: (days * DAY) / BASE });
    const { figures, assumed, startsAt, total } = source;
    const nothing = {
      figures,
      assumed,
      startsAt,
      total,
      instruments: [],
      history: () => [],
      next: () => null,
      book: () => null,
      archive: (a: Archive) => a.section('nothing'),
    };
    return {
      source: empty ? nothing : source,
      matching: simulatedMatching({ markets: source.instruments.map(toMarket), costs: DEFAULT_COSTS }),
      account: null,
      defaultSpeed: 0,
    };
  };
}

function hostFor(t: TestContext, open = ending(1)): SessionHost {
  const host = new SessionHost({ open });
  t.after(() => host.close('test'));
  return host;
}

function until(host: SessionHost, wanted: (event: PublishedEvent) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = host.events.listen((event) => {
      if (!wanted(event)) return;
      stop();
      resolve();
    });
  });
}

const ended = ({ event }: PublishedEvent) => event.type === 'session' && event.change === 'ended';
const opened = ({ event }: PublishedEvent) => event.type === 'position' && event.change === 'protected';

/** One session from its start to the end of its data. */
async function whole(host: SessionHost, of: StartRequest = request, by = 'ann'): Promise<void> {
  const end = until(host, ended);
  await host.start(of, by);
  await end;
}

function milestones(host: SessionHost, id?: string): MilestoneName[] {
  return host.history.checkpoints(10_000, id)?.checkpoints.map(({ name }) => name) ?? [];
}

test('before the first start there is no session, and no figure is made up', (t) => {
  const { history } = hostFor(t);
  assert.deepEqual(history.sessions(10), []);
  assert.equal(history.session(), undefined);
  assert.equal(history.checkpoints(10), undefined);
  assert.deepEqual(history.signals(10), { session: null, total: 0, dropped: 0, signals: [] });
  const equity = history.equity(10);
  assert.deepEqual([equity.session, equity.maxDrawdown, equity.points], [null, null, []]);
});

test('a session is written down with who started it, on what, by which preset to the letter, and what came of it', async (t) => {
  const host = hostFor(t);
  await whole(host, { ...request, data: '/home/ann/secret-place/candles', seed: 1 });
  const found = host.history.session();
  assert.ok(found);
  assert.equal(found.ordinal, 1);
  assert.equal(found.state, 'ended');
  const { $schema: _, ...values } = preset;
  assert.deepEqual(found.preset, { name: 'breakout_v1', hash: presetHash(preset), values });
  assert.deepEqual([found.mode, found.venue, found.symbols], ['paper', 'sim', 36]);
  assert.deepEqual(found.options, {
    symbols: null,
    from: null,
    to: null,
    seed: 1,
    speed: 0,
    equity: '10000',
    data: 'candles',
  });
  assert.ok(!JSON.stringify(found).includes('secret-place'), 'a path is not for clients');
  assert.equal(found.started.by, 'ann');
  assert.deepEqual(found.starts, [found.started]);
  assert.equal(found.ended?.reason, 'data_ended');
  assert.equal(found.ended.at - found.started.at, DAY);
  assert.equal(found.stoppedBy, 'venue');
  const trades = host.trades();
  const { engine } = host.metrics();
  assert.ok(engine && found.figures && trades.length > 0);
  const { figures } = found;
  assert.equal(figures.trades, trades.length);
  assert.equal(figures.won, trades.filter(({ pnl }) => Number(pnl) > 0).length);
  assert.equal(figures.lost, trades.filter(({ pnl }) => Number(pnl) < 0).length);
  assert.equal(figures.openPositions, host.positions().length);
  assert.deepEqual(
    [figures.netProfit, figures.fees, figures.equity, figures.signals, figures.totalR],
    [engine.netProfit, engine.fees, engine.equity, engine.totalSignals, engine.totalR],
  );
  assert.ok(figures.maxDrawdown > 0 && figures.maxDrawdown < 1);
});

test('the next session leaves the figures of the last one as they were', async (t) => {
  const host = hostFor(t);
  await whole(host);
  const before = host.history.session();
  await whole(host, { ...request, seed: 2, equity: '5000' }, 'bob');
  const [second, first] = host.history.sessions(10);
  assert.deepEqual([second?.ordinal, first?.ordinal], [2, 1], 'the newest first');
  assert.deepEqual(first?.figures, before?.figures);
  assert.deepEqual(host.history.session(first?.id), before);
  assert.equal(second?.started.by, 'bob');
  assert.notEqual(second?.figures?.netProfit, first?.figures?.netProfit);
  assert.equal(host.history.equity(10).points[0]?.equity, 5000, 'the curve is that of the new account');
  assert.ok(host.history.signals(1_000).signals.every(({ at }) => at >= (second?.started.at ?? 0)));
  assert.deepEqual(
    host.history.sessions(10, 2).map(({ ordinal }) => ordinal),
    [1],
  );
});

test('the checkpoints pass the milestones of the pipeline in their order, the same at each replay of the session', async (t) => {
  const passes = async (speed: number) => {
    const host = hostFor(t);
    await whole(host, { ...request, speed });
    const found = host.history.checkpoints(10_000);
    assert.ok(found && found.dropped === 0);
    return found.checkpoints.map(({ wallAt, ...rest }) => {
      assert.ok(wallAt > 0);
      return rest;
    });
  };
  const checkpoints = await passes(0);
  assert.deepEqual(await passes(1_000_000), checkpoints);

  assert.deepEqual(
    checkpoints.map(({ seq }) => seq),
    checkpoints.map((_, i) => i + 1),
  );
  const names = checkpoints.map(({ name }) => name);
  const order = [
    'session_started',
    'initialized',
    'first_scan',
    'first_candidates',
    'first_level_armed',
    'first_signal',
    'first_entry_sent',
    'first_fill',
    'position_opened',
    'trade_closed',
    'stopped',
    'session_ended',
  ] as const;
  const places = order.map((name) => names.indexOf(name));
  assert.ok(!places.includes(-1), names.join(' '));
  assert.deepEqual(
    [...places].sort((a, b) => a - b),
    places,
  );
  for (const name of FIRST_MILESTONES) assert.equal(names.filter((n) => n === name).length, 1, name);
  assert.equal(names.at(-1), 'session_ended');
});

test('a checkpoint has the figures of its moment: each opening counts up, each trade changes the equity', async (t) => {
  const host = hostFor(t);
  await whole(host);
  const trades = host.trades();
  const closed = host.history.checkpoints(10_000)?.checkpoints.filter(({ name }) => name === 'trade_closed');
  assert.equal(closed?.length, trades.length);
  for (const [i, { figures, at, note }] of (closed ?? []).entries()) {
    assert.equal(at, trades[i]?.closedAt);
    assert.match(note, new RegExp(`^${trades[i]?.symbol} .* \\(trade ${trades[i]?.id}\\)$`));
    // Trades of one close end in one step of the engine, and their checkpoints show what it came to.
    assert.ok(figures.trades >= i + 1 && figures.trades <= trades.length);
    assert.notEqual(figures.equity, '10000');
  }
  assert.equal(closed?.at(-1)?.figures.equity, host.status().equity);
  const first = host.history.checkpoints(1_000)?.checkpoints[0];
  assert.deepEqual(first?.figures, { equity: '10000', dailyR: 0, openPositions: 0, trades: 0, signals: 0 });
});

test('every signal ends up refused, unfilled, open or with the result of its trade', async (t) => {
  const host = hostFor(t, ending(2));
  await whole(host);
  const { total, dropped, signals } = host.history.signals(1_024);
  assert.equal(total, host.metrics().engine?.totalSignals);
  assert.equal(dropped, 0);
  assert.equal(signals.length, total);
  const trades = new Map(host.trades().map((trade) => [trade.id, trade]));
  const open = new Set(host.positions().map(({ tradeId }) => tradeId));
  for (const { symbol, outcome } of signals) {
    switch (outcome.result) {
      case 'closed': {
        const trade = trades.get(outcome.tradeId);
        assert.deepEqual([outcome.r, outcome.pnl, symbol], [trade?.r, trade?.pnl, trade?.symbol]);
        trades.delete(outcome.tradeId);
        break;
      }
      case 'open':
        assert.ok(open.delete(outcome.tradeId));
        break;
      case 'refused':
        assert.ok(outcome.text.length > 0);
        break;
      case 'unfilled':
        assert.ok(outcome.reason.length > 0);
        break;
      default:
        assert.fail(`${symbol} is left ${outcome.result}`);
    }
  }
  assert.equal(trades.size + open.size, 0, 'every trade came of a signal');
});

test('the curve begins at the start equity, ends at the present one, and its deepest fall counts every close', async (t) => {
  const host = hostFor(t);
  await whole(host);
  const { points, resolutionMs, maxDrawdown } = host.history.equity(10_000);
  assert.equal(resolutionMs, BASE);
  assert.equal(points.length, DAY / BASE + 1);
  assert.deepEqual([points[0]?.equity, points[0]?.realised], [10_000, 10_000]);
  assert.equal(points.at(-1)?.realised, Number(host.status().equity));
  const unrealised = host.positions().reduce((sum, p) => sum + Number(p.unrealisedPnl), 0);
  assert.ok(unrealised !== 0);
  assert.notEqual(points.at(-1)?.equity, points.at(-1)?.realised, 'open positions are marked');
  let peak = 0;
  let deepest = 0;
  for (const { equity } of points) {
    peak = Math.max(peak, equity);
    deepest = Math.max(deepest, 1 - equity / peak);
  }
  assert.ok(Math.abs(deepest - (maxDrawdown ?? -1)) < 1e-9, `${deepest} ${maxDrawdown}`);
});

test('a pause, a stop that leaves positions, the start that goes on and a panic leave their marks and names', async (t) => {
  const host = hostFor(t, ending(30));
  const open = until(host, opened);
  await host.start({ ...request, speed: BRISK }, 'ann');
  await open;
  await host.command({ name: 'pause', reason: 'lunch' }, 'bob');
  await host.command({ name: 'resume' }, 'bob');
  await host.command({ name: 'stop', flatten: false }, 'cid');
  assert.equal(host.history.session()?.stoppedBy, 'cid');
  assert.equal(host.history.session()?.state, 'running', 'its stops still work at the venue');
  await host.start({ ...request, speed: BRISK }, 'dan');
  const found = host.history.session();
  assert.equal(found?.ordinal, 1, 'the account goes on, and its session with it');
  assert.deepEqual(
    found?.starts.map(({ by }) => by),
    ['ann', 'dan'],
  );
  assert.equal(found?.started.by, 'ann');
  assert.equal(found?.stoppedBy, null);
  const points = host.history.equity(10_000).points.length;
  assert.ok(points > 2, 'its curve goes on too');
  await host.command({ name: 'emergencyStop', reason: 'fire' }, 'eve');
  await host.command({ name: 'reset', reason: 'checked' }, 'eve');
  const names = milestones(host);
  const marks: MilestoneName[] = [
    'paused',
    'resumed',
    'stopped',
    'session_continued',
    'emergency',
    'verified_flat',
    'reset',
  ];
  assert.deepEqual(
    names.filter((name) => marks.includes(name)),
    marks,
  );
  assert.equal(names.filter((name) => name === 'initialized').length, 2);
  const notes = new Map(host.history.checkpoints(10_000)?.checkpoints.map(({ name, note }) => [name, note]));
  assert.equal(notes.get('paused'), 'lunch (by bob)');
  assert.equal(notes.get('emergency'), 'fire (by eve)');
  const flat = host.history.checkpoints(10_000)?.checkpoints.find(({ name }) => name === 'verified_flat');
  assert.deepEqual([flat?.state, flat?.figures.openPositions], ['STOPPED', 0]);
  assert.equal(host.history.session()?.stoppedBy, 'eve');
});

test('a halt of the kill switch leaves its rule and figures, and its release does too', async (t) => {
  const strict: Preset = {
    ...preset,
    risk: { ...preset.risk, losing_streak_limit: 1, halt_release: 'next_utc_day', on_halt: 'flatten' },
  };
  const host = hostFor(t, ending(3));
  await whole(host, { ...request, preset: strict });
  const checkpoints = host.history.checkpoints(10_000)?.checkpoints ?? [];
  const halted = checkpoints.find(({ name }) => name === 'halted');
  assert.match(halted?.note ?? '', /^losing_streak: 1 reached 1$/);
  const names = checkpoints.map(({ name }) => name);
  const from = names.indexOf('halted');
  const round = names.slice(from).filter((name) => name !== 'trade_closed');
  assert.deepEqual(round.slice(0, 4), ['halted', 'emergency', 'verified_flat', 'halt_released']);
  assert.equal(names.filter((name) => name === 'initialized').length, 1, 'nothing was warmed up again');
});

test('a start that the engine refuses is in the book as failed, with no figures of another session', async (t) => {
  let empty = false;
  // Short enough to end flat: positions left open would keep the refused session from being over.
  const host = hostFor(t, (of) => ending(1 / 24, empty)(of));
  await whole(host);
  empty = true;
  await assert.rejects(host.start(request, 'ann'), /no instruments/);
  const found = host.history.session();
  assert.equal(found?.ordinal, 2);
  assert.deepEqual([found?.ended?.reason, found?.figures], ['failed', null]);
  const equity = host.history.equity(10);
  assert.deepEqual([equity.session, equity.maxDrawdown, equity.points], [found?.id, null, []]);
  assert.deepEqual(host.history.signals(10).signals, []);
  assert.deepEqual(milestones(host), ['session_started', 'session_ended']);
});

test('a start that finds no venue opens no session', async (t) => {
  const host = new SessionHost();
  t.after(() => host.close('test'));
  await assert.rejects(host.start({ ...request, venue: 'nowhere' }, 'ann'));
  assert.deepEqual(host.history.sessions(10), []);
});
