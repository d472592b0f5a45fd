/** TP1 and TP2: partial exits at multiples of R, resting at the venue, or on spot watched, once the entry is complete. */
import { stepsDown, stepsNearest, stepsToNumber } from '../market/grid.ts';
import { type ExecutionContext, submit } from './context.ts';
import type { OpenTrade } from './open-trade.ts';
import type { Order } from './orders.ts';

/** Float error in a sum of two shares. */
const WHOLE = 1 - 1e-9;

/**
 * Places the targets. No part, and no remainder, is smaller than the venue lets be closed: a part that would be is
 * left to the one after it, in the end to the stop.
 */
export function placeTargets(context: ExecutionContext, trade: OpenTrade): void {
  if (trade.targetsPlaced || trade.openLots === 0 || trade.closing !== null) return;
  trade.targetsPlaced = true;
  const rules = context.preset.position;
  const { ticks, lots: lotGrid, minNotionalValue } = trade.market;
  const entry = trade.entryPrice;
  const priceAt = (r: number) => stepsNearest(ticks, entry + trade.direction * r * trade.riskDistance);
  const sendable = (lots: number, priceTicks: number) =>
    lots > 0 &&
    priceTicks > 0 &&
    stepsToNumber(lotGrid, lots) * stepsToNumber(ticks, priceTicks) >= minNotionalValue;
  const part = (share: number) => stepsDown(lotGrid, trade.openQuantity * share);

  const tp1Ticks = priceAt(rules.tp1_r);
  const tp2Ticks = priceAt(rules.tp2_r);
  // What is left may go at the stop or beyond the last target, whichever is worth less.
  const least = Math.min(trade.stopTicks, tp2Ticks);
  let tp1 = part(rules.tp1_share);
  if (!sendable(tp1, tp1Ticks) || !sendable(trade.openLots - tp1, least)) tp1 = 0;
  const last = rules.tp1_share + rules.tp2_share >= WHOLE;
  let tp2 = last ? trade.openLots - tp1 : part(rules.tp2_share);
  const rest = trade.openLots - tp1 - tp2;
  if (rest > 0 && !sendable(rest, least)) tp2 += rest;
  if (rules.tp2_share === 0 || !sendable(tp2, tp2Ticks)) tp2 = 0;

  const targets = [
    { purpose: 'tp1', lots: tp1, priceTicks: tp1Ticks },
    { purpose: 'tp2', lots: tp2, priceTicks: tp2Ticks },
  ] as const;
  for (const target of targets) {
    if (target.lots === 0) continue;
    if (trade.market.type === 'spot') trade.watched.list.push(target);
    else trade[target.purpose] = submit(context, trade, { ...target, type: 'limit', stopTicks: null });
  }
}

/** A target that never reached the venue is sent again, as a new order. */
export function replaceTarget(context: ExecutionContext, trade: OpenTrade, lost: Order): void {
  if (trade.closing !== null || trade.openLots === 0) return;
  // One that is watched is watched again.
  if ((lost !== trade.tp1 && lost !== trade.tp2) || lost.request.type === 'market') return;
  const purpose = lost === trade.tp1 ? 'tp1' : 'tp2';
  trade[purpose] = submit(context, trade, {
    purpose,
    type: 'limit',
    lots: lost.lots,
    priceTicks:
      lost.request.price === null ? null : stepsNearest(trade.market.ticks, Number(lost.request.price)),
    stopTicks: null,
  });
}
