/**
 * A daemon as a process of its own whose venue, a generated market, misbehaves as the environment says:
 *
 *     TEST_VENUE=throws     once a position is open, a timer throws
 *     TEST_VENUE=rejects    the same as a promise that nobody waits for
 *     TEST_VENUE=storm      the same as a timer that throws again and again, also while the daemon ends
 *     TEST_VENUE=wedges     the same as a candle that never comes: the event loop stands still; `wedged` on stdout
 *     TEST_VENUE=dead       the session is never driven
 *     TEST_ACCOUNT=id       the venue has an account
 *     TEST_RECOVERS=ms      what comes before READY takes so long
 */
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError } from '../../src/config/config-error.ts';
import { resolvePaths } from '../../src/config/paths.ts';
import { runDaemon } from '../../src/daemon/run.ts';
import { Pacer } from '../../src/session/pacer.ts';
import { type OpenVenue, openVenue, type VenueRequest } from '../../src/session/venues.ts';

const { TEST_VENUE, TEST_ACCOUNT, TEST_RECOVERS, TEST_STATUS_EVERY } = process.env;

const MISHAPS: Readonly<Record<string, () => void>> = {
  throws: () => {
    setTimeout(() => fail(), 0);
  },
  rejects: () => {
    Promise.reject(new Error('test: /secret/place is broken'));
  },
  storm: () => {
    setInterval(() => fail(), 2);
  },
  wedges: () => {
    writeSync(1, 'wedged\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
};

function fail(): never {
  throw new Error('test: /secret/place is broken');
}

async function open(request: VenueRequest): Promise<OpenVenue> {
  const venue = await openVenue({ ...request, venue: 'sim' });
  const { source, matching } = venue;
  const mishap = MISHAPS[TEST_VENUE ?? ''];
  let happened = mishap === undefined;
  return {
    ...venue,
    account: TEST_ACCOUNT ?? null,
    source: {
      ...source,
      history: (bars) => source.history(bars),
      book: (symbol) => source.book(symbol),
      next: () => {
        if (!happened && matching.positions().size > 0) {
          happened = true;
          mishap?.();
        }
        return source.next();
      },
    },
  };
}

if (TEST_VENUE === 'dead') Pacer.prototype.start = () => undefined;

try {
  await runDaemon({
    paths: resolvePaths({ instance: process.env.TEST_INSTANCE }),
    open,
    recover: async () => {
      await delay(Number(TEST_RECOVERS ?? 0));
    },
    supervisionTimes: { statusEveryMs: Number(TEST_STATUS_EVERY ?? 5_000), extendEveryMs: 100 },
    onReady: () => process.stdout.write('ready\n'),
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 78;
}
