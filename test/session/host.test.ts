import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Preset } from '../../src/config/preset.ts';
import { loadPreset } from '../../src/config/presets.ts';
import { toMarket } from '../../src/market/instrument.ts';
import { BASE, DAY } from '../../src/market/time.ts';
import type { PublishedEvent } from '../../src/session/event-log.ts';
import { SessionHost } from '../../src/session/host.ts';
import type { SessionHostOptions } from '../../src/session/host-options.ts';
import { Refusal, type RefusalCode } from '../../src/session/refusal.ts';
import type { StartRequest } from '../../src/session/session.ts';
import type { OpenVenue, VenueRequest } from '../../src/session/venues.ts';
import { openVenue } from '../../src/session/venues.ts';
import type { Matching } from '../../src/venue/ports.ts';
import { GENERATED_START, generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../src/venue/simulated/matching.ts';

const preset: Preset = loadPreset('breakout_v1', '/nowhere');

/** About 6 ms of wall time a candle: quick, and slow enough to act on what has just happened. */
const BRISK = 50_000;

const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: BRISK };

/** A generated market that ends. */
function ending(days: number, start?: number): (request: VenueRequest) => Promise<OpenVenue> {
  return async ({ seed }) => {
    const source = generatedMarket({
      seed: seed ?? 1,
      bars: (days * DAY) / BASE,
      ...(start !== undefined && { start }),
    });
    return {
      source,
      matching: simulatedMatching({ markets: source.instruments.map(toMarket), costs: DEFAULT_COSTS }),
      account: null,
      defaultSpeed: 0,
    };
  };
}

/** A fault is shown with the test, and its message told to clients. */
function tell(t: TestContext): (error: unknown) => string {
  return (error) => {
    t.diagnostic(String(error));
    return error instanceof Error ? error.message : String(error);
  };
}

function hostFor(t: TestContext, options: SessionHostOptions = {}): SessionHost {
  const host = new SessionHost({ onFault: tell(t), ...options });
  t.after(() => host.close('test'));
  return host;
}

function until(host: SessionHost, wanted: (event: PublishedEvent) => boolean): Promise<PublishedEvent> {
  return new Promise((resolve) => {
    const stop = host.events.listen((event) => {
      if (!wanted(event)) return;
      stop();
      resolve(event);
    });
  });
}

const ended = ({ event }: PublishedEvent) => event.type === 'session' && event.change === 'ended';
const opened = ({ event }: PublishedEvent) => event.type === 'position' && event.change === 'protected';

const refusedWith = (code: RefusalCode) => (error: unknown) => {
  assert.ok(error instanceof Refusal, String(error));
  assert.equal(error.code, code);
  return true;
};

test('a recording that ends stops the engine; open positions are listed, and the next start is free', async (t) => {
  const host = hostFor(t, { open: ending(1) });
  const end = until(host, ended);
  await host.start({ ...request, speed: 0 }, 'ann');
  const { event } = await end;
  assert.ok(event.type === 'session' && event.change === 'ended');
  assert.equal(event.reason, 'data_ended');
  assert.deepEqual(event.openPositions, host.positions());
  const status = host.status();
  assert.equal(status.state, 'IDLE');
  assert.deepEqual(status.progress, { done: DAY / BASE, total: DAY / BASE });
  assert.equal(status.openPositions, event.openPositions.length);
  assert.ok(event.openPositions.length > 0, 'the seed is one that ends with positions open');
  assert.ok(host.trades().length > 0);

  // A panic would wait for ever for a market that is no more to fill its orders: it is refused, and blocks nothing.
  await assert.rejects(
    host.command({ name: 'emergencyStop', reason: 'late' }, 'ann'),
    refusedWith('ENGINE_NOT_RUNNING'),
  );
  assert.equal(host.commands().find(({ command }) => command === 'emergencyStop')?.allowed, false);
  assert.equal(host.status().state, 'IDLE');

  const again = until(host, ended);
  await host.start({ ...request, speed: 0, seed: 2 }, 'ann');
  assert.equal(host.trades().length, 0, 'a fresh account');
  await again;
});

