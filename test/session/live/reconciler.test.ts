/** The comparison with the venue's books after a restart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import type { OrderClaim } from '../../../src/engine/claims.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { clientOrderId } from '../../../src/session/keeping/client-order-id.ts';
import type { Clock } from '../../../src/session/live/clock.ts';
import type { Broker } from '../../../src/venue/broker.ts';
import { PERP, Rig, SECOND_PERP } from '../../engine/rig.ts';
import { atOnce, entryClaim, HandClock, quietBroker, reconcilerOf } from './kit.ts';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const clock: Clock = { now: () => NOW, steady: () => NOW, after: () => () => undefined };

/** Since when the venue is asked what it did by itself, of an engine that was led back after the drive was made. */
function askedSince(toldTo: number, opened: readonly number[]): number | undefined {
  const asked: number[] = [];
  const broker = quietBroker({ acts: { events: (since) => asked.push(since), detach: () => undefined } });
  const engine = new Engine();
  const restored = { toldTo: 0, opened: [] as readonly number[] };
  const reconciler = reconcilerOf(engine, broker, clock, {
    engine: {
      claims: () => engine.claims(),
      foreign: () => engine.foreign(),
      now: NOW,
      get toldTo() {
        return restored.toldTo;
      },
      positions: () => restored.opened.map((openedAt) => ({ openedAt, symbol: 'BTCUSDT', mark: '1' })),
    },
  });
  Object.assign(restored, { toldTo, opened });
  reconciler.recover([], () => undefined);
  return asked[0];
}

test('funding that was due while the daemon was down for hours is asked for when it is back', () => {
  const since = askedSince(NOW - 10 * HOUR, []);
  assert.ok(since !== undefined && since <= NOW - 10 * HOUR, `asked since ${since}`);
});

test('what the venue did to an open position is asked for since it was opened', () => {
  const since = askedSince(NOW - HOUR, [NOW - 30 * HOUR, NOW - 2 * HOUR]);
  assert.ok(since !== undefined && since <= NOW - 30 * HOUR, `asked since ${since}`);
});

test('an engine that was never told of a bar is asked about from now', () => {
  const since = askedSince(0, []);
  assert.ok(since !== undefined && since > NOW - HOUR && since <= NOW, `asked since ${since}`);
});

/** Whether a comparison takes away the stop of an entry of which no fill has been heard. */
function dropped(status: OrderClaim['status']): boolean {
  const detached: string[] = [];
  const symbol = 'BTCUSDT';
  const broker = quietBroker({
    capabilities: { amend: true, attachedStop: true },
    acts: { events: (_since, answer) => answer([]), detach: (of) => detached.push(of) },
    account: (answer) =>
      answer({ positions: new Map(), open: [{ clientId: null, symbol, attachedTo: 'bo-h-1-1' }] }),
  });
  const engine = new Engine();
  const entry = entryClaim(symbol, { status, final: status !== 'working' });
  const claims = { orders: [entry], holdings: new Map<string, string>(), lastOrder: 1 };
  reconcilerOf(engine, broker, clock, {
    engine: {
      claims: () => claims,
      foreign: () => engine.foreign(),
      now: NOW,
      toldTo: NOW,
      positions: () => [],
    },
  }).sweep();
  return detached.length > 0;
}

test('a stop that came with an entry stays while the entry lives, whose fill may not have been heard of', () => {
  assert.equal(dropped('working'), false);
  assert.equal(dropped('cancelled'), true);
});

test('a position whose market was settled and delisted while the daemon was down leaves the books at its last price', () => {
  const { rig, sweep } = holding({
    account: (answer) => answer({ positions: new Map(), open: [] }),
    lookUp: (_symbol, _id, answer) => answer({ kind: 'absent' }),
  });
  rig.now += HOUR;
  sweep();
  assert.deepEqual(rig.engine.positions(), []);
});

