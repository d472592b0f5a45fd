/**
 * What a fill costs: the taker's price and the venue's fee.
 *
 *     taker price = reference x (1 +- (halfSpread + slippage + impact x sqrt(share)))
 *
 * `share` is what own fills have taken of the bar's allowance, this fill included, so that cutting an order
 * into slices does not make it free. The result is rounded to the tick against the taker.
 */
import Big from 'big.js';
import type { FillReport } from '../../engine/input.ts';
import { stepsToText } from '../../market/grid.ts';
import type { Market } from '../../market/instrument.ts';
import type { MatchingCosts } from '../ports.ts';
import { roundDown, roundUp } from './steps.ts';

/** Decimals that a venue keeps of a fee, at least: those of a satoshi. */
const FEE_DECIMALS = 8;

/** @throws RangeError naming the cost that makes no sense. */
export function checkCosts(costs: MatchingCosts): void {
  for (const name of ['halfSpread', 'slippage', 'impact'] as const) {
    const value = costs[name];
    if (!(value >= 0 && value < 1))
      throw new RangeError(`costs.${name} must be from 0 to below 1, not ${value}`);
  }
  const share = costs.volumeShare;
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`costs.volumeShare must be above 0 and at most 1, not ${share}`);
  }
}

/** The costs in words, for the list of what a run assumed. */
export function assumedCosts({ halfSpread, slippage, impact, volumeShare }: MatchingCosts): string[] {
  const bps = (share: number) => `${Number((share * 10_000).toFixed(2))} bps`;
  const percent = Number((volumeShare * 100).toFixed(2));
  return [
    `all: spread ${bps(2 * halfSpread)}, slippage ${bps(slippage)} and up to ${bps(impact)} more for size`,
    `all: own fills take at most ${percent} % of a candle's volume`,
    'all: no funding is paid or received',
  ];
}

/** Ticks that a taker pays or gets for a reference price in ticks; at least one tick. */
export function takerTicks(costs: MatchingCosts, buy: boolean, reference: number, share: number): number {
  const cost = costs.halfSpread + costs.slippage + costs.impact * Math.sqrt(share);
  return buy ? roundUp(reference * (1 + cost)) : Math.max(1, roundDown(reference * (1 - cost)));
}

/** Decimals of a fee, and of a holding that fees are taken from. */
export function feeDecimals(market: Market): number {
  return Math.max(FEE_DECIMALS, market.lots.scale);
}

/**
 * The fee of a fill, exact: in quote on the notional, to 8 decimals; on a spot buy in base on the quantity, to 8
 * decimals or the lot's when it has more. Rounded up; a rebate (negative rate) is rounded towards zero, so that
 * rounding never favours the trader.
 */
export function feeOf(
  market: Market,
  buy: boolean,
  ticks: number,
  lots: number,
  liquidity: FillReport['liquidity'],
): Pick<FillReport, 'fee' | 'feeIn'> {
  const rate = liquidity === 'maker' ? market.makerFee : market.takerFee;
  const rounding = rate < 0 ? Big.roundDown : Big.roundUp;
  const quantity = new Big(stepsToText(market.lots, lots));
  if (market.type === 'spot' && buy) {
    return { fee: quantity.times(rate).round(feeDecimals(market), rounding).toFixed(), feeIn: 'base' };
  }
  const notional = quantity.times(stepsToText(market.ticks, ticks));
  return { fee: notional.times(rate).round(FEE_DECIMALS, rounding).toFixed(), feeIn: 'quote' };
}
