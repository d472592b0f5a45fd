/** What the venue has done by itself is told after the fills that came before it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../src/session/live/clock.ts';
import { VenueEventFeed } from '../../../src/session/live/venue-event-feed.ts';
import type { VenueEvent } from '../../../src/venue/broker.ts';
import { Rig } from '../../engine/rig.ts';

const clock: Clock = { now: () => 0, steady: () => 0, after: () => () => undefined };

test('an entry that has filled and was stopped out between two looks is closed as its stop, not left open in the books', () => {
  const rig = new Rig({ attachedStop: true }).boot();
  const entry = rig.breakOut();
  const event: VenueEvent = {
    kind: 'closed',
    id: 'x1',
    happenedAt: rig.now,
    symbol: entry.symbol,
    cause: 'attached_stop',
    attachedTo: `bo-h-${entry.id}-1`,
    price: '100.4',
    quantity: entry.quantity,
    fee: '4',
  };
  const feed = new VenueEventFeed({
    acts: { events: (_since, answer) => answer([event]), detach: () => undefined },
    loop: {
      now: rig.now,
      apply: (input) => void rig.give(input),
      gateway: {
        lookUpAll: (done) => {
          rig.fill(entry);
          done();
        },
      },
    },
    clock,
    session: 'h',
    instruments: () => rig.instruments,
  });
  let done = false;
  feed.ask(() => {
    done = true;
  });
  assert.ok(done);
  assert.deepEqual(rig.engine.positions(), []);
  assert.equal(rig.trades()[0]?.exitReason, 'stop');
});
