import Big from 'big.js';
import type { Trade } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';
import type { OpenTrade } from './open-trade.ts';

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
