/** The bar under way of one symbol, as far as own orders care: in ticks and lots. */
import type { Shape } from '../../archive/archive.ts';
import { at } from '../../market/arrays.ts';
import type { BarColumns } from '../../market/bars.ts';
import { stepsDown } from '../../market/grid.ts';
import type { Market } from '../../market/instrument.ts';
import { type LiveOrder, type Trigger, triggerShape } from './order.ts';
import { type BarShape, type PathPoints, pathPoints } from './path.ts';
import { inSteps } from './steps.ts';

export interface OpenBar {
  readonly shape: BarShape;
  points: PathPoints;
  /** Most that own fills may take of the bar, and what they have taken. */
  readonly allowance: number;
  taken: number;
  /**
   * Fills inside the bar: what answers them may hang on the path. The trigger is null for an order that did not
   * rest from the open.
   */
  readonly causes: { readonly tradeId: number; readonly trigger: Trigger | null }[];
}

const shapeShape: Shape<BarShape> = (a, bar) => ({
  open: a.number(bar?.open),
  high: a.number(bar?.high),
  low: a.number(bar?.low),
  close: a.number(bar?.close),
});

const pointsShape: Shape<PathPoints> = (a, points) => [
  a.number(points?.[0]),
  a.number(points?.[1]),
  a.number(points?.[2]),
  a.number(points?.[3]),
];

const causeShape: Shape<OpenBar['causes'][number]> = (a, cause) => ({
  tradeId: a.number(cause?.tradeId),
  trigger: a.nullable(cause?.trigger, triggerShape),
});

export const openBarShape: Shape<OpenBar> = (a, bar) => ({
  shape: shapeShape(a, bar?.shape),
  points: pointsShape(a, bar?.points),
  allowance: a.number(bar?.allowance),
  taken: a.number(bar?.taken),
  causes: a.list(bar?.causes, causeShape),
});

/** The row of one symbol, or null without one or without volume: where nothing was traded, nothing is met. */
export function rowOf(bars: BarColumns, symbol: number): number | null {
  // With a bar of every symbol the row is the index.
  if (symbol < bars.count && at(bars.symbol, symbol) === symbol) {
    return at(bars.volume, symbol) > 0 ? symbol : null;
  }
  let low = 0;
  let high = bars.count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = at(bars.symbol, middle);
    if (found === symbol) return at(bars.volume, middle) > 0 ? middle : null;
    if (found < symbol) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}

/** Prices at which the nearest of a symbol's orders is set off, upwards and downwards. */
export interface Reach {
  above: number;
  below: number;
}

/**
 * Writes into `reach` what the orders wait for, half a tick on the early side of it. An order that acts on any price,
 * or has not met one yet, is set off by all.
 */
export function measureReach(orders: readonly LiveOrder[], tick: number, reach: Reach): void {
  reach.above = Number.POSITIVE_INFINITY;
  reach.below = Number.NEGATIVE_INFINITY;
  for (const { trigger, fresh } of orders) {
    if (trigger === null || fresh) reach.above = Number.NEGATIVE_INFINITY;
    else if (trigger.up) reach.above = Math.min(reach.above, (trigger.at - 0.5) * tick);
    else reach.below = Math.max(reach.below, (trigger.at + 0.5) * tick);
  }
}

/** False when the symbol has no trades in these bars, or none that could set off an order. */
export function barReaches(bars: BarColumns, symbol: number, reach: Reach): boolean {
  const row = rowOf(bars, symbol);
  return row !== null && (at(bars.high, row) >= reach.above || at(bars.low, row) <= reach.below);
}

export function shapeOf(bars: BarColumns, row: number, market: Market): BarShape {
  return {
    open: inSteps(market.ticks, at(bars.open, row)),
    high: inSteps(market.ticks, at(bars.high, row)),
    low: inSteps(market.ticks, at(bars.low, row)),
    close: inSteps(market.ticks, at(bars.close, row)),
  };
}

/** Null where nothing was traded. */
export function readBar(bars: BarColumns, market: Market, volumeShare: number): OpenBar | null {
  const row = rowOf(bars, market.index);
  if (row === null) return null;
  const shape = shapeOf(bars, row, market);
  return {
    shape,
    points: pathPoints(shape, 'nearer'),
    allowance: stepsDown(market.lots, volumeShare * at(bars.volume, row)),
    taken: 0,
    causes: [],
  };
}
