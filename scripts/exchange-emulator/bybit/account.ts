/** Positions, wallet, modes and the API key in Bybit's v5 REST API. */
import type { Position } from '../core/position.ts';
import { Refusal } from '../core/refusal.ts';
import { plain } from '../decimal.ts';
import type { Params } from '../net/params.ts';
import type { Venue } from '../venue.ts';
import { positionWire, walletWire } from './account-wire.ts';
import { BybitError } from './codes.ts';
import { type Handler, listingOf } from './market-data.ts';

const USER_ID = 24_600_001;
/** Unified account, second kind: perpetuals and spot out of one wallet. */
const UNIFIED = 6;

const positions: Handler = ({ exchange, market }, params) => {
  const category = params.text('category');
  if (category !== 'linear') return { category, list: [], nextPageCursor: '' };
  const symbol = params.text('symbol');
  if (symbol === null && params.text('settleCoin') === null)
    throw new BybitError(10001, 'params error: symbol or settleCoin is required');
  let found: readonly Position[];
  if (symbol === null) {
    const settle = params.text('settleCoin');
    found = exchange.account.open().filter((position) => position.listing.quote === settle);
  } else {
    const listing = market.find('linear', symbol);
    if (listing === null) throw new BybitError(10001, 'params error: symbol invalid');
    // A symbol that is named is shown flat too.
    found = exchange.account.legs(listing);
  }
  return { category, list: found.map((one) => positionWire(exchange, one)), nextPageCursor: '' };
};

const setLeverage: Handler = (venue, params) => {
  const listing = listingOf(venue, params);
  const leverage = params.decimal('buyLeverage');
  if (leverage === null || !leverage.gt(0) || leverage.gt(listing.maxLeverage))
    throw new Refusal('bad-leverage', 'cannot set leverage due to risk limit level');
  if (leverage.eq(venue.exchange.account.leverage(listing.symbol)))
    throw new Refusal('leverage-unchanged', 'leverage not modified');
  venue.exchange.account.setLeverage(listing.symbol, leverage);
  return {};
};

/** `mode` 0: one-way, 3: hedged. The emulated account has one mode for all its symbols. */
const switchMode: Handler = ({ exchange }, params) => {
  const mode = params.whole('mode');
  if (mode !== 0 && mode !== 3) throw new BybitError(10001, 'params error: mode invalid');
  const hedged = mode === 3;
  if (hedged === exchange.account.hedged)
    throw new Refusal('mode-unchanged', 'Position mode is not modified');
  if (
    exchange.account.open().length > 0 ||
    exchange.orders.live().some((o) => o.listing.category === 'linear')
  )
    throw new Refusal('mode-locked', 'Existing position or order, so position mode cannot be switched');
  exchange.account.hedged = hedged;
  return {};
};

/** A unified account has one margin mode for all its symbols, set elsewhere. */
const switchIsolated: Handler = () => {
  throw new BybitError(100028, 'unified account is forbidden');
};

const MARGIN_MODES = {
  ISOLATED_MARGIN: 'isolated',
  REGULAR_MARGIN: 'cross',
  PORTFOLIO_MARGIN: 'portfolio',
} as const;

function marginModeName(venue: Venue): string {
  const found = Object.entries(MARGIN_MODES).find(([, mode]) => mode === venue.exchange.account.marginMode);
  return found?.[0] ?? 'REGULAR_MARGIN';
}

const setMarginMode: Handler = ({ exchange }, params) => {
  const wanted = params.required('setMarginMode');
  const mode = Object.entries(MARGIN_MODES).find(([name]) => name === wanted)?.[1];
  if (mode === undefined) throw new BybitError(10001, 'params error: setMarginMode invalid');
  exchange.account.marginMode = mode;
  return { reasons: [] };
};

const accountInfo: Handler = (venue) => ({
  marginMode: marginModeName(venue),
  updatedTime: String(venue.clock.now),
  unifiedMarginStatus: UNIFIED,
  dcpStatus: 'OFF',
  timeWindow: 0,
  smpGroup: 0,
  isMasterTrader: false,
  spotHedgingStatus: 'OFF',
});

