/** Fields of the answers and pushes of Binance's USD-M futures API, after its public documents. */
import { fields, joined, kinds, list, number, type Shape, text, tuple } from './shape.ts';

export const ERROR = fields({ number: 'code', text: 'msg' });

const done = ERROR;
const levels = list(tuple(text, text));
const row = tuple(number, text, text, text, text, text, number, text, number, text, text, text);

const filter = fields({
  text: 'filterType minPrice maxPrice tickSize minQty maxQty stepSize notional multiplierUp multiplierDown multiplierDecimal',
  number: 'limit',
});
const symbol = fields({
  text: `symbol pair contractType status baseAsset quoteAsset marginAsset underlyingType triggerProtect liquidationFee
    marketTakeBound maintMarginPercent requiredMarginPercent`,
  number:
    'deliveryDate onboardDate pricePrecision quantityPrecision baseAssetPrecision quotePrecision settlePlan maxMoveOrderLimit',
  of: {
    underlyingSubType: list(text),
    orderTypes: list(text),
    OrderType: list(text),
    timeInForce: list(text),
    permissionSets: list(text),
    filters: list(filter),
  },
});

/** One of them, or all in a list. */
const dayTicker = fields({
  text: `symbol priceChange priceChangePercent weightedAvgPrice lastPrice lastQty openPrice highPrice lowPrice volume
    quoteVolume`,
  number: 'openTime closeTime firstId lastId count',
});

const orderBase = fields({
  text: `symbol status clientOrderId price avgPrice origQty executedQty cumQuote timeInForce type origType side positionSide
    stopPrice workingType priceMatch selfTradePreventionMode activatePrice priceRate`,
  number: 'orderId goodTillDate updateTime',
  flag: 'reduceOnly closePosition priceProtect',
});
/** What is said of an order when it is sent, changed or cancelled, and when it is asked for. */
const sentOrder = joined(orderBase, fields({ text: 'cumQty pair' }));
const order = joined(orderBase, fields({ number: 'time' }));

const sentAlgo = fields({
  text: `clientAlgoId algoType orderType symbol side positionSide timeInForce quantity algoStatus triggerPrice price
    selfTradePreventionMode workingType priceMatch activatePrice callbackRate`,
  number: 'algoId createTime updateTime triggerTime goodTillDate',
  flag: 'closePosition priceProtect reduceOnly',
  of: { icebergQuantity: kinds('string', 'null') },
});
const algo = joined(
  sentAlgo,
  fields({
    text: 'actualOrderId actualPrice tpTriggerPrice tpPrice slTriggerPrice slPrice tpOrderType',
  }),
);

const positionV2 = fields({
  text: `symbol positionSide positionAmt entryPrice breakEvenPrice markPrice unRealizedProfit liquidationPrice
    isolatedMargin notional isolatedWallet leverage marginType isAutoAddMargin maxNotionalValue`,
  number: 'updateTime',
});
const positionV3 = fields({
  text: `symbol positionSide positionAmt entryPrice breakEvenPrice markPrice unRealizedProfit liquidationPrice
    isolatedMargin notional marginAsset isolatedWallet initialMargin maintMargin positionInitialMargin
    openOrderInitialMargin bidNotional askNotional`,
  number: 'adl updateTime',
});
const accountPositionV2 = fields({
  text: `symbol initialMargin maintMargin unrealizedProfit positionInitialMargin openOrderInitialMargin leverage entryPrice
    breakEvenPrice maxNotional bidNotional askNotional positionSide positionAmt notional isolatedWallet`,
  number: 'updateTime',
  flag: 'isolated',
});
const accountPositionV3 = fields({
  text: `symbol positionSide positionAmt unrealizedProfit isolatedMargin notional isolatedWallet initialMargin maintMargin`,
  number: 'updateTime',
});
const assetV3 = fields({
  text: `asset walletBalance unrealizedProfit marginBalance maintMargin initialMargin positionInitialMargin
    openOrderInitialMargin crossWalletBalance crossUnPnl availableBalance maxWithdrawAmount`,
  number: 'updateTime',
});
const assetV2 = joined(assetV3, fields({ flag: 'marginAvailable' }));
const totals = `totalInitialMargin totalMaintMargin totalWalletBalance totalUnrealizedProfit totalMarginBalance
  totalPositionInitialMargin totalOpenOrderInitialMargin totalCrossWalletBalance totalCrossUnPnl availableBalance
  maxWithdrawAmount`;
