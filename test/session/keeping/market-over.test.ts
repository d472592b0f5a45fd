import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Preset } from '../../../src/config/preset.ts';
import { loadPreset } from '../../../src/config/presets.ts';
import { toMarket } from '../../../src/market/instrument.ts';
import type { PublishedEvent } from '../../../src/session/event-log.ts';
import type { SessionHost } from '../../../src/session/host.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import type { OpenVenue } from '../../../src/session/venues.ts';
import type { BarSource, Matching } from '../../../src/venue/ports.ts';
import { generatedMarket } from '../../../src/venue/simulated/generator/generated-market.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../../src/venue/simulated/matching.ts';
import { Lives } from './restart-kit.ts';

const preset: Preset = loadPreset('breakout_v1', '/nowhere');
const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 100_000 };

/** Takes no order of these purposes. */
function refusing(matching: Matching, purposes: readonly string[]): Matching {
  return {
    submit: (order, at) =>
      purposes.includes(order.purpose)
        ? [{ status: 'rejected', orderId: order.id, reason: 'not now' }]
        : matching.submit(order, at),
    cancel: (...args) => matching.cancel(...args),
    amend: (...args) => matching.amend(...args),
    begin: (bars) => matching.begin(bars),
    get busy() {
      return matching.busy;
    },
    walk: (point) => matching.walk(point),
    priceOf: (symbol) => matching.priceOf(symbol),
    positions: () => matching.positions(),
    get ambiguousTrades() {
      return matching.ambiguousTrades;
    },
    archive: (a) => matching.archive(a),
  };
}

/** Has no more candles once `over` says so. */
function endingWhen(source: BarSource, over: () => boolean): BarSource {
  return {
    instruments: source.instruments,
    figures: source.figures,
    assumed: source.assumed,
    startsAt: source.startsAt,
    total: source.total,
    history: (bars) => source.history(bars),
    next: () => (over() ? null : source.next()),
    book: (symbol) => source.book(symbol),
    archive: (a) => source.archive(a),
  };
}

function happens(host: SessionHost, wanted: (event: PublishedEvent['event']) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = host.events.listen(({ event }) => {
      if (!wanted(event)) return;
      stop();
      resolve();
    });
  });
}

/** A life in which a position is open, and the market ends with the interval under way when `end` is called. */
async function withPosition(t: TestContext, refused: readonly string[]) {
  let over = false;
  const open = async (): Promise<OpenVenue> => {
    const source = generatedMarket({ seed: 1 });
    const costs = DEFAULT_COSTS;
    return {
      source: endingWhen(source, () => over),
      matching: refusing(simulatedMatching({ markets: source.instruments.map(toMarket), costs }), refused),
      account: null,
      defaultSpeed: 0,
    };
  };
  const lives = new Lives(t);
  const { host } = lives.next({ open });
  await host.recover();
  const opened = happens(host, (event) => event.type === 'position' && event.change === 'protected');
  const ended = happens(host, (event) => event.type === 'session' && event.change === 'ended');
  await host.start(request, 'ann');
  await opened;
  return {
    lives,
    host,
    ended,
    end: () => {
      over = true;
    },
  };
}

test('a panic that the end of a recording cuts short is answered, stays latched over a restart and can be reset', async (t) => {
  const { lives, host, ended, end } = await withPosition(t, ['exit']);
  end();
  const panic = host.command({ name: 'emergencyStop', reason: 'enough' }, 'ann');
  await assert.rejects(panic, /no longer be closed/);
  await ended;
  assert.equal(host.status().state, 'STOPPED');
  assert.ok(host.positions().length > 0, 'what could not be closed is shown');
  await host.close('test');

  const { host: next } = lives.next();
  await next.recover();
  assert.equal(next.status().state, 'STOPPED');
  assert.equal(next.status().haltedBy?.rule, 'panic');
  await assert.rejects(next.start(request, 'ann'), /latched/);
  await next.command({ name: 'reset', reason: 'the recording is over' }, 'ann');
  await next.start(request, 'ann');
  assert.equal(next.positions().length, 0, 'a fresh account');
  await next.close('test');
});

test('a stop with --flatten that the end of a recording cuts short does not keep the next daemon from starting anew', async (t) => {
  const { lives, host, end } = await withPosition(t, ['exit']);
  const ended = happens(host, (event) => event.type === 'session' && event.change === 'ended');
  const stop = host.command({ name: 'stop', flatten: true }, 'ann');
  end();
  await assert.rejects(stop, /recording ended/);
  await ended;
  assert.equal(host.status().state, 'IDLE');
  await host.close('test');

  const { host: next } = lives.next();
  await next.recover();
  assert.equal(next.status().state, 'IDLE');
  const flatten = next.commands().find(({ command }) => command === 'closePosition');
  assert.equal(flatten?.allowed, false, 'what lies at a market that is no more is not said to be closable');
  await next.start(request, 'ann');
  await next.close('test');
});
