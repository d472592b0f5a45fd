/** A venue whose lists take longer to come than they are waited for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, SECOND } from '../../../src/market/time.ts';
import type { Broker } from '../../../src/venue/broker.ts';
import { Rig } from '../../engine/rig.ts';
import { HandClock, loopOf, quietBroker, reconcilerOf } from './kit.ts';

/** What an account holds is some requests one after the other: each is still in time. */
const SLOW = 18 * SECOND;

function slowAccount(clock: HandClock): Broker {
  return quietBroker({
    account: (answer) => void clock.after(SLOW, () => answer({ positions: new Map(), open: [] })),
  });
}

test('a panic ends verified flat although the positions come later than they are waited for', () => {
  const rig = new Rig().boot();
  const clock = new HandClock();
  const loop = loopOf(rig.engine, slowAccount(clock), clock);
  loop.command(99, 'tester', { name: 'emergencyStop', reason: 'fire' });
  assert.equal(rig.state, 'EMERGENCY');
  clock.advance(10 * MINUTE);
  assert.equal(rig.state, 'STOPPED');
});

test('a session is taken up, and its books compared once, although the positions come later than they are waited for', () => {
  const rig = new Rig().boot();
  const clock = new HandClock();
  let taken = 0;
  reconcilerOf(rig.engine, slowAccount(clock), clock).recover([], () => {
    taken += 1;
  });
  clock.advance(10 * MINUTE);
  assert.equal(taken, 1);
});