/** An engine that holds what it bought, at a venue of which `parts` say what it has. */
function holding(parts: Partial<Broker>, rig = new Rig()): { readonly rig: Rig; readonly sweep: () => void } {
  rig.boot();
  rig.hold();
  const lookUp: Broker['lookUp'] = (_symbol, _id, answer) =>
    answer({ kind: 'failed', reason: 'not asked here' });
  const reconciler = reconcilerOf(
    rig.engine,
    quietBroker({ lookUp, ...parts }),
    atOnce(() => rig.now, 3_000),
  );
  return { rig, sweep: () => reconciler.sweep() };
}

test('an order that was made twice under one id: the fill of the second is booked, and is not taken for a foreign one', () => {
  const asked: number[] = [];
  const { rig, sweep } = holding({
    account: (answer) =>
      answer({ positions: new Map([[PERP.symbol, { quantity: twice, price: null }]]), open: [] }),
    fillsSince: (_symbol, since, answer) => {
      asked.push(since);
      answer([...known, { clientId: clientOrderId('h', entry.id, 1), fill: second }]);
    },
  });
  const entry = entryOf(rig);
  const once = rig.engine.claims().holdings.get(PERP.symbol) ?? '0';
  const twice = new Big(once).times(2).toFixed();
  const second = { ...FILL, fillId: 'of the second', quantity: once };
  const known = [...entry.fillIds].map((fillId) => ({
    clientId: clientOrderId('h', entry.id, 1),
    fill: { ...FILL, fillId, quantity: once },
  }));
  sweep();
  assert.equal(rig.engine.claims().holdings.get(PERP.symbol), twice);
  assert.deepEqual(rig.engine.foreign(), []);
  assert.equal(asked.length, 1);
});

test('what somebody else holds beside the bot is asked about for a while, and then no more', () => {
  const asked: number[] = [];
  const { rig, sweep } = holding({
    account: (answer) =>
      answer({ positions: new Map([[PERP.symbol, { quantity: '1000', price: '100' }]]), open: [] }),
    fillsSince: (_symbol, since, answer) => {
      asked.push(since);
      answer([]);
    },
  });
  for (let i = 0; i < 30; i += 1) {
    rig.now += 20_000;
    sweep();
  }
  assert.equal(rig.engine.foreign().length, 1);
  assert.ok(asked.length > 3 && asked.length < 8, `asked ${asked.length} times`);
});

test('an order that rests under the id of one that is over is cancelled, once two looks have shown it', () => {
  const cancelled: string[] = [];
  const { rig, sweep } = holding({
    account: (answer) => {
      const id = clientOrderId('h', entryOf(rig).id, 1);
      const quantity = rig.engine.claims().holdings.get(PERP.symbol) ?? '0';
      answer({
        positions: new Map([[PERP.symbol, { quantity, price: null }]]),
        open: [{ clientId: id, symbol: PERP.symbol }],
      });
    },
    cancel: (_symbol, clientId) => cancelled.push(clientId),
  });
  sweep();
  assert.deepEqual(cancelled, []);
  sweep();
  assert.deepEqual(cancelled, [clientOrderId('h', entryOf(rig).id, 1)]);
});

/** Whether a stop that is over for the engine and rests at the venue all the same is cancelled there. */
function stopCancelled(newStopWorks: boolean): boolean {
  const cancelled: string[] = [];
  const { rig, sweep } = holding({
    account: (answer) => {
      const quantity = rig.engine.claims().holdings.get(PERP.symbol) ?? '0';
      answer({
        positions: new Map([[PERP.symbol, { quantity, price: null }]]),
        open: [{ clientId: clientOrderId('h', stop.id, 1), symbol: PERP.symbol }],
      });
    },
    cancel: (_symbol, clientId) => cancelled.push(clientId),
  });
  const stop = rig.last('stop');
  rig.report({ status: 'cancelled', orderId: stop.id, reason: 'the venue has it no more' });
  assert.notEqual(rig.last('stop').id, stop.id);
  if (newStopWorks) rig.accept(rig.last('stop'));
  sweep();
  sweep();
  return cancelled.length > 0;
}

test('a stop that the venue has all the same is cancelled only once the one in its place works', () => {
  assert.equal(stopCancelled(false), false);
  assert.equal(stopCancelled(true), true);
});

