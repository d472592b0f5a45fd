/** Positions and the wallet as Bybit's v5 API shows them. */
import type Big from 'big.js';
import type { Exchange } from '../core/exchange.ts';
import type { Position } from '../core/position.ts';
import { plain, quotient, ZERO } from '../decimal.ts';

const DECIMALS = 10;
/** Maintenance margin over the value of a position: the exchange's lowest tier. */
const MAINTENANCE = '0.005';

const rounded = (value: Big) => plain(value.round(DECIMALS));

export function positionWire(exchange: Exchange, position: Position): Record<string, unknown> {
  return { ...positionFigures(exchange, position), avgPrice: rounded(position.average) };
}

/** On the stream the same price has another name. */
export function positionPush(exchange: Exchange, position: Position): Record<string, unknown> {
  const { category } = position.listing;
  return { category, ...positionFigures(exchange, position), entryPrice: rounded(position.average) };
}

function positionFigures(exchange: Exchange, position: Position): Record<string, unknown> {
  const { listing, size, leg, stops } = position;
  const mark = exchange.mark(listing);
  const leverage = exchange.account.leverage(listing.symbol);
  const value = position.cost;
  return {
    positionIdx: leg,
    symbol: listing.symbol,
    side: position.side === null ? '' : position.side === 'buy' ? 'Buy' : 'Sell',
    size: plain(size.abs()),
    positionValue: position.flat ? '' : rounded(value),
    leverage: plain(leverage),
    markPrice: plain(mark),
    liqPrice: '',
    bustPrice: '',
    positionIM: position.flat ? '0' : rounded(quotient(value, leverage)),
    positionMM: position.flat ? '0' : rounded(value.times(MAINTENANCE)),
    positionBalance: position.flat ? '0' : rounded(quotient(value, leverage)),
    takeProfit: stops.takeProfit === null ? '' : plain(stops.takeProfit),
    stopLoss: stops.stopLoss === null ? '' : plain(stops.stopLoss),
    trailingStop: '0',
    tpslMode: 'Full',
    unrealisedPnl: position.flat ? '' : rounded(position.unrealised(mark)),
    curRealisedPnl: rounded(position.realisedOfThis),
    cumRealisedPnl: rounded(position.realised),
    positionStatus: 'Normal',
    tradeMode: 0,
    riskId: 1,
    riskLimitValue: '2000000',
    autoAddMargin: 0,
    adlRankIndicator: position.flat ? 0 : 2,
    isReduceOnly: false,
    seq: exchange.executions.length,
    mmrSysUpdatedTime: '',
    leverageSysUpdatedTime: '',
    createdTime: String(position.createdAt),
    updatedTime: String(position.updatedAt),
  };
}

/** The unified account: one entry with its coins. */
export function walletWire(exchange: Exchange, only: ReadonlySet<string> | null): Record<string, unknown> {
  const { account } = exchange;
  const live = exchange.orders.live();
  const coins = [...account.coins.keys()].filter((coin) => only === null || only.has(coin));
  const unrealised = (coin: string) => account.unrealised(coin, exchange.mark);
  const sum = (of: (coin: string) => Big) => coins.reduce((total, coin) => total.plus(of(coin)), ZERO);
  const settle = 'USDT';
  const margin = account.positionMargin(settle).plus(account.orderMargin(settle, live));
  return {
    accountType: 'UNIFIED',
    totalEquity: rounded(account.balance(settle).plus(unrealised(settle))),
    totalWalletBalance: rounded(account.balance(settle)),
    totalMarginBalance: rounded(account.balance(settle).plus(unrealised(settle))),
    totalAvailableBalance: rounded(account.available(settle, live, exchange.mark)),
    totalPerpUPL: rounded(sum(unrealised)),
    totalInitialMargin: rounded(margin),
    totalMaintenanceMargin: rounded(account.positionMargin(settle).times(MAINTENANCE)),
    accountIMRate: '',
    accountMMRate: '',
    accountLTV: '',
    coin: coins.map((coin) => ({
      coin,
      equity: plain(account.balance(coin).plus(unrealised(coin))),
      walletBalance: plain(account.balance(coin)),
      locked: plain(account.locked(coin, live)),
      availableToWithdraw: '',
      availableToBorrow: '',
      borrowAmount: '0',
      accruedInterest: '0',
      bonus: '0',
      usdValue: '',
      unrealisedPnl: plain(unrealised(coin)),
      cumRealisedPnl: plain(account.cumRealised.get(coin) ?? ZERO),
      totalOrderIM: rounded(account.orderMargin(coin, live)),
      totalPositionIM: rounded(account.positionMargin(coin)),
      totalPositionMM: '0',
      collateralSwitch: true,
      marginCollateral: true,
      spotHedgingQty: '0',
    })),
  };
}
