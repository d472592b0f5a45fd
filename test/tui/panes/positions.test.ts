import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positions } from '../../../src/tui/panes/positions.ts';
import { aState, aStatus } from '../samples.ts';
import { drawn } from './trading-samples.ts';

test('nothing is called flat while the status counts a position that the list has not yet', () => {
  const state = aState({ positions: [], status: aStatus({ openPositions: 2, slots: 3, freeSlots: 1 }) });
  assert.deepEqual(drawn(positions, state), ['2 positions open, reading…']);
  assert.equal(positions.summary?.(state), '2 open, 1 of 3 slots free');
});

test('with none open it says so', () => {
  const state = aState({ positions: [], status: aStatus({ openPositions: 0, freeSlots: 3 }) });
  assert.deepEqual(drawn(positions, state), ['no position is open']);
});