test('the same seed gives the same events, byte for byte, whatever the speed', async (t) => {
  const stream = async (speed: number): Promise<string> => {
    const host = hostFor(t, { open: ending(0.25) });
    const lines: string[] = [];
    host.events.listen(({ at, event }) => lines.push(JSON.stringify({ at, event })));
    const end = until(host, ended);
    await host.start({ ...request, speed }, 'ann');
    await end;
    return lines.join('\n');
  };
  const first = await stream(0);
  assert.ok(first.length > 10_000);
  assert.equal(await stream(0), first);
  assert.equal(await stream(100_000), first);
});

test('after a stop the stops of open positions go on working, and the session ends once flat', async (t) => {
  const host = hostFor(t);
  const open = until(host, opened);
  await host.start({ ...request, speed: 400_000 }, 'ann');
  await open;
  const end = until(host, ended);
  assert.match(await host.command({ name: 'stop', flatten: false }, 'ann'), /left with their stops/);
  assert.equal(host.status().state, 'IDLE');
  assert.ok(host.positions().every((position) => position.stop !== null));
  assert.equal(host.status().ended, null, 'positions are open: the venue goes on');

  await assert.rejects(host.start({ ...request, seed: 2 }, 'bob'), refusedWith('POSITIONS_OPEN'));
  await assert.rejects(
    host.start({ ...request, venue: 'replay', data: '/x' }, 'bob'),
    refusedWith('POSITIONS_OPEN'),
  );
  await assert.rejects(
    host.start({ ...request, preset: { ...preset, description: 'another' } }, 'bob'),
    refusedWith('POSITIONS_OPEN'),
  );
  // It would go on as fast as before, and say nothing of it.
  await assert.rejects(host.start({ ...request, speed: 1 }, 'bob'), refusedWith('POSITIONS_OPEN'));

  const { event } = await end;
  assert.ok(event.type === 'session' && event.change === 'ended' && event.reason === 'stopped');
  assert.equal(host.positions().length, 0);
  assert.ok(host.trades().length > 0);
});

test('a start on the same venue goes on with the account whose positions are open', async (t) => {
  const host = hostFor(t);
  const open = until(host, opened);
  await host.start(request, 'ann');
  await open;
  const { session } = host.status();
  await host.command({ name: 'stop', flatten: false }, 'ann');
  const held = host.positions().map((position) => position.tradeId);
  assert.ok(held.length > 0);
  const told = await host.start(request, 'ann');
  assert.ok(told.includes(`goes on with session ${session}, ${held.length} position`), told);
  assert.equal(host.status().session, session);
  assert.deepEqual(
    host.positions().map((position) => position.tradeId),
    held,
  );
  assert.match(await host.command({ name: 'stop', flatten: true }, 'ann'), /verified flat/);
  assert.equal(host.positions().length, 0);
  assert.equal(host.status().ended?.reason, 'stopped');
});

/** Refuses market orders until it is willing: the engine asks again and again. */
function reluctant(venue: Matching, willing: () => boolean): Matching {
  return {
    submit: (order, at) =>
      order.type === 'market' && !willing()
        ? [{ status: 'rejected', orderId: order.id, reason: 'not now' }]
        : venue.submit(order, at),
    cancel: (orderId, at) => venue.cancel(orderId, at),
    amend: (orderId, quantity, stopPrice, at) => venue.amend(orderId, quantity, stopPrice, at),
    begin: (bars) => venue.begin(bars),
    get busy() {
      return venue.busy;
    },
    walk: (point) => venue.walk(point),
    priceOf: (symbol) => venue.priceOf(symbol),
    positions: () => venue.positions(),
    ambiguousTrades: venue.ambiguousTrades,
    archive: (a) => venue.archive(a),
  };
}

test('a stop that takes too long says so, and the engine goes on stopping', async (t) => {
  let willing = false;
  const host = hostFor(t, {
    commandBoundMs: 1,
    open: async (asked) => {
      const venue = await openVenue(asked);
      return { ...venue, matching: reluctant(venue.matching, () => willing) };
    },
  });
  const open = until(host, opened);
  await host.start({ ...request, speed: 5_000 }, 'ann');
  await open;
  const end = until(host, ended);
  await assert.rejects(host.command({ name: 'stop', flatten: true }, 'ann'), refusedWith('STOP_INCOMPLETE'));
  assert.equal(host.status().stopping, true);
  await assert.rejects(host.command({ name: 'stop', flatten: true }, 'ann'), refusedWith('STOP_IN_PROGRESS'));
  willing = true;
  await end;
  assert.equal(host.status().state, 'IDLE');
  assert.equal(host.positions().length, 0);
});

