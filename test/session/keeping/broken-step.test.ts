import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Preset } from '../../../src/config/preset.ts';
import { loadPreset } from '../../../src/config/presets.ts';
import type { BarColumns } from '../../../src/market/bars.ts';
import type { SessionHost } from '../../../src/session/host.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import { type OpenVenue, openVenue } from '../../../src/session/venues.ts';
import type { BarSource } from '../../../src/venue/ports.ts';
import { Lives } from './restart-kit.ts';

const preset: Preset = loadPreset('breakout_v1', '/nowhere');
const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 400_000 };

/** A market that does to its candles what `spoil` says, from the time on that a test asks for it. */
function spoiled(spoil: (bars: BarColumns | null) => BarColumns | null) {
  let now = false;
  const open = async (asked: Parameters<typeof openVenue>[0]): Promise<OpenVenue> => {
    const venue = await openVenue(asked);
    const { source } = venue;
    const next = (): BarColumns | null => (now ? spoil(source.next()) : source.next());
    const wrapped: BarSource = {
      instruments: source.instruments,
      figures: source.figures,
      assumed: source.assumed,
      startsAt: source.startsAt,
      total: source.total,
      history: (bars) => source.history(bars),
      book: (symbol) => (symbol < source.instruments.length ? source.book(symbol) : null),
      archive: (a) => source.archive(a),
      next,
    };
    return { ...venue, source: wrapped };
  };
  return {
    open,
    begin: () => {
      now = true;
    },
  };
}

/** Resolves with the trade of the first position that is protected. */
function protectedPosition(host: SessionHost): Promise<number> {
  return new Promise((resolve) => {
    const stop = host.events.listen(({ event }) => {
      if (event.type !== 'position' || event.change !== 'protected') return;
      stop();
      resolve(event.tradeId);
    });
  });
}

const FAULTS = [
  {
    what: 'the market throws',
    spoil: () => {
      throw new Error('a hole in the market');
    },
    says: /a hole in the market/,
  },
  {
    what: 'a decision throws in its middle',
    spoil: (bars: BarColumns | null) => {
      // No instrument has that index: the engine fails when half of the candles are taken in.
      if (bars !== null) bars.symbol[bars.count - 1] = 100_000;
      return bars;
    },
    says: /./,
  },
];

for (const { what, spoil, says } of FAULTS) {
  test(`while a position is open ${what}: the process ends, and the next one has the position, protected and in ERROR`, async (t) => {
    const lives = new Lives(t);
    const market = spoiled(spoil);
    let failed = () => undefined as undefined;
    const ended = new Promise<void>((resolve) => {
      failed = () => {
        resolve();
        return undefined;
      };
    });
    const { host, lost } = lives.next({ open: market.open }, failed);
    await host.recover();
    const opened = protectedPosition(host);
    await host.start(request, 'ann');
    await opened;
    market.begin();
    await ended;
    assert.equal(lost.length, 1);
    assert.match(String(lost[0]), says);
    assert.equal(host.status().ended, null);

    const { host: next } = lives.next();
    const { session, findings } = await next.recover();
    assert.equal(session, host.status().session);
    assert.ok(!findings.some(({ code }) => code === 'DECISIONS_DIFFER'), JSON.stringify(findings));
    assert.equal(next.status().state, 'ERROR');
    const positions = next.positions();
    assert.ok(positions.length > 0);
    assert.ok(positions.every(({ stop }) => stop !== null));
    await next.command({ name: 'retry' }, 'ann');
    assert.notEqual(next.status().state, 'ERROR');
    await next.close('test');
  });
}
