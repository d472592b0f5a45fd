/** Positions, balances, modes and the key in Binance's USD-M futures REST API. */
import type { Position } from '../core/position.ts';
import { Refusal } from '../core/refusal.ts';
import { decimal, plain, quotient, ZERO } from '../decimal.ts';
import type { Venue } from '../venue.ts';
import { BinanceError } from './codes.ts';
import { type Handler, listingOf } from './market-data.ts';
import { positionSide } from './order-wire.ts';

const DECIMALS = 8;
const MAINTENANCE = '0.004';
/** The name of the emulated account: it stays when its key is changed. */
const ALIAS = 'SgsREMul';
const USUAL_INCOME = 100;
const MOST_INCOME = 1_000;

const rounded = (value: typeof ZERO) => plain(value.round(DECIMALS));

function positionWire({ exchange }: Venue, position: Position): Record<string, unknown> {
  const { listing, size, cost } = position;
  const mark = exchange.mark(listing);
  const notional = size.times(mark);
  const margin = quotient(cost, exchange.account.leverage(listing.symbol));
  const isolated = exchange.account.marginMode === 'isolated';
  return {
    symbol: listing.symbol,
    positionSide: positionSide(position),
    positionAmt: plain(size),
    entryPrice: rounded(position.average),
    breakEvenPrice: rounded(position.average),
    markPrice: plain(mark),
    unRealizedProfit: rounded(position.unrealised(mark)),
    unrealizedProfit: rounded(position.unrealised(mark)),
    liquidationPrice: '0',
    isolatedMargin: isolated ? rounded(margin) : '0',
    notional: rounded(notional),
    marginAsset: listing.quote,
    isolatedWallet: '0',
    initialMargin: rounded(margin),
    maintMargin: rounded(notional.abs().times(MAINTENANCE)),
    positionInitialMargin: rounded(margin),
    openOrderInitialMargin: '0',
    leverage: plain(exchange.account.leverage(listing.symbol)),
    marginType: isolated ? 'isolated' : 'cross',
    adl: 1,
    bidNotional: '0',
    askNotional: '0',
    updateTime: position.updatedAt,
  };
}

/** The newer version shows what is held alone, the older one every symbol. */
const positionRisk =
  (all: boolean): Handler =>
  (venue, params) => {
    const symbol = params.text('symbol');
    const { account } = venue.exchange;
    const shown = all ? venue.market.traded.flatMap((listing) => account.legs(listing)) : account.open();
    return shown
      .filter(({ listing }) => symbol === null || listing.symbol === symbol)
      .map((position) => positionWire(venue, position));
  };

function assetWire({ exchange, clock }: Venue, coin: string): Record<string, unknown> {
  const { account } = exchange;
  const live = exchange.orders.live();
  const unrealised = account.unrealised(coin, exchange.mark);
  const positions = account.positionMargin(coin);
  const orders = account.orderMargin(coin, live);
  const available = account.available(coin, live, exchange.mark);
  return {
    asset: coin,
    walletBalance: plain(account.balance(coin)),
    balance: plain(account.balance(coin)),
    crossWalletBalance: plain(account.balance(coin)),
    unrealizedProfit: rounded(unrealised),
    crossUnPnl: rounded(unrealised),
    marginBalance: rounded(account.balance(coin).plus(unrealised)),
    maintMargin: '0',
    initialMargin: rounded(positions.plus(orders)),
    positionInitialMargin: rounded(positions),
    openOrderInitialMargin: rounded(orders),
    availableBalance: rounded(available.lt(0) ? ZERO : available),
    maxWithdrawAmount: rounded(available.lt(0) ? ZERO : available),
    marginAvailable: true,
    accountAlias: ALIAS,
    updateTime: clock.now,
  };
}

const balances: Handler = (venue) =>
  [...venue.exchange.account.coins.keys()].map((coin) => assetWire(venue, coin));

const account: Handler = (venue) => {
  const usdt = assetWire(venue, 'USDT');
  return {
    feeTier: 0,
    canTrade: !venue.apiKey.readOnly,
    canDeposit: true,
    canWithdraw: venue.apiKey.withdraw,
    updateTime: 0,
    multiAssetsMargin: false,
    totalInitialMargin: usdt.initialMargin,
    totalMaintMargin: '0',
    totalWalletBalance: usdt.walletBalance,
    totalUnrealizedProfit: usdt.unrealizedProfit,
    totalMarginBalance: usdt.marginBalance,
    totalPositionInitialMargin: usdt.positionInitialMargin,
    totalOpenOrderInitialMargin: usdt.openOrderInitialMargin,
    totalCrossWalletBalance: usdt.crossWalletBalance,
    totalCrossUnPnl: usdt.crossUnPnl,
    availableBalance: usdt.availableBalance,
    maxWithdrawAmount: usdt.maxWithdrawAmount,
    assets: [...venue.exchange.account.coins.keys()].map((coin) => assetWire(venue, coin)),
    positions: venue.exchange.account.open().map((position) => positionWire(venue, position)),
  };
};

const setLeverage: Handler = (venue, params) => {
  const listing = listingOf(venue, params);
  const leverage = params.whole('leverage');
  if (leverage === null || leverage < 1 || listing.maxLeverage.lt(leverage))
    throw new Refusal('bad-leverage', 'Leverage is not valid');
  venue.exchange.account.setLeverage(listing.symbol, decimal(leverage));
  return { leverage, maxNotionalValue: '10000000', symbol: listing.symbol };
};