test('an emergency stop closes everything, overtakes a start, and stays latched until it is reset', async (t) => {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const host = hostFor(t, {
    open: async (asked) => {
      if (asked.seed === 9) await gate;
      return openVenue(asked);
    },
  });
  const open = until(host, opened);
  await host.start(request, 'ann');
  await open;
  const message = await host.command({ name: 'emergencyStop', reason: 'fire' }, 'ann');
  assert.match(message, /verified flat/);
  assert.equal(host.status().state, 'STOPPED');
  assert.equal(host.positions().length, 0);
  await assert.rejects(host.start(request, 'ann'), refusedWith('EMERGENCY_LATCHED'));
  await host.command({ name: 'reset', reason: 'drill over' }, 'ann');
  assert.equal(host.status().state, 'IDLE');
  assert.equal(host.status().ended?.message, 'stopped in an emergency', 'that holds after the reset too');

  const starting = host.start({ ...request, seed: 9 }, 'ann');
  const refused = assert.rejects(starting, refusedWith('SUPERSEDED'));
  await host.command({ name: 'emergencyStop', reason: 'again' }, 'bob');
  release();
  await refused;
  assert.equal(host.status().state, 'STOPPED');
});

test('an emergency stop on a daemon that never traded answers and latches', async (t) => {
  const host = hostFor(t);
  await host.command({ name: 'emergencyStop', reason: 'drill' }, 'ann');
  assert.equal(host.status().state, 'STOPPED');
  assert.equal(host.status().haltedBy?.by, 'ann');
  await assert.rejects(host.start(request, 'ann'), refusedWith('EMERGENCY_LATCHED'));
  await host.command({ name: 'reset', reason: 'over' }, 'ann');
  await host.start(request, 'ann');
});

test('a pause outlives a stop: the next start is paused too, with who and why', async (t) => {
  const host = hostFor(t);
  await host.start(request, 'ann');
  await host.command({ name: 'pause', reason: 'news' }, 'bob');
  assert.equal(await host.command({ name: 'pause', reason: 'other' }, 'ann'), 'already paused');
  await host.command({ name: 'stop', flatten: false }, 'ann');
  assert.match(await host.start(request, 'ann'), /paused by bob \(news\)/);
  assert.equal(host.status().state, 'PAUSED');
  await host.command({ name: 'resume' }, 'ann');
  assert.notEqual(host.status().state, 'PAUSED');
});

test('commands in the wrong state are refused and change nothing', async (t) => {
  const host = hostFor(t);
  for (const [command, code] of [
    [{ name: 'stop', flatten: false }, 'ENGINE_NOT_RUNNING'],
    [{ name: 'pause', reason: 'x' }, 'ENGINE_NOT_RUNNING'],
    [{ name: 'resume' }, 'ENGINE_NOT_RUNNING'],
    [{ name: 'reset', reason: 'x' }, 'NOTHING_TO_RESET'],
    [{ name: 'retry' }, 'ENGINE_NOT_IN_ERROR'],
  ] as const) {
    await assert.rejects(host.command(command, 'ann'), refusedWith(code));
  }
  assert.equal(host.status().state, 'IDLE');
  assert.equal(host.events.seq, 0);
  await host.start(request, 'ann');
  const { session } = host.status();
  await assert.rejects(host.start({ ...request, seed: 3 }, 'bob'), refusedWith('ENGINE_ALREADY_RUNNING'));
  await assert.rejects(host.command({ name: 'resume' }, 'bob'), refusedWith('ENGINE_NOT_PAUSED'));
  assert.equal(host.status().session, session);
});

test('what a start asks for in vain is refused with the reason, before anything begins', async (t) => {
  const host = hostFor(t);
  const refusals: [Partial<StartRequest>, RefusalCode, RegExp][] = [
    [{ mode: 'live' }, 'MODE_REFUSED', /sim trades on paper only/],
    [{ venue: 'nyse' }, 'VENUE_UNKNOWN', /"nyse".*sim, replay/],
    [{ venue: 'replay' }, 'DATA_INVALID', /needs `data`/],
    [{ venue: 'replay', data: '/nowhere/at/all' }, 'DATA_INVALID', /\/nowhere\/at\/all/],
    [{ data: '/x' }, 'DATA_INVALID', /sim takes no `data`/],
    [{ symbols: ['NOPEUSDT'] }, 'DATA_INVALID', /NOPEUSDT/],
  ];
  for (const [change, code, message] of refusals) {
    await assert.rejects(host.start({ ...request, ...change }, 'ann'), (error) => {
      refusedWith(code)(error);
      assert.match(String(error), message);
      return true;
    });
  }
  assert.equal(host.status().session, null);
  assert.equal(host.events.seq, 0);
});

