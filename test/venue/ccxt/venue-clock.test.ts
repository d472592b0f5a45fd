import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VenueClock } from '../../../src/venue/ccxt/venue-clock.ts';
import { HandTimer } from './hand-timer.ts';

test("the exchange's time is known to half a round trip, and a wall clock that is set changes nothing", async () => {
  const timer = new HandTimer();
  const venue = () => 1_800_000_000_000 + timer.steady();
  let wall = (): number => venue() + 5_000;
  const trips = [400, 80, 900];
  const clock = new VenueClock({
    timer,
    wall: () => wall(),
    fetchTime: async () => {
      const trip = trips.shift() ?? 100;
      await timer.pass(trip / 2);
      const now = venue();
      await timer.pass(trip / 2);
      return now;
    },
  });
  const skew = () => clock.skew;
  assert.equal(skew(), null);
  await clock.measure();
  assert.ok(Math.abs(clock.now() - venue()) <= 1);
  assert.deepEqual(skew(), { aheadMs: 5_000, errorMs: 40 });
  wall = () => venue() - 3_600_000;
  assert.ok(Math.abs(clock.now() - venue()) <= 1);
  assert.equal(skew()?.aheadMs, -3_600_000);
});

test('a clock that drifts away is measured anew, a worse measurement of the same time is not taken', async () => {
  const timer = new HandTimer();
  let drift = 0;
  let trip = 50;
  const clock = new VenueClock({
    timer,
    wall: () => timer.steady(),
    fetchTime: async () => {
      // All of the delay on the way back: the worst case of a round trip.
      const now = timer.steady() + drift;
      await timer.pass(trip);
      return now;
    },
  });
  await clock.measure();
  const first = clock.now() - timer.steady();
  trip = 800;
  await clock.measure();
  assert.equal(clock.now() - timer.steady(), first);
  drift = 5_000;
  await clock.measure();
  assert.ok(clock.now() - timer.steady() > 4_000);
});