test('somebody who trades by hand all the time in other markets keeps no position that is gone from leaving the books', () => {
  let looks = 0;
  const { rig, sweep } = holding(
    {
      account: (answer) => {
        looks += 1;
        assert.ok(looks < 100, 'the comparison never ends');
        const byHand = { quantity: String(looks), price: '100' };
        answer({ positions: new Map([[SECOND_PERP.symbol, byHand]]), open: [] });
      },
      lookUp: (_symbol, _id, answer) => answer({ kind: 'absent' }),
    },
    new Rig({ instruments: [PERP, SECOND_PERP] }),
  );
  sweep();
  assert.deepEqual(rig.engine.positions(), []);
  assert.equal(rig.engine.foreign()[0]?.symbol, SECOND_PERP.symbol);
});

test('a position that has just begun to differ when a busy account is compared is not taken out of the books yet', () => {
  let looks = 0;
  const { rig, sweep } = holding(
    {
      account: (answer) => {
        looks += 1;
        assert.ok(looks < 100, 'the comparison never ends');
        const byHand = { quantity: String(looks), price: '100' };
        const quantity = rig.engine.claims().holdings.get(PERP.symbol) ?? '0';
        const mine = { quantity: new Big(quantity).div(looks).toFixed(2), price: '100' };
        const positions = new Map([[SECOND_PERP.symbol, byHand]]);
        answer({ positions: positions.set(PERP.symbol, mine), open: [] });
      },
      lookUp: (_symbol, _id, answer) => answer({ kind: 'absent' }),
    },
    new Rig({ instruments: [PERP, SECOND_PERP] }),
  );
  const before = rig.engine.positions()[0]?.quantity;
  sweep();
  assert.equal(rig.engine.positions()[0]?.quantity, before);
});

test('what the stop sold while the venue was slow to tell its positions is not taken for what was sold by hand before', () => {
  let looks = 0;
  const { rig, sweep } = holding({
    account: (answer) => {
      looks += 1;
      const quantity = new Big(rig.engine.claims().holdings.get(PERP.symbol) ?? 0).minus(byHand).toFixed();
      if (looks === 2) rig.now += 5_000;
      answer({ positions: new Map([[PERP.symbol, { quantity, price: '100' }]]), open: [] });
    },
    lookUp: (_symbol, _id, answer) => answer({ kind: 'absent' }),
  });
  const byHand = '10';
  const stop = rig.last('stop');
  sweep();
  const left = rig.engine.positions()[0]?.quantity;
  assert.equal(left, new Big(stop.quantity).minus(byHand).toFixed(2));
  // It was hit after the positions had been read, and word of it comes after they were told.
  rig.fill(stop, { quantity: left, price: '99', filledAt: rig.now - 1_000 });
  assert.deepEqual(rig.engine.positions(), []);
});

test('an order of the last life that arrives while it is looked up is not taken for lost: it would be sent again', () => {
  const rig = new Rig().boot();
  const entry = rig.breakOut();
  const venue = new HandClock();
  // Each answer is on its way for a while, and tells how it was when it was asked for.
  const lookUp: Broker['lookUp'] = (symbol, clientId, answer) => {
    const { quantity } = entry;
    const there = venue.now() >= 4_500 && clientId === clientOrderId('h', entry.id, 1);
    const order = {
      clientId,
      symbol,
      status: 'open',
      quantity,
      stopPrice: null,
      reason: '',
      fills: [],
    } as const;
    venue.after(1_700, () => answer(there ? { kind: 'found', order } : { kind: 'absent' }));
  };
  const broker = quietBroker({ validityMs: 5_000, lookUp });
  reconcilerOf(rig.engine, broker, venue).recover([], () => undefined);
  venue.advance(30_000);
  assert.equal(rig.engine.orders().find(({ id }) => id === entry.id)?.status, 'working');
});

const FILL = { price: '100', fee: '0.1', feeIn: 'quote', liquidity: 'taker' } as const;

function entryOf(rig: Rig): OrderClaim {
  const entry = rig.engine.claims().orders.find(({ request }) => request.purpose === 'entry');
  assert.ok(entry?.final);
  return entry;
}