test('a session on older candles has the times of its own candles', async (t) => {
  const older = GENERATED_START - 365 * DAY;
  const host = hostFor(t, { open: (asked) => ending(0.125, asked.seed === 2 ? older : undefined)(asked) });
  for (const seed of [1, 2]) {
    const end = until(host, ended);
    await host.start({ ...request, speed: 0, seed }, 'ann');
    await end;
  }
  const at = host.status().at ?? 0;
  assert.ok(at > older && at < older + DAY, new Date(at).toISOString());
  const last = host.transitions().at(-1);
  assert.ok(last !== undefined && last.at < older + DAY);
});

test('a venue that breaks puts the engine into ERROR, visibly, and only a new start gets out of it', async (t) => {
  const faults: unknown[] = [];
  const broken = new Error('disk gone');
  const host = hostFor(t, {
    onFault: (error) => {
      faults.push(error);
      return 'disk gone';
    },
    open: async (asked) => {
      const venue = await ending(1)(asked);
      let bars = 0;
      const { source } = venue;
      return {
        ...venue,
        source: {
          instruments: source.instruments,
          figures: source.figures,
          assumed: source.assumed,
          total: source.total,
          startsAt: source.startsAt,
          history: (count) => source.history(count),
          book: (symbol) => source.book(symbol),
          archive: (a) => source.archive(a),
          next: () => {
            bars += 1;
            if (bars > 10) throw broken;
            return source.next();
          },
        },
      };
    },
  });
  const end = until(host, ended);
  await host.start({ ...request, speed: 0 }, 'ann');
  const { event } = await end;
  assert.ok(event.type === 'session' && event.change === 'ended' && event.reason === 'failed');
  assert.equal(event.message, 'disk gone');
  assert.deepEqual(faults, [broken]);
  assert.equal(host.status().state, 'ERROR');
  await assert.rejects(host.command({ name: 'retry' }, 'ann'), (error) => {
    refusedWith('ENGINE_NOT_RUNNING')(error);
    assert.match(String(error), /disk gone/);
    return true;
  });
  await host.command({ name: 'stop', flatten: false }, 'ann');
  assert.equal(host.status().state, 'IDLE');
});

test('figures are measured: nothing before the first candle, then what it took', async (t) => {
  const host = hostFor(t, { open: ending(0.125) });
  assert.equal(host.status().latencyMs, null);
  assert.deepEqual(host.metrics(), { uptime: 0, avgLatencyMs: null, latency: null, engine: null });
  const end = until(host, ended);
  await host.start({ ...request, speed: 0 }, 'ann');
  await end;
  const { latency, engine, uptime, avgLatencyMs } = host.metrics();
  assert.equal(latency?.count, host.status().progress?.done);
  assert.ok(avgLatencyMs !== null && avgLatencyMs > 0 && (host.status().latencyMs ?? 0) > 0);
  assert.ok(uptime > 0 && uptime < 60);
  assert.equal(engine?.cycleCount, latency?.count);
});

test('closing the host stops the engine, answers what waits and refuses what comes after', async (t) => {
  const host = hostFor(t);
  const open = until(host, opened);
  // As fast as it goes: what ran on would do so in the next turn of the event loop.
  await host.start({ ...request, speed: 0 }, 'ann');
  await open;
  await host.close('SIGTERM');
  assert.equal(host.status().state, 'IDLE');
  assert.notEqual(host.status().ended, null);
  await assert.rejects(host.start(request, 'ann'), refusedWith('SHUTTING_DOWN'));
  await assert.rejects(
    host.command({ name: 'emergencyStop', reason: 'x' }, 'ann'),
    refusedWith('SHUTTING_DOWN'),
  );
  const { seq } = host.events;
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(host.events.seq, seq, 'nothing runs on');
});
