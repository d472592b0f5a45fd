/** A session that is taken up again along a live market. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveDrive } from '../../../src/session/live/live-drive.ts';
import type { LiveVenue } from '../../../src/session/live/live-venue.ts';
import { Rig } from '../../engine/rig.ts';
import { HandClock, quietBroker } from './kit.ts';

function venueOf(rig: Rig, clock: HandClock): LiveVenue {
  return {
    instruments: rig.instruments,
    gone: new Set(),
    know: () => undefined,
    figures: { book: false, tradesPerMinute: false, openInterest: false },
    assumed: [],
    warnings: [],
    broker: quietBroker({ account: (answer) => answer({ positions: new Map(), open: [] }) }),
    clock,
    account: null,
    equity: null,
    history: async () => [],
    priceOf: () => null,
    funds: async () => null,
    listen: () => undefined,
    paper: null,
    close: () => undefined,
  };
}

function driveOf({ engine }: Rig, venue: LiveVenue): LiveDrive {
  return new LiveDrive({
    engine,
    session: 'h',
    venue,
    observe: () => undefined,
    beforeSending: () => undefined,
    entriesRefused: () => null,
    afterStep: () => 'go on',
    dataEnded: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
}

for (const symbol of [null, 0])
  test(`a daemon that ended while ${symbol === null ? 'the feed was silent' : 'a candle was missing'} goes on to trade in its next life, whose feed has never been: nobody would ever say that it is back`, async () => {
    const rig = new Rig().boot();
    rig.give({ kind: 'feed', symbol, status: 'stale' });
    const restored = new Rig();
    restored.engine.restore(rig.engine.save());
    using drive = driveOf(restored, venueOf(rig, new HandClock()));
    await drive.takeUp({ outstanding: restored.engine.outstanding(), known: [], ordersTaken: 0 });
    restored.now = drive.now;
    restored.breakOut();
    assert.equal(restored.submitted('entry').length, 1);
  });

test('a loss that the account has taken before word of it came makes the next trade smaller once, not twice', async () => {
  const rig = new Rig().boot();
  const { stop } = rig.hold();
  const clock = new HandClock();
  let asked = 0;
  using drive = driveOf(rig, {
    ...venueOf(rig, clock),
    funds: async () => {
      asked += 1;
      return { total: '9900', available: '9900' };
    },
  });
  drive.start();
  await turns();
  const fill = { price: stop.stopPrice ?? '', quantity: stop.quantity, fee: '0' } as const;
  const report = {
    status: 'fill',
    orderId: stop.id,
    fillId: 's',
    feeIn: 'quote',
    liquidity: 'taker',
    ...fill,
  } as const;
  drive.apply({ kind: 'order', at: drive.now, report }, 'live');
  const equity = () => rig.engine.account()?.sizingEquity ?? 0;
  assert.ok(equity() > 9_890 && equity() < 9_910, `${equity()}`);
  for (let second = 0; second < 20; second += 1) {
    clock.advance(1_000);
    await turns();
  }
  assert.ok(asked > 1, 'the account is asked again');
  assert.equal(rig.engine.account()?.available, 9_900);
  assert.ok(equity() > 9_890, `${equity()}`);
});

/** What follows on answers has run. */
function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
