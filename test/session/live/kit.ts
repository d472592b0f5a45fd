/** The parts of a live session around what is tested: a venue that says nothing by itself, and a clock played by hand. */
import type { OrderClaim } from '../../../src/engine/claims.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { Clock } from '../../../src/session/live/clock.ts';
import { LiveLoop } from '../../../src/session/live/live-loop.ts';
import { Reconciler, type ReconcilerOptions } from '../../../src/session/live/reconciler.ts';
import type { Broker } from '../../../src/venue/broker.ts';

/** It takes every request and answers none, but for lists, which are empty. */
export function quietBroker(parts: Partial<Broker> = {}): Broker {
  return {
    capabilities: { amend: true },
    validityMs: 5_000,
    acts: null,
    fillsSince: (_symbol, _since, answer) => answer([]),
    idsSince: (_since, answer) => answer([]),
    submit: () => undefined,
    cancel: () => undefined,
    amend: () => undefined,
    lookUp: () => undefined,
    account: () => undefined,
    ...parts,
  };
}

/** What is waited for up to `patience` comes at once; what is to be given up after longer never is. */
export function atOnce(now: () => number, patience: number): Clock {
  return {
    now,
    steady: now,
    after: (ms, run) => {
      if (ms <= patience) run();
      return () => undefined;
    },
  };
}

/** Timers run when the test says so. */
export class HandClock implements Clock {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];
  now(): number {
    return this.#now;
  }
  steady(): number {
    return this.#now;
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}

export function loopOf(engine: Engine, broker: Broker, clock: Clock): LiveLoop {
  return new LiveLoop({
    engine,
    session: 'h',
    broker,
    clock,
    observe: () => undefined,
    beforeSending: () => undefined,
    entriesRefused: () => null,
    history: () => undefined,
  });
}

export function reconcilerOf(
  engine: Engine,
  broker: Broker,
  clock: Clock,
  parts: Partial<ReconcilerOptions> = {},
): Reconciler {
  return new Reconciler({
    engine,
    loop: loopOf(engine, broker, clock),
    broker,
    clock,
    session: 'h',
    instruments: () => engine.facts()?.markets ?? [],
    priceOf: () => null,
    ...parts,
  });
}

export function entryClaim(symbol: string, claim: Partial<OrderClaim>): OrderClaim {
  const request = { id: 1, tradeId: 1, symbol, side: 'buy', type: 'limit', purpose: 'entry' } as const;
  return {
    id: 1,
    request: { ...request, quantity: '0.4', price: '105', stopPrice: null, reduceOnly: false },
    status: 'working',
    final: false,
    quantity: '0.4',
    filled: '0',
    stopPrice: null,
    cancelling: false,
    amending: false,
    fillIds: new Set(),
    ...claim,
  };
}
