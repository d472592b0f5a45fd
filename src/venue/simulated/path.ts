/**
 * The way of a price inside a bar, and where the order of its extremes decided an outcome.
 *
 * Path points are the open, the extreme nearer the open, the other extreme, the close. With both extremes equally
 * far the low comes first in a rising or flat bar and the high in a falling one. Between points the price
 * passes every value; into the open it jumps. All prices are in ticks.
 */
import { item } from '../../market/arrays.ts';
import type { BarPath } from '../ports.ts';
import type { LiveOrder, Trigger } from './order.ts';

export interface BarShape {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export type PathPoints = readonly [number, number, number, number];

export function pathPoints(bar: BarShape, path: BarPath): PathPoints {
  const up = bar.high - bar.open;
  const down = bar.open - bar.low;
  const lowNearer = down < up || (down === up && bar.close >= bar.open);
  const lowFirst = (path === 'nearer') === lowNearer;
  return lowFirst ? [bar.open, bar.low, bar.high, bar.close] : [bar.open, bar.high, bar.low, bar.close];
}

/** True when the price sets the trigger off after the open and inside the bar. */
function reachedInside(bar: BarShape, trigger: Trigger): boolean {
  return trigger.up
    ? bar.open < trigger.at && trigger.at <= bar.high
    : bar.low <= trigger.at && trigger.at < bar.open;
}

/** True when the order, placed at the open, acts on the open itself, as the first price that it meets. */
function actsOnOpen(bar: BarShape, order: LiveOrder, trigger: Trigger): boolean {
  return order.fresh && (trigger.up ? bar.open >= trigger.onArrival : bar.open <= trigger.onArrival);
}

/**
 * Trades with one order above the open and one below it, both reached inside the bar: the path chose between them.
 * An order that acts on the open counts on both sides: what answers it comes before or after the other is reached.
 */
export function tradesTornByPath(bar: BarShape, orders: readonly LiveOrder[]): number[] {
  const above = new Set<number>();
  const below = new Set<number>();
  const atOpen = new Set<number>();
  for (const order of orders) {
    const { trigger } = order;
    if (trigger === null) continue;
    const { tradeId, purpose } = order.request;
    if (actsOnOpen(bar, order, trigger)) {
      if (purpose !== 'stop') atOpen.add(tradeId);
    } else if (reachedInside(bar, trigger)) (trigger.up ? above : below).add(tradeId);
  }
  const torn = [...above].filter((trade) => below.has(trade) || atOpen.has(trade));
  return torn.concat([...below].filter((trade) => atOpen.has(trade)));
}

/**
 * True when the bar may turn out otherwise on the other path: an order other than a protective stop is reached
 * inside it, or is placed at the open and acts on it. A protective stop alone ends its trade on either path at the same price; an entry, an add-on or a
 * target is either opposed by a resting stop or answered by orders that are not known before it fills.
 */
export function hangsOnPath(bar: BarShape, orders: readonly LiveOrder[]): boolean {
  return orders.some((order) => {
    const trigger = order.trigger;
    if (trigger === null || order.request.purpose === 'stop') return false;
    return actsOnOpen(bar, order, trigger) || reachedInside(bar, trigger);
  });
}

/**
 * True when `answer`, placed at the path point after `cause` was reached, is reached on one path and not on the other,
 * or at another price. A null cause is itself an answer, so that its own way is open: then whatever is within the bar
 * counts.
 */
export function answerHangsOnPath(bar: BarShape, cause: Trigger | null, answer: Trigger): boolean {
  if (cause === null) return answer.up ? answer.at <= bar.high : answer.at >= bar.low;
  return (
    answerPrice(pathPoints(bar, 'nearer'), cause, answer) !==
    answerPrice(pathPoints(bar, 'other'), cause, answer)
  );
}

/** The price that sets the answer off: the one it is placed at when that has passed it, else its own; null for none. */
function answerPrice(points: PathPoints, cause: Trigger, answer: Trigger): number | null {
  const passes = (trigger: Trigger, point: number) => {
    const from = item(points, point - 1);
    const to = item(points, point);
    return trigger.up ? Math.max(from, to) >= trigger.at : Math.min(from, to) <= trigger.at;
  };
  let point = 1;
  while (point < points.length && !passes(cause, point)) point++;
  if (point === points.length) return null;
  const met = item(points, point);
  if (answer.up ? met >= answer.onArrival : met <= answer.onArrival) return met;
  for (point++; point < points.length; point++) if (passes(answer, point)) return answer.onArrival;
  return null;
}