const rights = fields({
  number: 'feeTier updateTime tradeGroupId',
  flag: 'canTrade canDeposit canWithdraw multiAssetsMargin',
});
const balance = fields({
  text: 'accountAlias asset balance crossWalletBalance crossUnPnl availableBalance maxWithdrawAmount',
  number: 'updateTime',
  flag: 'marginAvailable',
});

export const BINANCE_ANSWERS: Readonly<Record<string, Shape>> = {
  'GET /fapi/v1/ping': fields({}),
  'GET /fapi/v1/time': fields({ number: 'serverTime' }),
  'GET /fapi/v1/exchangeInfo': fields({
    text: 'timezone',
    number: 'serverTime',
    of: {
      rateLimits: list(fields({ text: 'rateLimitType interval', number: 'intervalNum limit' })),
      exchangeFilters: list(kinds('object')),
      assets: list(fields({ text: 'asset', flag: 'marginAvailable', of: { autoAssetExchange: text } })),
      symbols: list(symbol),
    },
  }),
  'GET /fapi/v1/klines': list(row),
  'GET /fapi/v1/ticker/24hr': dayTicker,
  'GET /fapi/v1/ticker/bookTicker': fields({
    text: 'symbol bidPrice bidQty askPrice askQty',
    number: 'time lastUpdateId',
  }),
  'GET /fapi/v1/premiumIndex': fields({
    text: 'symbol markPrice indexPrice estimatedSettlePrice lastFundingRate interestRate',
    number: 'nextFundingTime time',
  }),
  'GET /fapi/v1/depth': fields({ number: 'lastUpdateId E T', of: { bids: levels, asks: levels } }),
  'GET /fapi/v1/trades': list(
    fields({ text: 'price qty quoteQty', number: 'id time', flag: 'isBuyerMaker isRPITrade' }),
  ),
  'GET /fapi/v1/aggTrades': list(fields({ text: 'p q nq', number: 'a f l T', flag: 'm' })),
  'GET /fapi/v1/openInterest': fields({ text: 'symbol openInterest', number: 'time' }),
  'POST /fapi/v1/order': sentOrder,
  'PUT /fapi/v1/order': sentOrder,
  'DELETE /fapi/v1/order': sentOrder,
  'GET /fapi/v1/order': order,
  'GET /fapi/v1/openOrder': order,
  'GET /fapi/v1/openOrders': list(order),
  'GET /fapi/v1/allOrders': list(order),
  'GET /fapi/v1/forceOrders': list(order),
  'DELETE /fapi/v1/allOpenOrders': done,
  'POST /fapi/v1/algoOrder': sentAlgo,
  'DELETE /fapi/v1/algoOrder': fields({ text: 'clientAlgoId code msg', number: 'algoId' }),
  'GET /fapi/v1/algoOrder': algo,
  'GET /fapi/v1/openAlgoOrders': list(algo),
  'GET /fapi/v1/allAlgoOrders': list(algo),
  'DELETE /fapi/v1/algoOpenOrders': done,
  'GET /fapi/v1/userTrades': list(
    fields({
      text: 'symbol side price qty realizedPnl quoteQty commission commissionAsset positionSide',
      number: 'id orderId time',
      flag: 'buyer maker',
    }),
  ),
  'GET /fapi/v2/positionRisk': list(positionV2),
  'GET /fapi/v3/positionRisk': list(positionV3),
  'GET /fapi/v2/account': joined(
    rights,
    fields({ text: totals, of: { assets: list(assetV2), positions: list(accountPositionV2) } }),
  ),
  'GET /fapi/v3/account': fields({
    text: totals,
    of: { assets: list(assetV3), positions: list(accountPositionV3) },
  }),
  'GET /fapi/v2/balance': list(balance),
  'GET /fapi/v3/balance': list(balance),
  'POST /fapi/v1/leverage': fields({ text: 'symbol maxNotionalValue', number: 'leverage' }),
  'POST /fapi/v1/marginType': done,
  'GET /fapi/v1/positionSide/dual': fields({ flag: 'dualSidePosition' }),
  'POST /fapi/v1/positionSide/dual': done,
  'GET /fapi/v1/leverageBracket': list(
    fields({
      text: 'symbol',
      number: 'notionalCoef',
      of: {
        brackets: list(
          fields({ number: 'bracket initialLeverage notionalCap notionalFloor maintMarginRatio cum' }),
        ),
      },
    }),
  ),
  'GET /fapi/v1/symbolConfig': list(
    fields({ text: 'symbol marginType maxNotionalValue', number: 'leverage', flag: 'isAutoAddMargin' }),
  ),
  'GET /fapi/v1/income': list(
    fields({ text: 'symbol incomeType income asset info tradeId', number: 'time tranId' }),
  ),
  'GET /fapi/v1/accountConfig': joined(rights, fields({ flag: 'dualSidePosition' })),
  'GET /fapi/v1/commissionRate': fields({
    text: 'symbol makerCommissionRate takerCommissionRate rpiCommissionRate',
  }),
  'GET /sapi/v1/capital/config/getall': list(
    fields({
      text: 'coin name free freeze ipoable ipoing locked storage withdrawing',
      flag: 'trading depositAllEnable withdrawAllEnable isLegalMoney',
      of: { networkList: list(kinds('object')) },
    }),
  ),
  'GET /sapi/v1/margin/allPairs': list(kinds('object')),
  'GET /sapi/v1/margin/isolated/allPairs': list(kinds('object')),
  'GET /sapi/v1/account/apiRestrictions': fields({
    number: 'createTime tradingAuthorityExpirationTime',
    flag: `ipRestrict enableReading enableWithdrawals enableInternalTransfer enableMargin enableFutures
      permitsUniversalTransfer enableVanillaOptions enableFixApiTrade enableFixReadOnly enableSpotAndMarginTrading
      enablePortfolioMarginTrading`,
  }),
  'POST /fapi/v1/listenKey': fields({ text: 'listenKey' }),
  'PUT /fapi/v1/listenKey': fields({ text: 'listenKey' }),
  'DELETE /fapi/v1/listenKey': fields({}),
};

