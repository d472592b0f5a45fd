/** Positions, balances, modes and the key in Binance's USD-M futures REST API. */
import type { Execution } from '../core/order.ts';
import { Refusal } from '../core/refusal.ts';
import { decimal, plain, ZERO } from '../decimal.ts';
import type { Venue } from '../venue.ts';
import {
  accountRights,
  accountTotals,
  assetFigures,
  inAccountV2,
  inAccountV3,
  MAINTENANCE,
  MOST_NOTIONAL,
  type PositionForm,
  riskV2,
  riskV3,
} from './account-wire.ts';
import { BinanceError } from './codes.ts';
import { type Handler, listingOf } from './market-data.ts';

/** The name of the emulated account: it stays when its key is changed. */
const ALIAS = 'SgsREMul';
const USUAL_INCOME = 100;
const MOST_INCOME = 1_000;

/** The newer version shows what is held alone, the older one every symbol. */
const positionRisk =
  (all: boolean, form: PositionForm): Handler =>
  (venue, params) => {
    const symbol = params.text('symbol');
    const { account } = venue.exchange;
    const shown = all ? venue.market.traded.flatMap((listing) => account.legs(listing)) : account.open();
    return shown
      .filter(({ listing }) => symbol === null || listing.symbol === symbol)
      .map((position) => form(venue, position));
  };

const balances: Handler = (venue) =>
  [...venue.exchange.account.coins.keys()].map((coin) => {
    const { common, margins } = assetFigures(venue, coin);
    return { ...common, accountAlias: ALIAS, balance: margins.walletBalance, marginAvailable: true };
  });

const account =
  (form: PositionForm, more: (venue: Venue) => object, ofAsset: object): Handler =>
  (venue) => ({
    ...more(venue),
    ...accountTotals(venue),
    assets: [...venue.exchange.account.coins.keys()].map((coin) => {
      const { common, margins } = assetFigures(venue, coin);
      return { ...common, ...margins, ...ofAsset };
    }),
    positions: venue.exchange.account.open().map((position) => form(venue, position)),
  });

const setLeverage: Handler = (venue, params) => {
  const listing = listingOf(venue, params);
  const leverage = params.whole('leverage');
  if (leverage === null || leverage < 1 || listing.maxLeverage.lt(leverage))
    throw new Refusal('bad-leverage', 'Leverage is not valid');
  venue.exchange.account.setLeverage(listing.symbol, decimal(leverage));
  return { leverage, maxNotionalValue: MOST_NOTIONAL, symbol: listing.symbol };
};

/** Each symbol has a margin mode of its own, which stays while something is held or rests there. */
const setMarginType: Handler = (venue, params) => {
  const { symbol } = listingOf(venue, params);
  const { account, orders } = venue.exchange;
  const wanted = params.required('marginType') === 'ISOLATED' ? 'isolated' : 'cross';
  if (wanted === account.marginModeOf(symbol))
    throw new BinanceError(-4046, 'No need to change margin type.');
  if (orders.live().some(({ listing }) => listing.symbol === symbol))
    throw new BinanceError(-4047, 'Margin type cannot be changed if there exists open orders.');
  if (account.open().some(({ listing }) => listing.symbol === symbol))
    throw new BinanceError(-4048, 'Margin type cannot be changed if there exists position.');
  account.setMarginModeOf(symbol, wanted);
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
      marginType: exchange.account.marginModeOf(one.symbol) === 'isolated' ? 'ISOLATED' : 'CROSSED',
      isAutoAddMargin: false,
      leverage: Number(exchange.account.leverage(one.symbol)),
      maxNotionalValue: MOST_NOTIONAL,
    }));
};

const incomeType = ({ kind }: Execution) => (kind === 'funding' ? 'FUNDING_FEE' : 'COMMISSION');

/** Funding and fees, oldest first. */
const income: Handler = ({ exchange }, params) => {
  const kind = params.text('incomeType');
  const symbol = params.text('symbol');
  const from = params.whole('startTime') ?? 0;
  const to = params.whole('endTime') ?? Number.MAX_SAFE_INTEGER;
  return exchange.executions
    .filter(
      (one) =>
        (kind === null || kind === incomeType(one)) &&
        (symbol === null || one.listing.symbol === symbol) &&
        one.at >= from &&
        one.at <= to,
    )
    .slice(0, Math.min(params.whole('limit') ?? USUAL_INCOME, MOST_INCOME))
    .map((one) => ({
      symbol: one.listing.symbol,
      incomeType: incomeType(one),
      // Whatever is paid is below zero here.
      income: plain(ZERO.minus(one.fee)),
      asset: one.feeCoin,
      info: one.kind === 'funding' ? 'FUNDING_FEE' : one.id,
      time: one.at,
      tranId: Number(one.id),
      tradeId: one.kind === 'funding' ? '' : one.id,
    }));
};

export const ACCOUNT: Readonly<Record<string, Handler>> = {
  'GET /fapi/v2/positionRisk': positionRisk(true, riskV2),
  'GET /fapi/v3/positionRisk': positionRisk(false, riskV3),
  'GET /fapi/v2/account': account(inAccountV2, accountRights, { marginAvailable: true }),
  'GET /fapi/v3/account': account(inAccountV3, () => ({}), {}),
  'GET /fapi/v2/balance': balances,
  'GET /fapi/v3/balance': balances,
  'POST /fapi/v1/leverage': setLeverage,
  'POST /fapi/v1/marginType': setMarginType,
  'GET /fapi/v1/positionSide/dual': ({ exchange }) => ({ dualSidePosition: exchange.account.hedged }),
  'POST /fapi/v1/positionSide/dual': setDual,
  'GET /fapi/v1/leverageBracket': brackets,
  'GET /fapi/v1/symbolConfig': symbolConfig,
  'GET /fapi/v1/income': income,
  'GET /fapi/v1/accountConfig': (venue) => ({
    ...accountRights(venue),
    dualSidePosition: venue.exchange.account.hedged,
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
