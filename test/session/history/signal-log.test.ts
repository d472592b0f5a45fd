import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  DomainEvent,
  OrderEventStatus,
  OrderPurpose,
  OrderRequest,
} from '../../../src/engine/output.ts';
import { SignalLog } from '../../../src/session/history/signal-log.ts';

type EventOf<T extends DomainEvent['type']> = Extract<DomainEvent, { type: T }>;

const signal = (signalId: number, symbol: string): EventOf<'signal'> => ({
  type: 'signal',
  signalId,
  symbol,
  side: 'long',
  strategy: 'momentum',
  levelId: signalId,
  level: '10',
  price: '10.1',
  stop: '9.5',
  confidence: 0.5,
  reason: 'test',
});

const refused = (signalId: number, symbol: string, code = 'free_slot'): EventOf<'refused'> => ({
  type: 'refused',
  signalId,
  symbol,
  rejection: { code, value: 0, threshold: 1 },
});

const order = (
  id: number,
  tradeId: number,
  symbol: string,
  status: OrderEventStatus,
  reason = '',
  purpose: OrderPurpose = 'entry',
): EventOf<'order'> => {
  const request: OrderRequest = {
    id,
    tradeId,
    symbol,
    side: 'buy',
    type: 'limit',
    purpose,
    quantity: '1',
    price: '10.2',
    stopPrice: null,
    reduceOnly: false,
  };
  return { type: 'order', order: request, status, reason };
};

const fill = (tradeId: number, symbol: string, purpose: OrderPurpose = 'entry'): EventOf<'fill'> => ({
  type: 'fill',
  orderId: 1,
  tradeId,
  symbol,
  side: 'buy',
  purpose,
  price: '10.2',
  quantity: '1',
  fee: '0',
});

const trade = (id: number, symbol: string): EventOf<'trade'> => ({
  type: 'trade',
  trade: {
    id,
    symbol,
    side: 'long',
    strategy: 'momentum',
    openedAt: 0,
    closedAt: 1,
    entry: '10.2',
    exit: '11',
    quantity: '1',
    fees: '0',
    funding: '0',
    pnl: '0.8',
    r: 1.5,
    risk: '0.5',
    initialStop: '9.5',
    level: '10',
    exitReason: 'trail',
    maxR: 2,
    minR: 0,
    addedOn: false,
  },
});

function after(events: readonly DomainEvent[], log = new SignalLog()) {
  for (const event of events) log.observe(1, 2, event);
  return log.list(1_000).map(({ signalId, outcome }) => ({ signalId, ...outcome }));
}

test('a signal that was refused says which condition said no, with its figures and in words', () => {
  assert.deepEqual(after([signal(1, 'A'), refused(1, 'A')]), [
    {
      signalId: 1,
      result: 'refused',
      code: 'free_slot',
      value: 0,
      threshold: 1,
      text: 'free slots 0, needs at least 1',
    },
  ]);
});

test('of two signals of one symbol at one close the one that was sent gets the trade, whichever came first', () => {
  assert.deepEqual(
    after([
      signal(1, 'A'),
      signal(2, 'A'),
      refused(2, 'A', 'one_position_per_symbol'),
      signal(3, 'B'),
      order(1, 7, 'A', 'submitted'),
      order(2, 8, 'B', 'submitted'),
    ]).map(({ signalId, result, ...rest }) => [signalId, result, 'tradeId' in rest ? rest.tradeId : null]),
    [
      [1, 'sent', 7],
      [2, 'refused', null],
      [3, 'sent', 8],
    ],
  );
});

test('a signal is followed to the result of its trade', () => {
  const log = new SignalLog();
  assert.equal(after([signal(1, 'A')], log)[0]?.result, 'pending');
  assert.equal(after([order(1, 7, 'A', 'submitted'), order(1, 7, 'A', 'accepted')], log)[0]?.result, 'sent');
  assert.equal(after([order(1, 7, 'A', 'filled')], log)[0]?.result, 'sent', 'its fill is on its way');
  assert.equal(after([fill(7, 'A')], log)[0]?.result, 'open');
  assert.equal(after([order(2, 7, 'A', 'filled', '', 'tp1'), fill(7, 'A', 'tp1')], log)[0]?.result, 'open');
  assert.deepEqual(after([trade(7, 'A')], log)[0], {
    signalId: 1,
    result: 'closed',
    tradeId: 7,
    r: 1.5,
    pnl: '0.8',
    exitReason: 'trail',
  });
  // A later signal of the symbol is a trade of its own.
  assert.deepEqual(
    after([signal(2, 'A'), order(3, 8, 'A', 'submitted')], log).map(({ result }) => result),
    ['closed', 'sent'],
  );
});

test('an entry that ended without a fill says why; one that filled in part is a position', () => {
  assert.deepEqual(
    after([
      signal(1, 'A'),
      order(1, 7, 'A', 'submitted'),
      order(1, 7, 'A', 'cancelling', 'unfilled at the close'),
      order(1, 7, 'A', 'cancelled', 'as asked'),
    ])[0],
    { signalId: 1, result: 'unfilled', tradeId: 7, reason: 'unfilled at the close' },
  );
  assert.deepEqual(
    after([signal(1, 'A'), order(1, 7, 'A', 'submitted'), order(1, 7, 'A', 'rejected', 'no margin')])[0],
    { signalId: 1, result: 'unfilled', tradeId: 7, reason: 'no margin' },
  );
  assert.equal(
    after([
      signal(1, 'A'),
      order(1, 7, 'A', 'submitted'),
      fill(7, 'A'),
      order(1, 7, 'A', 'cancelled', 'unfilled at the close'),
    ])[0]?.result,
    'open',
  );
  // Sent in parts: one part is gone, another works.
  const parts = [
    signal(1, 'A'),
    order(1, 7, 'A', 'submitted'),
    order(2, 7, 'A', 'submitted'),
    order(1, 7, 'A', 'rejected', 'x'),
  ];
  assert.equal(after(parts)[0]?.result, 'sent');
  assert.equal(after([...parts, order(2, 7, 'A', 'cancelled', 'y')])[0]?.result, 'unfilled');
});

test('only the newest are held, the count says how many there were, and a lost one takes no trade along', () => {
  const log = new SignalLog(3);
  for (let id = 1; id <= 10; id++) {
    after([signal(id, 'A'), order(id, id, 'A', 'submitted'), fill(id, 'A')], log);
  }
  assert.deepEqual([log.total, log.dropped], [10, 7]);
  after([trade(2, 'A')], log);
  assert.deepEqual(
    log.list(10).map(({ signalId, outcome }) => [signalId, outcome.result]),
    [
      [8, 'open'],
      [9, 'open'],
      [10, 'open'],
    ],
  );
  assert.deepEqual(
    log.list(1).map(({ signalId }) => signalId),
    [10],
    'the newest',
  );
  assert.deepEqual(
    log.list(10, undefined, 9).map(({ signalId }) => signalId),
    [10],
  );
  assert.deepEqual(log.list(10, 'B'), []);
});