const wallet: Handler = ({ exchange }, params) => {
  const type = params.required('accountType');
  if (type !== 'UNIFIED') throw new BybitError(10001, 'accountType only support UNIFIED.');
  const coins = params.text('coin');
  return { list: [walletWire(exchange, coins === null ? null : new Set(coins.split(',')))] };
};

const apiKeyInfo: Handler = ({ apiKey }) => ({
  id: '1',
  note: 'emulated',
  apiKey: apiKey.key,
  readOnly: apiKey.readOnly ? 1 : 0,
  secret: '',
  permissions: {
    ContractTrade: apiKey.readOnly ? [] : ['Order', 'Position'],
    Spot: apiKey.readOnly ? [] : ['SpotTrade'],
    Wallet: apiKey.withdraw ? ['AccountTransfer', 'SubMemberTransfer', 'Withdraw'] : [],
    Options: [],
    Derivatives: apiKey.readOnly ? [] : ['DerivativesTrade'],
    CopyTrading: [],
    BlockTrade: [],
    Exchange: [],
    NFT: [],
    Affiliate: [],
    Earn: [],
  },
  ips: ['*'],
  type: 1,
  deadlineDay: 83,
  expiredAt: '2030-01-01T00:00:00Z',
  createdAt: '2024-01-01T00:00:00Z',
  unified: 0,
  uta: 1,
  userID: USER_ID,
  inviterID: 0,
  vipLevel: 'No VIP',
  mktMakerLevel: '0',
  affiliateID: 0,
  rsaPublicKey: '',
  isMaster: true,
  parentUid: '0',
  kycLevel: 'LEVEL_DEFAULT',
  kycRegion: '',
});

const feeRate: Handler = ({ market }, params) => {
  const category = params.category();
  const symbol = params.text('symbol');
  const found = market.traded.filter(
    (one) => one.category === category && (symbol === null || one.symbol === symbol),
  );
  return {
    list: found.map((one) => ({
      symbol: one.symbol,
      takerFeeRate: plain(one.takerFee),
      makerFeeRate: plain(one.makerFee),
    })),
  };
};

/** What ccxt's list of currencies is made of: the coins of the listed markets. */
const coinInfo: Handler = ({ market }) => ({
  rows: [...new Set(market.traded.flatMap(({ base, quote }) => [base, quote]))].map((coin) => ({
    name: coin,
    coin,
    remainAmount: '0',
    chains: [],
  })),
});

/** Sets the stop and target of a position; '0' takes one away. */
const tradingStop: Handler = (venue, params: Params) => {
  const listing = listingOf(venue, params);
  const leg = params.whole('positionIdx') ?? 0;
  const position = venue.exchange.account.legs(listing).find((one) => one.leg === leg);
  if (position === undefined || position.flat)
    throw new BybitError(10001, 'can not set tp/sl/ts for zero position');
  if (params.text('tpslMode') === 'Partial')
    throw new BybitError(10001, 'params error: partial stops of a position are not emulated');
  const set = (name: string, now: typeof position.stops.stopLoss) => {
    const value = params.decimal(name);
    return value === null ? now : value.eq(0) ? null : value;
  };
  const stops = {
    stopLoss: set('stopLoss', position.stops.stopLoss),
    takeProfit: set('takeProfit', position.stops.takeProfit),
    partial: false,
  };
  venue.exchange.setPositionStops(position, stops);
  return {};
};

export const ACCOUNT: Readonly<Record<string, Handler>> = {
  'GET /v5/position/list': positions,
  'POST /v5/position/set-leverage': setLeverage,
  'POST /v5/position/switch-mode': switchMode,
  'POST /v5/position/switch-isolated': switchIsolated,
  'POST /v5/position/trading-stop': tradingStop,
  'POST /v5/account/set-margin-mode': setMarginMode,
  'GET /v5/account/info': accountInfo,
  'GET /v5/account/wallet-balance': wallet,
  'GET /v5/account/fee-rate': feeRate,
  'GET /v5/user/query-api': apiKeyInfo,
  'GET /v5/asset/coin/query-info': coinInfo,
};
