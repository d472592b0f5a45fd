/** What the venue has done by itself is told after the fills that came before it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import type { Clock } from '../../../src/session/live/clock.ts';
import { VenueEventFeed } from '../../../src/session/live/venue-event-feed.ts';
import type { VenueEvent } from '../../../src/venue/broker.ts';
import { PERP, Rig } from '../../engine/rig.ts';

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

/** What is left in the books of a position when a close of `part` is told after an adjustment of `adjusted`. */
function heldAfter(part: number, adjusted: number): string | undefined {
  const rig = new Rig().boot();
  rig.hold();
  const symbol = PERP.symbol;
  const held = new Big(rig.engine.claims().holdings.get(symbol) ?? 0);
  const quantity = held.times(part).toFixed();
  const events: VenueEvent[] = [];
  const feed = new VenueEventFeed({
    acts: { events: (_since, answer) => answer(events), detach: () => undefined },
    loop: {
      now: rig.now,
      apply: (input) => void rig.give(input),
      gateway: { lookUpAll: (done) => done() },
    },
    clock: { ...clock, now: () => rig.now },
    session: 'h',
    instruments: () => rig.instruments,
  });
  if (adjusted > 0) {
    const less = held.times(-adjusted).toFixed();
    rig.give({ kind: 'adjustment', symbol: 0, quantity: less, price: '100' });
    feed.adjusted(symbol, less);
  }
  const cause = 'deleveraging';
  const close = { cause, attachedTo: null, price: '100', quantity, fee: '1' } as const;
  events.push({ kind: 'closed', id: 'd1', happenedAt: rig.now, symbol, ...close });
  feed.ask(() => undefined);
  feed.ask(() => undefined);
  const left = rig.engine.claims().holdings.get(symbol);
  return left === undefined ? undefined : new Big(left).div(held).toFixed();
}

test('a close by the venue that is told after the books have followed the position is not counted twice', () => {
  assert.equal(heldAfter(0.5, 0), '0.5', 'told at once');
  assert.equal(heldAfter(0.5, 0.5), '0.5', 'told after the adjustment');
  assert.equal(heldAfter(0.75, 0.5), '0.25', 'told after a part of it was adjusted');
});