const head = { text: 'e s', number: 'E' };

/** Pushes by the name of their event. */
export const BINANCE_PUSHES: Readonly<Record<string, Shape>> = {
  depthUpdate: fields({ text: 'e s', number: 'E T U u pu st', of: { b: levels, a: levels } }),
  kline: fields({
    ...head,
    of: { k: fields({ text: 's i o c h l v q V Q B', number: 't T f L n', flag: 'x' }) },
  }),
  '24hrTicker': fields({ text: 'e s p P w c Q o h l v q', number: 'E O C F L n' }),
  '24hrMiniTicker': fields({ text: 'e s c o h l v q', number: 'E' }),
  bookTicker: fields({ text: 'e s b B a A', number: 'u T E' }),
  markPriceUpdate: fields({ text: 'e s p ap i P r', number: 'E T' }),
  aggTrade: fields({ text: 'e s p q nq', number: 'E a f l T', flag: 'm' }),
  trade: fields({ text: 'e s p q X', number: 'E T t', flag: 'm' }),
  ORDER_TRADE_UPDATE: fields({
    text: 'e',
    number: 'E T',
    of: {
      o: fields({
        text: 's c S o f q p ap sp x X l z L N n b a wt ot ps AP cr rp V pm er',
        number: 'i T t si ss gtd',
        flag: 'm R cp pP',
      }),
    },
  }),
  ACCOUNT_UPDATE: fields({
    text: 'e',
    number: 'E T',
    of: {
      a: fields({
        text: 'm',
        of: {
          B: list(fields({ text: 'a wb cw bc' })),
          P: list(fields({ text: 's pa ep bep cr up mt iw ps' })),
        },
      }),
    },
  }),
  ALGO_UPDATE: fields({
    text: 'e',
    number: 'E T',
    of: {
      o: fields({
        text: 'caid at o s S ps f q X ai ap aq act tp p V wt pm rm',
        number: 'aid tt gtd',
        flag: 'cp pP R',
      }),
    },
  }),
  listenKeyExpired: fields({ text: 'e listenKey', number: 'E' }),
  /** What is said to a request on a stream. */
  reply: fields({ number: 'id', of: { result: kinds('null') } }),
};
