/**
 * What to do with an open position at a base close: leave it, move its stop, or get out. Pure: it looks at
 * prices and the preset, not at orders.
 */
import type { Preset } from '../config/preset.ts';
import type { ExitReason } from '../engine/output.ts';
import { HOUR, type Millis } from '../market/time.ts';
import { CANDLE } from './series.ts';

export interface ManagedPosition {
  readonly direction: 1 | -1;
  readonly entry: number;
  /** Price distance of one R. */
  readonly risk: number;
  readonly level: number;
  readonly stop: number;
  /** Best price since the entry, this candle included. */
  readonly best: number;
  readonly openedAt: Millis;
  readonly trailing: boolean;
}

export type ExitDecision =
  | { readonly do: 'nothing'; readonly trailing: boolean }
  | { readonly do: 'move_stop'; readonly price: number; readonly trailing: true }
  | { readonly do: 'exit'; readonly reason: ExitReason };

/**
 * @param close the base close; @param atr ATR(14) of 15 m, in price; NaN leaves the trail alone.
 */
export function manage(
  p: ManagedPosition,
  close: number,
  atr: number,
  at: Millis,
  preset: Preset,
): ExitDecision {
  const rules = preset.position;
  if (at - p.openedAt >= rules.max_hold_hours * HOUR) return { do: 'exit', reason: 'max_hold' };
  const young = at - p.openedAt <= rules.failed_breakout_bars * CANDLE;
  if (
    young &&
    rules.failed_breakout_bars > 0 &&
    p.direction * (p.level - close) > rules.failed_breakout_atr * atr
  ) {
    return { do: 'exit', reason: 'failed_breakout' };
  }
  const bestR = (p.direction * (p.best - p.entry)) / p.risk;
  const trailing = p.trailing || bestR >= rules.trail_from_r;
  if (!trailing || rules.chandelier_atr === null || !(atr > 0)) return { do: 'nothing', trailing };
  const trail = p.best - p.direction * rules.chandelier_atr * atr;
  const gain = p.direction * (trail - p.stop);
  if (gain <= 0) return { do: 'nothing', trailing };
  // A stop that the market has already passed would fill at once: get out openly.
  if (p.direction * (close - trail) <= 0) return { do: 'exit', reason: 'trail' };
  if (gain < rules.trail_step_atr * atr) return { do: 'nothing', trailing };
  return { do: 'move_stop', price: trail, trailing: true };
}

/** Breakeven: the price at which getting out pays back the entry and both taker fees. */
export function breakeven(direction: 1 | -1, entry: number, takerFee: number): number {
  return direction === 1
    ? (entry * (1 + takerFee)) / (1 - takerFee)
    : (entry * (1 - takerFee)) / (1 + takerFee);
}
