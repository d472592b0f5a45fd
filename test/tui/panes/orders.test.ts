import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orders } from '../../../src/tui/panes/orders.ts';
import { aState } from '../samples.ts';
import { anOrder, detailOf, drawn, fitsEverywhere, linesOf, spanWith, withRead } from './trading-samples.ts';

const at = Date.UTC(2024, 2, 31, 12, 0);

const list = [
  anOrder({
    id: 1,
    purpose: 'entry',
    side: 'buy',
    type: 'stop_limit',
    price: '100.2',
    status: 'filled',
    filled: '2',
    updatedAt: at,
  }),
  anOrder({ id: 2, status: 'cancelled', updatedAt: at + 300_000 }),
  anOrder({
    id: 3,
    symbol: 'ADAUSDT',
    purpose: 'exit',
    type: 'market',
    stopPrice: null,
    status: 'rejected',
    updatedAt: at + 60_000,
  }),
  anOrder({ id: 4 }),
  anOrder({
    id: 5,
    purpose: 'tp1',
    type: 'limit',
    price: '105',
    stopPrice: null,
    quantity: '1',
    filled: '0.4',
  }),
  anOrder({ id: 6, symbol: 'BTCUSDT', purpose: 'add_on', side: 'buy', status: 'unknown' }),
  anOrder({ id: 7, symbol: 'ETHUSDT', purpose: 'entry', cancelling: true }),
];
const state = withRead('orders', { orders: list });

test('an order whose fate is unknown comes first, then those that are out, then the final ones by their last report', () => {
  assert.deepEqual(
    orders.rows?.(state, ''),
    [6, 7, 5, 4, 2, 3, 1].map((id) => `order ${id}`),
  );
});

test('purpose, price and status are readable at 40 columns', () => {
  assert.deepEqual(drawn(orders, state, { width: 40 }), [
    ' symbol     for            at status',
    ' BTCUSDT    add-on         95 UNKNOWN',
    ' ETHUSDT    entry          95 cancelling',
    ' SOLUSDT    TP1           105 working',
    ' SOLUSDT    stop           95 working',
    ' SOLUSDT    stop           95 cancelled',
    ' ADAUSDT    exit       market REJECTED',
    ' SOLUSDT    entry          95 filled',
  ]);
});

test('unknown and rejected stand out by capitals and tone, and the title counts the unknown', () => {
  const lines = linesOf(orders, state);
  assert.equal(spanWith(lines, 'UNKNOWN')?.tone, 'alarm');
  assert.equal(spanWith(lines, 'REJECTED')?.tone, 'bad');
  assert.equal(orders.summary?.(state), '4 out, 1 UNKNOWN');
});

test('side, type, quantity, filled, both prices and the reports stand there where there is room', () => {
  const lines = drawn(orders, state, { width: 160 });
  assert.match(
    lines[0] ?? '',
    /for +side +type +quantity +filled +price +stop +status +last report +sent +trade +order$/,
  );
  assert.match(
    lines[3] ?? '',
    /TP1 +sell +limit +1 +0\.4 +105 +- +working +03-31 11:56:00 +03-31 11:55:00 +7 +5$/,
  );
  assert.match(lines[7] ?? '', /entry +buy +stop limit +2 +2 +100\.2 +95 +filled/);
});

test('what the subscription began with is shown until the first answer; with neither it says so', () => {
  const begun = aState({ orders: [anOrder({ id: 4 })] });
  assert.deepEqual(orders.rows?.(begun, ''), ['order 4']);
  assert.deepEqual(drawn(orders, aState({ status: null })), ['reading…']);
  assert.equal(orders.summary?.(aState({ status: null })), '');
  assert.deepEqual(drawn(orders, withRead('orders', { orders: [] })), ['no order so far']);
  assert.equal(orders.summary?.(withRead('orders', { orders: [] })), '0 out');
});

test('a filter finds a symbol, a purpose and a status; a row stays with its order when it is filled', () => {
  assert.deepEqual(orders.rows?.(state, 'btc'), ['order 6']);
  assert.deepEqual(orders.rows?.(state, 'tp1'), ['order 5']);
  assert.deepEqual(orders.rows?.(state, 'rejected'), ['order 3']);
  const later = withRead('orders', {
    orders: [anOrder({ id: 5, status: 'filled', filled: '2' }), anOrder({ id: 8 })],
  });
  assert.deepEqual(orders.rows?.(later, ''), ['order 8', 'order 5']);
  assert.equal(orders.symbolOf?.(later, 'order 5'), 'SOLUSDT');
  assert.equal(orders.symbolOf?.(later, 'order 4'), null);
});

test('the detail says what an unknown order and an unanswered cancel mean', () => {
  assert.match(detailOf(orders, state, 'order 6') ?? '', /the venue has not said what became of it/);
  assert.match(detailOf(orders, state, 'order 7') ?? '', /a cancel was sent and is not answered yet/);
  assert.match(
    detailOf(orders, state, 'order 5') ?? '',
    /TP1 of trade 7.*sell 1, limit, reduce only.*0\.4 of 1/s,
  );
  assert.equal(detailOf(orders, state, 'order 99'), null);
});

test('orders fit at every width', () => {
  fitsEverywhere(orders, state, 'order 3');
});