/** The emulated account has one margin mode for all its symbols. */
const setMarginType: Handler = (venue, params) => {
  listingOf(venue, params);
  const wanted = params.required('marginType') === 'ISOLATED' ? 'isolated' : 'cross';
  if (wanted === venue.exchange.account.marginMode)
    throw new BinanceError(-4046, 'No need to change margin type.');
  venue.exchange.account.marginMode = wanted;
  return { code: 200, msg: 'success' };
};

const setDual: Handler = ({ exchange }, params) => {
  const hedged = params.flag('dualSidePosition');
  if (hedged === exchange.account.hedged)
    throw new Refusal('mode-unchanged', 'No need to change position side.');
  if (exchange.orders.live().length > 0)
    throw new BinanceError(-4067, 'Position side cannot be changed if there exists open orders.');
  if (exchange.account.open().length > 0) throw new Refusal('mode-locked', 'there is a position');
  exchange.account.hedged = hedged;
  return { code: 200, msg: 'success' };
};

const brackets: Handler = ({ market }, params) => {
  const symbol = params.text('symbol');
  return market.traded
    .filter((one) => symbol === null || one.symbol === symbol)
    .map((one) => ({
      symbol: one.symbol,
      brackets: [
        {
          bracket: 1,
          initialLeverage: Number(one.maxLeverage),
          notionalCap: 10_000_000,
          notionalFloor: 0,
          maintMarginRatio: Number(MAINTENANCE),
          cum: 0,
        },
      ],
    }));
};

const symbolConfig: Handler = ({ exchange, market }, params) => {
  const symbol = params.text('symbol');
  return market.traded
    .filter((one) => symbol === null || one.symbol === symbol)
    .map((one) => ({
      symbol: one.symbol,
      marginType: exchange.account.marginMode === 'isolated' ? 'ISOLATED' : 'CROSSED',
      isAutoAddMargin: false,
      leverage: Number(exchange.account.leverage(one.symbol)),
      maxNotionalValue: '10000000',
    }));
};

/** Funding alone, oldest first: the rest of what an account earns is in its trades. */
const income: Handler = ({ exchange }, params) => {
  const kind = params.text('incomeType');
  const symbol = params.text('symbol');
  const from = params.whole('startTime') ?? 0;
  const to = params.whole('endTime') ?? Number.MAX_SAFE_INTEGER;
  return exchange.executions
    .filter(
      (one) =>
        one.kind === 'funding' &&
        (kind === null || kind === 'FUNDING_FEE') &&
        (symbol === null || one.listing.symbol === symbol) &&
        one.at >= from &&
        one.at <= to,
    )
    .slice(0, Math.min(params.whole('limit') ?? USUAL_INCOME, MOST_INCOME))
    .map((one) => ({
      symbol: one.listing.symbol,
      incomeType: 'FUNDING_FEE',
      // Whatever is paid is below zero here.
      income: plain(ZERO.minus(one.fee)),
      asset: one.feeCoin,
      info: 'FUNDING_FEE',
      time: one.at,
      tranId: Number(one.id),
      tradeId: '',
    }));
};

export const ACCOUNT: Readonly<Record<string, Handler>> = {
  'GET /fapi/v2/positionRisk': positionRisk(true),
  'GET /fapi/v3/positionRisk': positionRisk(false),
  'GET /fapi/v2/account': account,
  'GET /fapi/v3/account': account,
  'GET /fapi/v2/balance': balances,
  'GET /fapi/v3/balance': balances,
  'POST /fapi/v1/leverage': setLeverage,
  'POST /fapi/v1/marginType': setMarginType,
  'GET /fapi/v1/positionSide/dual': ({ exchange }) => ({ dualSidePosition: exchange.account.hedged }),
  'POST /fapi/v1/positionSide/dual': setDual,
  'GET /fapi/v1/leverageBracket': brackets,
  'GET /fapi/v1/symbolConfig': symbolConfig,
  'GET /fapi/v1/income': income,
  'GET /fapi/v1/accountConfig': ({ exchange, apiKey }) => ({
    feeTier: 0,
    canTrade: !apiKey.readOnly,
    canDeposit: true,
    canWithdraw: apiKey.withdraw,
    dualSidePosition: exchange.account.hedged,
    multiAssetsMargin: false,
    updateTime: 0,
  }),
  'GET /fapi/v1/commissionRate': (venue, params) => {
    const of = listingOf(venue, params);
    return {
      symbol: of.symbol,
      makerCommissionRate: plain(of.makerFee),
      takerCommissionRate: plain(of.takerFee),
    };
  },
  /** What ccxt's list of currencies is made of: the coins of the listed markets. */
  'GET /sapi/v1/capital/config/getall': ({ market }) =>
    [...new Set(market.traded.flatMap(({ base, quote }) => [base, quote]))].map((coin) => ({
      coin,
      name: coin,
      trading: true,
      depositAllEnable: false,
      withdrawAllEnable: false,
      networkList: [],
    })),
  // The emulated exchange lends nothing.
  'GET /sapi/v1/margin/allPairs': () => [],
  'GET /sapi/v1/margin/isolated/allPairs': () => [],
  'GET /sapi/v1/account/apiRestrictions': ({ apiKey }) => ({
    ipRestrict: false,
    createTime: 1_698_645_219_000,
    enableReading: true,
    enableWithdrawals: apiKey.withdraw,
    enableInternalTransfer: false,
    enableMargin: false,
    enableFutures: !apiKey.readOnly,
    permitsUniversalTransfer: false,
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: false,
    enablePortfolioMarginTrading: false,
  }),
};
