import assert from 'node:assert/strict';
import { test } from 'node:test';
import { events } from '../../../src/tui/panes/events.ts';
import { notice } from '../../../src/tui/store/reduce.ts';
import { aState, aStatus } from '../samples.ts';
import { drawn } from './trading-samples.ts';

const MIDNIGHT = Date.UTC(2024, 3, 1);

test('what happened before midnight of the venue has its day, and no column shifts', () => {
  const state = notice(
    notice(aState({ status: aStatus({ at: MIDNIGHT + 60_000 }) }), 'good', 'before', MIDNIGHT - 1_000),
    'good',
    'after',
    MIDNIGHT,
  );
  assert.deepEqual(drawn(events, state, { height: 3 }).slice(-2), [
    ' 03-31 23:59 view     before',
    '    00:00:00 view     after',
  ]);
});

test('on one day the seconds are all that is needed', () => {
  const state = notice(aState(), 'good', 'now', Date.UTC(2024, 2, 31, 12, 4, 59));
  assert.equal(drawn(events, state).at(-1), ' 12:04:59 view     now');
});
