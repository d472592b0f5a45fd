/** The comparison with the venue's books after a restart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrderClaim } from '../../../src/engine/claims.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { Clock } from '../../../src/session/live/clock.ts';
import { LiveLoop } from '../../../src/session/live/live-loop.ts';
import { Reconciler } from '../../../src/session/live/reconciler.ts';
import type { Broker } from '../../../src/venue/broker.ts';
import { Rig } from '../../engine/rig.ts';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const clock: Clock = { now: () => NOW, steady: () => NOW, after: () => () => undefined };

/** Since when the venue is asked what it did by itself, of an engine that was led back after the drive was made. */
function askedSince(toldTo: number, opened: readonly number[]): number | undefined {
  const asked: number[] = [];
  const broker: Broker = {
    capabilities: { amend: true },
    validityMs: 5_000,
    acts: { events: (since) => asked.push(since), detach: () => undefined },
    idsSince: (_since, answer) => answer([]),
    submit: () => undefined,
    cancel: () => undefined,
    amend: () => undefined,
    lookUp: () => undefined,
    account: () => undefined,
  };
  const engine = new Engine();
  const loop = new LiveLoop({
    engine,
    session: 'h',
    broker,
    clock,
    observe: () => undefined,
    beforeSending: () => undefined,
    entriesRefused: () => null,
    history: () => undefined,
  });
  const restored = { toldTo: 0, opened: [] as readonly number[] };
  const reconciler = new Reconciler({
    engine: {
      claims: () => engine.claims(),
      foreign: () => engine.foreign(),
      now: NOW,
      get toldTo() {
        return restored.toldTo;
      },
      positions: () => restored.opened.map((openedAt) => ({ openedAt, symbol: 'BTCUSDT', mark: '1' })),
    },
    loop,
    broker,
    clock,
    session: 'h',
    instruments: () => [],
    priceOf: () => null,
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
  const broker: Broker = {
    capabilities: { amend: true, attachedStop: true },
    validityMs: 5_000,
    acts: { events: (_since, answer) => answer([]), detach: (of) => detached.push(of) },
    idsSince: (_since, answer) => answer([]),
    submit: () => undefined,
    cancel: () => undefined,
    amend: () => undefined,
    lookUp: () => undefined,
    account: (answer) =>
      answer({ positions: new Map(), open: [{ clientId: null, symbol, attachedTo: 'bo-h-1-1' }] }),
  };
  const entry: OrderClaim = {
    id: 1,
    request: {
      id: 1,
      tradeId: 1,
      symbol,
      side: 'buy',
      type: 'limit',
      purpose: 'entry',
      quantity: '0.4',
      price: '105',
      stopPrice: null,
      reduceOnly: false,
      attachedStop: '104',
    },
    status,
    final: status !== 'working',
    quantity: '0.4',
    filled: '0',
    stopPrice: null,
    cancelling: false,
    amending: false,
    fillIds: new Set(),
  };
  const engine = new Engine();
  const loop = new LiveLoop({
    engine,
    session: 'h',
    broker,
    clock,
    observe: () => undefined,
    beforeSending: () => undefined,
    entriesRefused: () => null,
    history: () => undefined,
  });
  const claims = { orders: [entry], holdings: new Map<string, string>(), lastOrder: 1 };
  new Reconciler({
    engine: {
      claims: () => claims,
      foreign: () => engine.foreign(),
      now: NOW,
      toldTo: NOW,
      positions: () => [],
    },
    loop,
    broker,
    clock,
    session: 'h',
    instruments: () => [],
    priceOf: () => null,
  }).sweep();
  return detached.length > 0;
}

test('a stop that came with an entry stays while the entry lives, whose fill may not have been heard of', () => {
  assert.equal(dropped('working'), false);
  assert.equal(dropped('cancelled'), true);
});

test('a position whose market was settled and delisted while the daemon was down leaves the books at its last price', () => {
  const rig = new Rig().boot();
  rig.hold();
  const { engine } = rig;
  const broker: Broker = {
    capabilities: { amend: true },
    validityMs: 5_000,
    acts: null,
    idsSince: (_since, answer) => answer([]),
    submit: () => undefined,
    cancel: () => undefined,
    amend: () => undefined,
    lookUp: (_symbol, _id, answer) => answer({ kind: 'absent' }),
    account: (answer) => answer({ positions: new Map(), open: [] }),
  };
  const later = rig.now + HOUR;
  // What is waited for comes at once; what is to be given up after a while never is.
  const atOnce: Clock = {
    now: () => later,
    steady: () => later,
    after: (ms, run) => {
      if (ms === 3_000) run();
      return () => undefined;
    },
  };
  const loop = new LiveLoop({
    engine,
    session: 'h',
    broker,
    clock: atOnce,
    observe: () => undefined,
    beforeSending: () => undefined,
    entriesRefused: () => null,
    history: () => undefined,
  });
  new Reconciler({
    engine,
    loop,
    broker,
    clock: atOnce,
    session: 'h',
    instruments: () => engine.facts()?.markets ?? [],
    priceOf: () => null,
  }).sweep();
  assert.deepEqual(engine.positions(), []);
});
