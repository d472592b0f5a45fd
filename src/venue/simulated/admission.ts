/** What the simulated venue takes and what it refuses, as a real one would. */
import Big from 'big.js';
import type { OrderRequest } from '../../engine/output.ts';
import { stepsToText } from '../../market/grid.ts';
import type { Market } from '../../market/instrument.ts';
import type { LiveOrder, Working } from './order.ts';
import { stepsOfText } from './steps.ts';

type Admission =
  | { readonly ok: true; readonly lots: number; readonly working: Working }
  | { readonly ok: false; readonly reason: string };

const no = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });

/**
 * `held`: the account's holding in whole lots, signed. `lastPrice` in ticks values a market order; null when the venue has no price yet, and no minimum is checked.
 */
export function admit(
  request: OrderRequest,
  market: Market,
  held: number,
  lastPrice: number | null,
): Admission {
  const lots = lotsOf(market, request.quantity);
  if (typeof lots === 'string') return no(lots);
  const working = workingOf(request, market);
  if (typeof working === 'string') return no(working);

  const buy = request.side === 'buy';
  if (request.reduceOnly && (buy ? held >= 0 : held <= 0))
    return no('reduce-only with no position to reduce');
  if (market.type === 'spot' && !buy && !request.reduceOnly && lots > held) {
    return no(shortOfHoldings(market, lots, held));
  }
  if (!request.reduceOnly) {
    const poor = underMinimum(market, lots, valuedAt(working, lastPrice));
    if (poor !== null) return no(poor);
  }
  return { ok: true, lots, working };
}

/** New terms for a live order. `quantity` is the total, what is filled included; a null `stopPrice` keeps the present one. */
export function admitAmendment(
  order: LiveOrder,
  market: Market,
  held: number,
  quantity: string,
  stopPrice: string | null,
): Admission {
  const lots = lotsOf(market, quantity);
  if (typeof lots === 'string') return no(lots);
  if (lots <= order.filled) {
    return no(`quantity ${quantity} is not above what is filled, ${stepsToText(market.lots, order.filled)}`);
  }
  let working = order.working;
  if (stopPrice !== null) {
    const stop = onTick(market, stopPrice, 'stop price');
    if (typeof stop === 'string') return no(stop);
    if (working.kind !== 'stop' && working.kind !== 'stop_limit') {
      return no(
        order.request.stopPrice === null ? 'not a stop order' : 'the stop has already been triggered',
      );
    }
    if (stop !== working.stop) working = { ...working, stop };
  }
  if (!order.request.reduceOnly) {
    if (order.reducing && lots - order.filled > held) {
      return no(shortOfHoldings(market, lots - order.filled, held));
    }
    const poor = underMinimum(market, lots, valuedAt(working, null));
    if (poor !== null) return no(poor);
  }
  return { ok: true, lots, working };
}

function lotsOf(market: Market, quantity: string): number | string {
  const lots = stepsOfText(market.lots, quantity);
  if (lots === null) return `quantity ${quantity} is not a multiple of the lot ${market.lot}`;
  return lots > 0 ? lots : 'quantity is zero';
}

function onTick(market: Market, price: string, what: string): number | string {
  const ticks = stepsOfText(market.ticks, price);
  if (ticks === null) return `${what} ${price} is not on the tick ${market.tick}`;
  return ticks > 0 ? ticks : `${what} is zero`;
}

function workingOf(request: OrderRequest, market: Market): Working | string {
  if (request.type === 'market') return { kind: 'market' };
  const limit = request.price === null ? 'a price is missing' : onTick(market, request.price, 'price');
  if (request.type === 'limit') return typeof limit === 'string' ? limit : { kind: 'limit', limit };
  const stop =
    request.stopPrice === null ? 'a stop price is missing' : onTick(market, request.stopPrice, 'stop price');
  if (typeof stop === 'string') return stop;
  if (request.type === 'stop') return { kind: 'stop', stop };
  return typeof limit === 'string' ? limit : { kind: 'stop_limit', stop, limit };
}

function valuedAt(working: Working, lastPrice: number | null): number | null {
  switch (working.kind) {
    case 'market':
      return lastPrice;
    case 'stop':
      return working.stop;
    case 'limit':
    case 'stop_limit':
      return working.limit;
  }
}

function underMinimum(market: Market, lots: number, ticks: number | null): string | null {
  if (ticks === null) return null;
  const price = Number.isInteger(ticks) ? stepsToText(market.ticks, ticks) : ticks * market.ticks.step;
  const notional = new Big(stepsToText(market.lots, lots)).times(price);
  if (notional.gte(market.minNotional)) return null;
  return `notional ${notional.toFixed()} is under the minimum ${market.minNotional}`;
}

function shortOfHoldings(market: Market, lots: number, held: number): string {
  return `insufficient holdings: ${stepsToText(market.lots, lots)} to sell, ${stepsToText(market.lots, held)} held`;
}
