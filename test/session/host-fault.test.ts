import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPreset } from '../../src/config/presets.ts';
import type { PublishedEvent } from '../../src/session/event-log.ts';
import { SessionHost } from '../../src/session/host.ts';
import { Refusal } from '../../src/session/refusal.ts';
import type { StartRequest } from '../../src/session/session.ts';
import { openVenue } from '../../src/session/venues.ts';

/** Its entries rest at levels, so that some are out at almost any time. */
const preset = loadPreset('high_liquidity_top30', '/nowhere');

const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 50_000 };

function until(host: SessionHost, wanted: (event: PublishedEvent) => boolean): Promise<PublishedEvent> {
  return new Promise((resolve) => {
    const stop = host.events.listen((event) => {
      if (!wanted(event)) return;
      stop();
      resolve(event);
    });
  });
}

const restingEntry = ({ event }: PublishedEvent) =>
  event.type === 'order' && event.order.purpose === 'entry' && event.status === 'accepted';

const shuttingDown = (error: unknown) => error instanceof Refusal && error.code === 'SHUTTING_DOWN';

test('a process in doubt leaves no entry order at the venue, takes no command and trades no more', async () => {
  const host = new SessionHost();
  const resting = until(host, restingEntry);
  await host.start(request, 'ann');
  await resting;
  const { session, pendingEntries } = host.status();
  assert.ok(session !== null && pendingEntries > 0, 'an entry is out');
  assert.equal(host.pulse?.running, true);

  host.fault('an internal failure (ref 1a2b3c4d)');
  const status = host.status();
  assert.equal(status.state, 'ERROR');
  assert.equal(status.pendingEntries, 0);
  assert.deepEqual(status.ended, { reason: 'failed', message: 'an internal failure (ref 1a2b3c4d)' });
  assert.equal(host.pulse, null);
  await assert.rejects(host.start(request, 'ann'), shuttingDown);
  await assert.rejects(host.command({ name: 'retry' }, 'ann'), shuttingDown);
  await assert.rejects(host.command({ name: 'emergencyStop', reason: 'x' }, 'ann'), shuttingDown);

  const { seq } = host.events;
  await host.close('SIGTERM');
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(host.events.seq, seq, 'nothing runs on, and the end changes nothing of it');
  assert.equal(host.status().state, 'ERROR');
});

test('a failure before anything was started is seen as ERROR too', () => {
  const host = new SessionHost();
  host.fault('no disk');
  assert.equal(host.status().state, 'ERROR');
  assert.equal(host.transitions().at(-1)?.reason, 'no disk');
});

test('an account is locked while its session lasts, and free after it, whatever ended it', async () => {
  const held: string[] = [];
  let taken = false;
  const host = new SessionHost({
    open: async (asked) => ({ ...(await openVenue({ ...asked, venue: 'sim' })), account: 'key-1' }),
    lockAccount: (venue, account) => {
      if (taken) throw new Refusal('ACCOUNT_IN_USE', 'taken');
      held.push(`${venue} ${account}`);
      return { [Symbol.dispose]: () => held.pop() };
    },
  });
  const ofExchange = { ...request, venue: 'exchange' };
  await host.start(ofExchange, 'ann');
  assert.deepEqual(held, ['exchange key-1']);
  await host.command({ name: 'stop', flatten: true }, 'ann');
  assert.deepEqual(held, []);

  taken = true;
  await assert.rejects(
    host.start(ofExchange, 'ann'),
    (error) => error instanceof Refusal && error.code === 'ACCOUNT_IN_USE',
  );
  assert.equal(host.status().state, 'IDLE', 'nothing has begun');

  taken = false;
  await host.start(ofExchange, 'ann');
  assert.equal(held.length, 1);
  host.fault('x');
  assert.deepEqual(held, []);
});

test('a venue that cannot even begin leaves nothing behind: the account is free and the next start works', async () => {
  const held: string[] = [];
  let broken = true;
  const host = new SessionHost({
    open: async (asked) => {
      const venue = await openVenue({ ...asked, venue: 'sim' });
      const source = {
        ...venue.source,
        history: (bars: number) => venue.source.history(bars),
        book: (symbol: number) => venue.source.book(symbol),
        next: () => venue.source.next(),
        get instruments() {
          if (broken) throw new Error('no list of instruments');
          return venue.source.instruments;
        },
      };
      return { ...venue, source, account: 'key-1' };
    },
    lockAccount: () => {
      held.push('key-1');
      return { [Symbol.dispose]: () => held.pop() };
    },
  });
  const ofExchange = { ...request, venue: 'exchange' };
  await assert.rejects(host.start(ofExchange, 'ann'), /no list of instruments/);
  assert.equal(host.pulse, null, 'no session is left that nothing drives');
  assert.deepEqual(held, []);
  broken = false;
  await host.start(ofExchange, 'ann');
  assert.deepEqual(held, ['key-1']);
  await host.close('test');
});
