import Big from 'big.js';
import type { Shape } from '../archive/archive.ts';
import type { Trade } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';
import { SIDE_CODES } from '../strategy/level.ts';
import { EXIT_CODES, type OpenTrade, TRADE_CODES } from './open-trade.ts';

/** The record of a trade in which nothing is held any more. `net` is its exact cash flow. */
export function tradeRecord(trade: OpenTrade, net: Big, closedAt: Millis): Trade {
  const { account } = trade;
  const entered = trade.side === 'long' ? account.boughtQuantity : account.soldQuantity;
  const risk = initialRisk(trade);
  return {
    id: trade.id,
    symbol: trade.market.symbol,
    side: trade.side,
    strategy: trade.strategy,
    openedAt: trade.openedAt,
    closedAt,
    entry: account.average('entry'),
    exit: account.average('exit'),
    quantity: entered.toFixed(),
    fees: account.allFees.toFixed(),
    funding: account.funding.toFixed(),
    pnl: net.toFixed(),
    r: Number(net) / Number(risk),
    risk: risk.toFixed(),
    initialStop: trade.priceText(trade.initialStopTicks),
    level: trade.levelText(),
    exitReason: trade.lastExit,
    maxR: trade.maxR,
    minR: trade.minR,
    addedOn: trade.addedOn,
  };
}

/** One R of the trade in quote: the first entry's quantity times its distance to the initial stop. */
function initialRisk(trade: OpenTrade): Big {
  return new Big(trade.riskDistance).times(new Big(trade.market.lot).times(trade.enteredLots)).round(8);
}

export const recordShape: Shape<Trade> = (a, trade) => ({
  id: a.number(trade?.id),
  symbol: a.text(trade?.symbol),
  side: a.choice(trade?.side, SIDE_CODES),
  strategy: a.choice(trade?.strategy, TRADE_CODES),
  openedAt: a.number(trade?.openedAt),
  closedAt: a.number(trade?.closedAt),
  entry: a.text(trade?.entry),
  exit: a.text(trade?.exit),
  quantity: a.text(trade?.quantity),
  fees: a.text(trade?.fees),
  funding: a.text(trade?.funding),
  pnl: a.text(trade?.pnl),
  r: a.number(trade?.r),
  risk: a.text(trade?.risk),
  initialStop: a.text(trade?.initialStop),
  level: a.text(trade?.level),
  exitReason: a.choice(trade?.exitReason, EXIT_CODES),
  maxR: a.number(trade?.maxR),
  minR: a.number(trade?.minR),
  addedOn: a.flag(trade?.addedOn),
});
