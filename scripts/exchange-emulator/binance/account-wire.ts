/** Positions, assets and the account as Binance's USD-M futures API shows them: each version in a form of its own. */
import type { Position } from '../core/position.ts';
import { plain, quotient, ZERO } from '../decimal.ts';
import type { Venue } from '../venue.ts';
import { positionSide } from './order-wire.ts';

const DECIMALS = 8;
export const MAINTENANCE = '0.004';
export const MOST_NOTIONAL = '10000000';

const rounded = (value: typeof ZERO) => plain(value.round(DECIMALS));

/** What every form of a position shows. */
function positionFigures({ exchange }: Venue, position: Position) {
  const { listing, size, cost } = position;
  const mark = exchange.mark(listing);
  const notional = size.times(mark);
  const margin = rounded(quotient(cost, exchange.account.leverage(listing.symbol)));
  const isolated = exchange.account.marginModeOf(listing.symbol) === 'isolated';
  const common = {
    symbol: listing.symbol,
    positionSide: positionSide(position),
    positionAmt: plain(size),
    notional: rounded(notional),
    isolatedWallet: '0',
    updateTime: position.updatedAt,
  };
  const entry = { entryPrice: rounded(position.average), breakEvenPrice: rounded(position.average) };
  const margins = { initialMargin: margin, maintMargin: rounded(notional.abs().times(MAINTENANCE)) };
  const orderMargins = { positionInitialMargin: margin, openOrderInitialMargin: '0' };
  return {
    isolated,
    common,
    entry,
    margins,
    orderMargins,
    mark: plain(mark),
    unrealised: rounded(position.unrealised(mark)),
    isolatedMargin: isolated ? margin : '0',
    leverage: plain(exchange.account.leverage(listing.symbol)),
    notionals: { bidNotional: '0', askNotional: '0' },
  };
}

export type PositionForm = (venue: Venue, position: Position) => Record<string, unknown>;

export const riskV2: PositionForm = (venue, position) => {
  const { common, entry, mark, unrealised, isolatedMargin, leverage, isolated } = positionFigures(
    venue,
    position,
  );
  return {
    ...common,
    ...entry,
    markPrice: mark,
    unRealizedProfit: unrealised,
    liquidationPrice: '0',
    isolatedMargin,
    leverage,
    marginType: isolated ? 'isolated' : 'cross',
    isAutoAddMargin: 'false',
    maxNotionalValue: MOST_NOTIONAL,
  };
};

/** The newer one says neither leverage nor margin mode. */
export const riskV3: PositionForm = (venue, position) => {
  const figures = positionFigures(venue, position);
  return {
    ...figures.common,
    ...figures.entry,
    ...figures.margins,
    ...figures.orderMargins,
    ...figures.notionals,
    markPrice: figures.mark,
    unRealizedProfit: figures.unrealised,
    liquidationPrice: '0',
    isolatedMargin: figures.isolatedMargin,
    marginAsset: position.listing.quote,
    adl: 1,
  };
};

export const inAccountV2: PositionForm = (venue, position) => {
  const figures = positionFigures(venue, position);
  return {
    ...figures.common,
    ...figures.entry,
    ...figures.margins,
    ...figures.orderMargins,
    ...figures.notionals,
    unrealizedProfit: figures.unrealised,
    leverage: figures.leverage,
    isolated: figures.isolated,
    maxNotional: MOST_NOTIONAL,
  };
};

export const inAccountV3: PositionForm = (venue, position) => {
  const { common, margins, unrealised, isolatedMargin } = positionFigures(venue, position);
  return { ...common, ...margins, unrealizedProfit: unrealised, isolatedMargin };
};

export function assetFigures({ exchange, clock }: Venue, coin: string) {
  const { account } = exchange;
  const live = exchange.orders.live();
  const unrealised = account.unrealised(coin, exchange.mark);
  const positions = account.positionMargin(coin);
  const orders = account.orderMargin(coin, live);
  const available = account.available(coin, live, exchange.mark);
  const common = {
    asset: coin,
    crossWalletBalance: plain(account.balance(coin)),
    crossUnPnl: rounded(unrealised),
    availableBalance: rounded(available.lt(0) ? ZERO : available),
    maxWithdrawAmount: rounded(available.lt(0) ? ZERO : available),
    updateTime: clock.now,
  };
  const margins = {
    walletBalance: plain(account.balance(coin)),
    unrealizedProfit: rounded(unrealised),
    marginBalance: rounded(account.balance(coin).plus(unrealised)),
    maintMargin: '0',
    initialMargin: rounded(positions.plus(orders)),
    positionInitialMargin: rounded(positions),
    openOrderInitialMargin: rounded(orders),
  };
  return { common, margins };
}

export function accountTotals(venue: Venue): Record<string, unknown> {
  const { common, margins } = assetFigures(venue, 'USDT');
  return {
    totalInitialMargin: margins.initialMargin,
    totalMaintMargin: '0',
    totalWalletBalance: margins.walletBalance,
    totalUnrealizedProfit: margins.unrealizedProfit,
    totalMarginBalance: margins.marginBalance,
    totalPositionInitialMargin: margins.positionInitialMargin,
    totalOpenOrderInitialMargin: margins.openOrderInitialMargin,
    totalCrossWalletBalance: common.crossWalletBalance,
    totalCrossUnPnl: common.crossUnPnl,
    availableBalance: common.availableBalance,
    maxWithdrawAmount: common.maxWithdrawAmount,
  };
}

export const accountRights = ({ apiKey }: Venue) => ({
  feeTier: 0,
  canTrade: !apiKey.readOnly,
  canDeposit: true,
  canWithdraw: apiKey.withdraw,
  updateTime: 0,
  multiAssetsMargin: false,
  tradeGroupId: -1,
});
