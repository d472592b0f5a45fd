/** An order while it lives at the simulated venue. Prices are whole ticks, quantities whole lots. */
import type { Codes, Shape } from '../../archive/archive.ts';
import type { OrderRequest } from '../../engine/output.ts';
import type { Market } from '../../market/instrument.ts';

/** What the order is waiting for now: a stop that has fired is a market order, a stop_limit a limit. */
export type Working =
  | { readonly kind: 'market' }
  | { readonly kind: 'limit'; readonly limit: number }
  | { readonly kind: 'stop'; readonly stop: number }
  | { readonly kind: 'stop_limit'; readonly stop: number; readonly limit: number };

export interface LiveOrder {
  readonly request: OrderRequest;
  readonly id: number;
  readonly buy: boolean;
  /** May only bring a position nearer to zero: reduce-only orders, and every sale on spot. */
  readonly reducing: boolean;
  working: Working;
  /** Of `working`; null when it acts on any price. */
  trigger: Trigger | null;
  /** Ordered in total, and filled so far. */
  lots: number;
  filled: number;
  fills: number;
  /** True until the order has met its first price: only then can a limit be marketable on arrival. */
  fresh: boolean;
  /** The bar (ordinal) and the last path point before the order, or its present stop price, came to be. */
  sinceBar: number;
  sincePoint: number;
  done: boolean;
}

export function liveOrder(
  market: Market,
  request: OrderRequest,
  terms: { readonly lots: number; readonly working: Working },
  bar: number,
  point: number,
): LiveOrder {
  const buy = request.side === 'buy';
  return {
    request,
    id: request.id,
    buy,
    reducing: request.reduceOnly || (market.type === 'spot' && !buy),
    working: terms.working,
    trigger: triggerOf(terms.working, buy),
    lots: terms.lots,
    filled: 0,
    fills: 0,
    fresh: true,
    sinceBar: bar,
    sincePoint: point,
    done: false,
  };
}

/** Where a price sets an order off: at `at` ticks or beyond, upwards or downwards. */
export interface Trigger {
  readonly up: boolean;
  readonly at: number;
  /** The same for the first price that the order meets: a limit is then marketable at its own price. */
  readonly onArrival: number;
}

/** Gives the order other terms: an amended stop, or what a fired one has become. */
export function setWorking(order: LiveOrder, working: Working): void {
  order.working = working;
  order.trigger = triggerOf(working, order.buy);
}

/** Null for a market order, which acts on any price. A resting limit needs a tick through. */
function triggerOf(working: Working, buy: boolean): Trigger | null {
  switch (working.kind) {
    case 'market':
      return null;
    case 'limit':
      return {
        up: !buy,
        at: buy ? working.limit - 1 : working.limit + 1,
        onArrival: working.limit,
      };
    case 'stop':
    case 'stop_limit':
      return { up: buy, at: working.stop, onArrival: working.stop };
  }
}

const KIND_CODES: Codes<Working['kind']> = { market: 0, limit: 1, stop: 2, stop_limit: 3 };

const workingShape: Shape<Working> = (a, working) => {
  const kind = a.choice(working?.kind, KIND_CODES);
  const stop = () => a.number(working !== undefined && 'stop' in working ? working.stop : undefined);
  const limit = () => a.number(working !== undefined && 'limit' in working ? working.limit : undefined);
  switch (kind) {
    case 'market':
      return { kind };
    case 'limit':
      return { kind, limit: limit() };
    case 'stop':
      return { kind, stop: stop() };
    case 'stop_limit':
      return { kind, stop: stop(), limit: limit() };
  }
};

export const triggerShape: Shape<Trigger> = (a, trigger) => ({
  up: a.flag(trigger?.up),
  at: a.number(trigger?.at),
  onArrival: a.number(trigger?.onArrival),
});

export const orderShape: Shape<LiveOrder> = (a, order) => {
  const request = a.json(order?.request);
  const buy = a.flag(order?.buy);
  const working = workingShape(a, order?.working);
  return {
    request,
    id: request.id,
    buy,
    reducing: a.flag(order?.reducing),
    working,
    trigger: triggerOf(working, buy),
    lots: a.number(order?.lots),
    filled: a.number(order?.filled),
    fills: a.number(order?.fills),
    fresh: a.flag(order?.fresh),
    sinceBar: a.number(order?.sinceBar),
    sincePoint: a.number(order?.sincePoint),
    done: a.flag(order?.done),
  };
};
