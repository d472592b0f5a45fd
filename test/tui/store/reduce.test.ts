import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventNotification, WireEvent } from '../../../src/protocol/events.ts';
import {
  applyEvents,
  applyPrices,
  applyRead,
  applySnapshot,
  marked,
  notice,
} from '../../../src/tui/store/reduce.ts';
import {
  initialState,
  isStale,
  MOST_EVENTS,
  MOST_NEWS,
  SILENT_MS,
  type ViewState,
} from '../../../src/tui/store/state.ts';
import { aPosition, aStatus } from '../samples.ts';

const told = (seq: number, event: WireEvent): EventNotification => ({
  subscription: 1,
  seq,
  session: 's',
  at: seq * 1000,
  wallAt: seq * 1000,
  event,
});

const state = (to: 'MANAGING' | 'PAUSED'): WireEvent => ({
  type: 'state',
  from: 'SCANNING',
  to,
  reason: '',
  by: 'engine',
});

const gap: WireEvent = { type: 'gap', symbol: 'BTCUSDT', missing: 1 };
const level: WireEvent = {
  type: 'level',
  symbol: 'BTCUSDT',
  levelId: 1,
  side: 'long',
  price: '1',
  life: 'armed',
  strength: 1,
  touches: 2,
  reason: '',
};

const positionEvent = (
  change: 'protected' | 'reduced' | 'closed' | 'stop_moved',
  more: { quantity: string; stop: string | null },
): WireEvent => ({
  type: 'position',
  change,
  tradeId: 7,
  symbol: 'SOLUSDT',
  side: 'long',
  reason: '',
  ...more,
});

test('an event that the snapshot already holds is listed and never put over the present', () => {
  const now: ViewState = { ...initialState(0), status: aStatus({ state: 'PAUSED' }), seq: 5 };
  const after = applyEvents(now, [told(4, state('MANAGING')), told(5, state('PAUSED'))], 5);
  assert.equal(after.status?.state, 'PAUSED');
  assert.equal(after.events.length, 2);
  assert.equal(after.seq, 5);
  assert.equal(applyEvents(after, [told(6, state('MANAGING'))], 5).status?.state, 'MANAGING');
});

test('a closed position leaves the screen with its event, and a moved stop shows before the next read', () => {
  const open: ViewState = { ...initialState(0), positions: [aPosition({ tradeId: 7, stop: null })] };
  const protectedNow = applyEvents(open, [
    told(1, positionEvent('protected', { quantity: '2', stop: '95' })),
  ]);
  assert.deepEqual(
    protectedNow.positions.map(({ stop, protectedQuantity }) => [stop, protectedQuantity]),
    [['95', '2']],
  );
  const moved = applyEvents(protectedNow, [
    told(2, positionEvent('stop_moved', { quantity: '2', stop: '97' })),
  ]);
  assert.equal(moved.positions[0]?.stop, '97');
  const closed = applyEvents(moved, [told(3, positionEvent('closed', { quantity: '0', stop: null }))]);
  assert.deepEqual(closed.positions, []);
});

test('the lists of events stay bounded, and levels do not push news out of sight', () => {
  let now = initialState(0);
  now = applyEvents(now, [told(1, gap)]);
  for (let batch = 0; batch < 30; batch++) {
    const events = Array.from({ length: 100 }, (_, i) => told(2 + batch * 100 + i, level));
    now = applyEvents(now, events);
  }
  assert.equal(now.events.length, MOST_EVENTS);
  assert.equal(now.news.length, 1);
  for (let i = 0; i < MOST_NEWS + 5; i++) now = notice(now, 'warn', `n${i}`, i);
  assert.equal(now.news.length, MOST_NEWS);
  assert.equal(now.events.length, MOST_EVENTS);
});

test('the R of a position moves with its price between two reads, by its own risk and side', () => {
  const now = applyPrices(initialState(0), [
    { subscription: 1, session: 's', at: 1, prices: { SOLUSDT: '103' } },
  ]);
  const risked = { unrealisedR: 0.2, unrealisedPnl: '2', quantity: '2', risk: '10' };
  const long = aPosition({ openedAt: 0, mark: '101', ...risked });
  const { mark, r, pnl } = marked(long, now.prices);
  assert.equal(mark, '103');
  assert.equal(r.toFixed(4), '0.6000');
  assert.equal(pnl, 6);
  assert.equal(marked({ ...long, side: 'short' }, now.prices).r.toFixed(4), '-0.2000');
  assert.equal(marked(long, new Map()).r, 0.2);
});

test('an answer replaces what events said before it', () => {
  const now: ViewState = { ...initialState(0), status: aStatus({ state: 'SCANNING' }) };
  const read = applyRead(now, 'status', aStatus({ state: 'MANAGING' }), 10);
  assert.equal(read.status?.state, 'MANAGING');
  assert.equal(read.heardAt, 10);
  const positions = applyRead(read, 'positions', { positions: [aPosition({ tradeId: 9 })] }, 11);
  assert.deepEqual(
    positions.positions.map(({ tradeId }) => tradeId),
    [9],
  );
});

test('a silent daemon is stale although the connection stands, and so is every state but connected', () => {
  const live: ViewState = {
    ...initialState(0),
    heardAt: 1_000,
    now: 1_000 + SILENT_MS,
    connection: { phase: 'live', since: 0, daemon: { version: '1', instance: 'default', pid: 1 } },
  };
  assert.equal(isStale(live), false);
  assert.equal(isStale({ ...live, now: live.now + 1 }), true);
  assert.equal(isStale({ ...live, heardAt: null }), true);
  assert.equal(isStale({ ...live, connection: { phase: 'connecting', attempt: 0, failure: null } }), true);
});

test('a text from outside cannot move the cursor nor shift a column', () => {
  const now = notice(initialState(0), 'warn', 'a\u001b[2Jb\n漢字 e\u0301 🚀', 0);
  const [entry] = now.events;
  assert.ok(entry?.kind === 'notice');
  assert.match(entry.text, /^[\x20-\x7e…]*$/);
});

test('a price of before a position was opened, or of before the connection was lost, marks nothing', () => {
  const price = { subscription: 1, session: 's', at: 1_000, prices: { SOLUSDT: '228.62' } };
  const now = applyPrices({ ...initialState(0), stream: 'stream' }, [price]);
  const opened = aPosition({ openedAt: 2_000, mark: '101' });
  assert.equal(marked(opened, now.prices).mark, '101');
  const snapshot = { status: aStatus(), positions: [opened], orders: [] };
  assert.equal(applySnapshot(now, { stream: 'stream', seq: 7, snapshot }).prices.size, 0);
});
