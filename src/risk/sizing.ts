/**
 * How much to buy or sell: one R over the stop distance, then every cap of the preset. The worst fill that
 * the order allows (its limit price) is what the size is worked out for, so that a fill never risks more.
 */
import type { Preset } from '../config/preset.ts';
import type { Side } from '../engine/output.ts';
import type { BookQuote } from '../market/book.ts';
import { stepsDown } from '../market/grid.ts';
import type { Market } from '../market/instrument.ts';
import type { Condition } from '../strategy/conditions.ts';
import type { Why } from '../strategy/why.ts';

/** A size that the caps cut below this share of one R is not worth a slot and its fees. */
const MIN_SIZE_SHARE = 0.2;

/** What is open or on its way, as sizing sees it. In quote. */
export interface Exposure {
  readonly symbol: number;
  readonly side: Side;
  /** Loss if the stop is hit. */
  readonly risk: number;
  readonly notional: number;
  /** What was paid for it and is to be paid yet, whatever it is worth now. */
  readonly cost: number;
  /** Correlation with BTC; NaN when not known. */
  readonly btcCorrelation: number;
}

export interface SizeRequest {
  readonly market: Market;
  readonly side: Side;
  /** Worst fill price that the entry allows, and the stop. */
  readonly limit: number;
  readonly stop: number;
  readonly atr: number;
  readonly btcCorrelation: number;
  /** Median 5 m volume, in base units. */
  readonly medianVolume: number;
  /** Null when there is none that is fresh. */
  readonly quote: BookQuote | null;
}

export interface Account {
  /** Start equity + realised P&L - fees +- funding, capped by the venue's balance. */
  readonly equity: number;
  /** What of that the venue counts as tied up beyond the exposures. */
  readonly tied: number;
  readonly exposures: readonly Exposure[];
}

export interface Size {
  readonly lots: number;
  readonly quantity: number;
  /** Loss at the stop from the worst fill. */
  readonly risk: number;
  readonly notional: number;
}

/** The size, or the condition that refused it (already recorded in `why`). */
export type SizeResult = { readonly size: Size } | { readonly refused: Condition };

export function sizeEntry(
  request: SizeRequest,
  account: Account,
  preset: Preset,
  why: Why,
  hasBook: boolean,
): SizeResult {
  const { market, side, limit, stop } = request;
  const { risk } = preset;
  const i = market.index;
  if (!why.holds(i, 'short_allowed', side === 'long' || market.type === 'linear')) {
    return { refused: 'short_allowed' };
  }
  const sameSide = account.exposures.filter((e) => e.side === side);
  if (
    !why.judge(
      i,
      'max_same_side',
      sameSide.length < risk.max_same_side,
      sameSide.length + 1,
      risk.max_same_side,
    )
  ) {
    return { refused: 'max_same_side' };
  }
  const distance = side === 'long' ? limit - stop : stop - limit;
  const stopAtr = distance / request.atr;
  const { max_stop_atr } = preset.position;
  if (!why.judge(i, 'max_stop_atr', distance > 0 && stopAtr <= max_stop_atr, stopAtr, max_stop_atr))
    return { refused: 'max_stop_atr' };

  const wanted = account.equity * risk.risk_per_trade;
  // Of these limits the record holds what is taken already and what may be taken: full is no.
  const mostRisk = account.equity * risk.max_total_risk;
  const openRisk = sum(account.exposures, (e) => e.risk);
  const roomRisk = mostRisk - openRisk;
  if (!why.judge(i, 'max_total_risk', roomRisk > 0, openRisk, mostRisk)) return { refused: 'max_total_risk' };
  let allowed = Math.min(wanted, roomRisk);
  if (risk.max_correlated_risk !== null) {
    const most = account.equity * risk.max_correlated_risk;
    if (Number.isNaN(request.btcCorrelation)) {
      why.notEvaluated(i, 'max_correlated_risk', most);
    } else if (request.btcCorrelation >= risk.correlated_from) {
      const together = sameSide.filter((e) => e.btcCorrelation >= risk.correlated_from);
      const taken = sum(together, (e) => e.risk);
      if (!why.judge(i, 'max_correlated_risk', taken < most, taken, most))
        return { refused: 'max_correlated_risk' };
      allowed = Math.min(allowed, most - taken);
    }
  }
  const mostNotional = account.equity * risk.max_leverage;
  const openNotional = sum(account.exposures, (e) => e.notional);
  const roomNotional = mostNotional - openNotional;
  if (!why.judge(i, 'max_leverage', roomNotional > 0, openNotional, mostNotional))
    return { refused: 'max_leverage' };
  let quantity = allowed / distance;
  quantity = Math.min(
    quantity,
    Math.max(0, roomNotional - account.tied * risk.max_leverage) / limit,
    (account.equity * risk.max_position_share) / limit,
  );
  if (market.type === 'spot') {
    // A spot market cannot be bought on margin.
    const cash = account.equity - account.tied - sum(account.exposures, (e) => e.cost);
    quantity = Math.min(quantity, Math.max(0, cash) / (limit * (1 + market.takerFee)));
  }
  if (hasBook) {
    // A book that the venue gives and that is lacking now is no licence to take any size.
    const { quote } = request;
    const depth = quote === null ? Number.NaN : side === 'long' ? quote.askDepth05 : quote.bidDepth05;
    const most = depth * risk.max_depth_share;
    if (!why.judge(i, 'max_depth_share', most > 0, most, market.minNotionalValue))
      return { refused: 'max_depth_share' };
    quantity = Math.min(quantity, most / limit);
  } else why.notEvaluated(i, 'max_depth_share', market.minNotionalValue);
  if (request.medianVolume >= 0) quantity = Math.min(quantity, request.medianVolume * risk.max_volume_share);

  const lots = stepsDown(market.lots, quantity);
  const rounded = lots * market.lots.step;
  const full = wanted / distance;
  if (!why.atLeast(i, 'size_after_caps', rounded / full, MIN_SIZE_SHARE))
    return { refused: 'size_after_caps' };
  if (!why.atLeast(i, 'min_notional', rounded * Math.min(limit, stop), market.minNotionalValue)) {
    return { refused: 'min_notional' };
  }
  return { size: { lots, quantity: rounded, risk: rounded * distance, notional: rounded * limit } };
}

function sum<T>(list: readonly T[], value: (element: T) => number): number {
  let total = 0;
  for (const element of list) total += value(element);
  return total;
}
