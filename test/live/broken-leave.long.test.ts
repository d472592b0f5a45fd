/** A step that fails while an orderly end waits for the exchange. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { loadPreset } from '../../src/config/presets.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { barColumns } from '../../src/market/bars.ts';
import { SessionHost } from '../../src/session/host.ts';
import type { OpenRequest } from '../../src/session/host-options.ts';
import type { LiveListener, LiveVenue } from '../../src/session/live/live-venue.ts';
import type { StartRequest } from '../../src/session/session.ts';
import { MemoryRecord } from '../../src/venue/simulated/kept/record.ts';
import { CLOSE, writePresets } from '../kill/presets.ts';
import { liveExchange } from './exchange.ts';

/** What the engine cannot take in: no instrument has that index. */
function spoiledBars() {
  const bars = barColumns(2);
  bars.count = 2;
  bars.closeTime = Date.now();
  bars.symbol[1] = 100_000;
  return bars;
}

test('a step that fails while the end waits for cancels is told, and the next daemon is in ERROR', async (t) => {
  const exchange = await liveExchange(t, { speed: 60 });
  writePresets(exchange.configDir);
  let deaf = false;
  const listeners: LiveListener[] = [];
  const open = async (request: OpenRequest): Promise<LiveVenue> => {
    const venue = await exchange.open(request);
    const { broker } = venue;
    return {
      ...venue,
      listen: (listener) => {
        listeners.push(listener);
        venue.listen(listener);
      },
      broker: {
        capabilities: broker.capabilities,
        validityMs: broker.validityMs,
        submit: (...asked) => broker.submit(...asked),
        amend: (...asked) => broker.amend(...asked),
        fillsSince: (...asked) => broker.fillsSince(...asked),
        idsSince: (...asked) => broker.idsSince(...asked),
        account: (...asked) => broker.account(...asked),
        acts: broker.acts,
        lookUp: (...asked) => deaf || broker.lookUp(...asked),
        cancel: (...asked) => deaf || broker.cancel(...asked),
      },
    };
  };
  const faults: unknown[] = [];
  const life = (): SessionHost =>
    new SessionHost({
      open,
      onFault: (error) => String(faults.push(error)),
      keeping: {
        journal: openJournal({ file: join(exchange.configDir, 'journal.sqlite'), reserveBytes: 65_536 }),
        venueRecord: () => new MemoryRecord(),
        onLost: (error) => faults.push(error),
      },
    });
  const host = life();
  await host.recover();
  const request: StartRequest = {
    preset: loadPreset(CLOSE, exchange.configDir),
    mode: 'live',
    venue: 'bybit',
    equity: '1',
  };
  const refusal: unknown = await host.start(request, 'ann').catch((error: unknown) => error);
  const confirm = /on account (\S+) \(/.exec(String(refusal))?.[1];
  assert.ok(confirm);
  await host.start({ ...request, confirm }, 'ann');
  while (host.positions().length === 0 || host.status().pendingEntries === 0) await delay(5);
  deaf = true;
  const closed = host.close('test');
  listeners[0]?.bars(spoiledBars(), 'live');
  await closed;
  assert.equal(faults.length, 1, 'the failure is told');

  deaf = false;
  const next = life();
  await next.recover();
  assert.equal(next.status().state, 'ERROR');
  await next.close('test');
});
