/**
 * The summary of a run: what its finished trades add up to. Money is exact decimal; ratios and R are
 * float64; a figure that does not exist (a profit factor without losses, an average of nothing) is null.
 */
import { Big } from 'big.js';
import type { Trade } from '../engine/output.ts';
import { MINUTE } from '../market/time.ts';

/** A part of the trades. Money in quote. */
export interface Share {
  readonly trades: number;
  readonly wins: number;
  readonly totalR: number;
  readonly netProfit: string;
}

export interface Summary {
  readonly trades: number;
  /** Trades whose net result is above and below zero; one that ends at zero is neither. */
  readonly wins: number;
  readonly losses: number;
  /** Wins over all trades, 0 to 1. */
  readonly winRate: number | null;
  /** Mean R of a trade. */
  readonly expectancyR: number | null;
  readonly totalR: number;
  /** Money won over money lost. */
  readonly profitFactor: number | null;
  /** Deepest fall of the cumulated R from its peak (at least its start, 0): zero or negative. */
  readonly maxDrawdownR: number;
  /** Deepest fall of equity from its peak, in percent of that peak: zero or negative. -12.5 is a fall of 12.5 %. */
  readonly maxDrawdownPct: number;
  readonly netProfit: string;
  readonly fees: string;
  /** Received less paid. */
  readonly funding: string;
  /** Start equity plus net profit: open positions are not in it. */
  readonly endEquity: string;
  readonly averageWinR: number | null;
  readonly averageLossR: number | null;
  readonly averageHoldMinutes: number | null;
  readonly longTrades: number;
  readonly shortTrades: number;
  /** Only the reasons that occurred, and the symbols that were traded; keys ascend. */
  readonly byExitReason: Readonly<Record<string, Share>>;
  readonly bySymbol: Readonly<Record<string, Share>>;
}

export interface SummaryInput {
  /** In closing order. */
  readonly trades: readonly Trade[];
  /** In quote, a decimal above zero. */
  readonly startEquity: string;
  /**
   * Deepest fall from a peak of equity with open positions marked at base closes, as a share of that
   * peak (0 to 1). Without it the drawdown is that of realised equity, trade by trade, which flatters.
   */
  readonly markedDrawdown?: number | undefined;
}

/** @throws RangeError when the start equity is not above zero or the marked drawdown is not a share. */
export function summarise({ trades, startEquity, markedDrawdown }: SummaryInput): Summary {
  const start = new Big(startEquity);
  if (start.lte(0)) throw new RangeError(`start equity must be above zero, not ${startEquity}`);
  if (markedDrawdown !== undefined && !(markedDrawdown >= 0)) {
    throw new RangeError(`a marked drawdown is a share from 0, not ${markedDrawdown}`);
  }
  const wins = trades.filter((trade) => result(trade) > 0);
  const losses = trades.filter((trade) => result(trade) < 0);
  const netProfit = total(trades, 'pnl');
  const lost = total(losses, 'pnl').abs();
  const totalR = sumR(trades);
  const held = trades.reduce((sum, trade) => sum + (trade.closedAt - trade.openedAt), 0);
  return {
    trades: trades.length,
    wins: wins.length,
    losses: losses.length,
    winRate: mean(wins.length, trades.length),
    expectancyR: mean(totalR, trades.length),
    totalR,
    profitFactor: lost.eq(0) ? null : total(wins, 'pnl').div(lost).toNumber(),
    maxDrawdownR: drawdownR(trades),
    maxDrawdownPct: percentDown(markedDrawdown ?? realisedDrawdown(trades, start)),
    netProfit: plain(netProfit),
    fees: plain(total(trades, 'fees')),
    funding: plain(total(trades, 'funding')),
    endEquity: plain(start.plus(netProfit)),
    averageWinR: mean(sumR(wins), wins.length),
    averageLossR: mean(sumR(losses), losses.length),
    averageHoldMinutes: mean(held / MINUTE, trades.length),
    longTrades: trades.filter((trade) => trade.side === 'long').length,
    shortTrades: trades.filter((trade) => trade.side === 'short').length,
    byExitReason: sharesBy(trades, (trade) => trade.exitReason),
    bySymbol: sharesBy(trades, (trade) => trade.symbol),
  };
}

/** The sign of what a trade brought in. */
function result(trade: Trade): -1 | 0 | 1 {
  return new Big(trade.pnl).cmp(0);
}

function total(trades: readonly Trade[], field: 'pnl' | 'fees' | 'funding'): Big {
  return trades.reduce((sum, trade) => sum.plus(trade[field]), new Big(0));
}

function sumR(trades: readonly Trade[]): number {
  return trades.reduce((sum, trade) => sum + trade.r, 0);
}

function mean(sum: number, count: number): number | null {
  return count === 0 ? null : sum / count;
}

function drawdownR(trades: readonly Trade[]): number {
  let reached = 0;
  let peak = 0;
  let deepest = 0;
  for (const trade of trades) {
    reached += trade.r;
    peak = Math.max(peak, reached);
    deepest = Math.min(deepest, reached - peak);
  }
  return deepest;
}

/** Share of its peak that equity fell by, from one closed trade to another. */
function realisedDrawdown(trades: readonly Trade[], start: Big): number {
  let equity = start;
  let peak = start;
  let deepest = 0;
  for (const trade of trades) {
    equity = equity.plus(trade.pnl);
    if (equity.gt(peak)) peak = equity;
    deepest = Math.max(deepest, peak.minus(equity).div(peak).toNumber());
  }
  return deepest;
}

/** Without a fall it is 0, not -0. */
function percentDown(share: number): number {
  return share === 0 ? 0 : -share * 100;
}

function sharesBy(trades: readonly Trade[], key: (trade: Trade) => string): Record<string, Share> {
  const groups = new Map<string, Trade[]>();
  for (const trade of trades) {
    const group = groups.get(key(trade));
    if (group) group.push(trade);
    else groups.set(key(trade), [trade]);
  }
  const ascending = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(ascending.map(([name, group]) => [name, share(group)]));
}

function share(trades: readonly Trade[]): Share {
  return {
    trades: trades.length,
    wins: trades.filter((trade) => result(trade) > 0).length,
    totalR: sumR(trades),
    netProfit: plain(total(trades, 'pnl')),
  };
}

/** Without an exponent, and zero without a sign. */
function plain(amount: Big): string {
  return amount.eq(0) ? '0' : amount.toFixed();
}
