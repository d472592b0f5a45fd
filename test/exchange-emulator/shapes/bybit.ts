/** Fields of Bybit's v5 answers and pushes, after its public documents. */
import { fields, joined, kinds, list, type Shape, text, tuple, values } from './shape.ts';

export const ENVELOPE = fields({
  number: 'retCode time',
  text: 'retMsg',
  of: { result: kinds('object'), retExtInfo: kinds('object') },
});

const none = fields({});
const ids = fields({ text: 'orderId orderLinkId' });
const page = (item: Shape): Shape =>
  fields({ text: 'category nextPageCursor symbol', of: { list: list(item) } });
const levels = list(tuple(text, text));

const priceLimits = fields({ text: 'priceLimitRatioX priceLimitRatioY' });
const linearInstrument = fields({
  text: `symbol contractType status baseCoin quoteCoin settleCoin symbolType launchTime deliveryTime deliveryFeeRate
    priceScale copyTrading upperFundingRate lowerFundingRate displayName`,
  number: 'fundingInterval',
  flag: 'unifiedMarginTrade isPreListing skipCallAuction',
  of: {
    leverageFilter: fields({ text: 'minLeverage maxLeverage leverageStep' }),
    priceFilter: fields({ text: 'minPrice maxPrice tickSize' }),
    lotSizeFilter: fields({
      text: 'maxOrderQty minOrderQty qtyStep postOnlyMaxOrderQty maxMktOrderQty minNotionalValue',
    }),
    riskParameters: priceLimits,
    preListingInfo: kinds('object', 'null'),
  },
});
const spotInstrument = fields({
  text: 'symbol baseCoin quoteCoin innovation status marginTrading stTag symbolType',
  of: {
    lotSizeFilter: fields({
      text: `basePrecision quotePrecision minOrderQty maxOrderQty minOrderAmt maxOrderAmt maxLimitOrderQty
        maxMarketOrderQty postOnlyMaxLimitOrderSize`,
    }),
    priceFilter: fields({ text: 'tickSize' }),
    riskParameters: priceLimits,
  },
});

const day = 'symbol lastPrice prevPrice24h price24hPcnt highPrice24h lowPrice24h volume24h turnover24h';
const best = 'bid1Price bid1Size ask1Price ask1Size';
const linearTicker = `${day} ${best} prevPrice1h markPrice indexPrice openInterest openInterestValue fundingRate
  nextFundingTime predictedDeliveryPrice basisRate basisRateYear deliveryFeeRate deliveryTime basis preOpenPrice preQty
  curPreListingPhase fundingIntervalHour fundingCap`;

const order = fields({
  text: `symbol orderId orderLinkId parentOrderLinkId side orderType timeInForce price qty marketUnit orderStatus
    createType cancelType rejectReason stopOrderType avgPrice cumExecQty cumExecValue cumExecFee leavesQty leavesValue
    triggerPrice triggerBy takeProfit stopLoss tpTriggerBy slTriggerBy tpLimitPrice slLimitPrice tpslMode ocoTriggerBy
    lastPriceOnCreated isLeverage orderIv blockTradeId placeType smpType smpOrderId createdTime updatedTime
    slippageToleranceType slippageTolerance extraFees`,
  number: 'positionIdx triggerDirection smpGroup',
  flag: 'reduceOnly closeOnTrigger',
  of: { cumFeeDetail: values(text) },
});

const execution = fields({
  text: `symbol orderId orderLinkId side orderPrice orderQty leavesQty createType orderType stopOrderType execFee execFeeV2
    feeRate execId execPrice execQty execType execValue execTime tradeIv markIv markPrice indexPrice underlyingPrice
    blockTradeId closedSize extraFees`,
  number: 'seq',
  flag: 'isMaker',
});

const position = fields({
  text: `symbol side size positionValue leverage markPrice liqPrice bustPrice positionIM positionMM positionIMByMp
    positionMMByMp positionBalance takeProfit stopLoss trailingStop sessionAvgPrice tpslMode unrealisedPnl curRealisedPnl
    cumRealisedPnl positionStatus riskLimitValue createdTime updatedTime mmrSysUpdatedTime leverageSysUpdatedTime`,
  number: 'positionIdx riskId tradeMode autoAddMargin adlRankIndicator seq',
  flag: 'isReduceOnly',
});

const wallet = fields({
  text: `accountType accountLTV accountIMRate accountMMRate totalEquity totalWalletBalance totalMarginBalance
    totalAvailableBalance totalPerpUPL totalInitialMargin totalMaintenanceMargin`,
  of: {
    coin: list(
      fields({
        text: `coin equity usdValue walletBalance free locked spotHedgingQty borrowAmount availableToWithdraw
          availableToBorrow accruedInterest totalOrderIM totalPositionIM totalPositionMM unrealisedPnl cumRealisedPnl bonus`,
        flag: 'marginCollateral collateralSwitch',
      }),
    ),
  },
});

const trade = fields({
  text: 'execId symbol price size side time seq',
  flag: 'isBlockTrade isRPITrade',
});

/** The `result` of each answer, by request; of spot's under its own name where it is another. */
export const BYBIT_ANSWERS: Readonly<Record<string, Shape>> = {
  'GET /v5/market/time': fields({ text: 'timeSecond timeNano' }),
  'GET /v5/system/status': fields({ of: { list: list(kinds('object')) } }),
  'GET /v5/market/instruments-info': page(linearInstrument),
  'GET /v5/market/instruments-info spot': page(spotInstrument),
  'GET /v5/market/kline': page(tuple(text, text, text, text, text, text, text)),
  'GET /v5/market/tickers': page(fields({ text: linearTicker })),
  'GET /v5/market/tickers spot': page(fields({ text: `${day} ${best} usdIndexPrice` })),
  'GET /v5/market/orderbook': fields({ text: 's', number: 'ts u seq cts', of: { b: levels, a: levels } }),
  'GET /v5/market/recent-trade': page(trade),
  'GET /v5/market/open-interest': page(fields({ text: 'openInterest timestamp' })),
  'POST /v5/order/create': ids,
  'POST /v5/order/amend': ids,
  'POST /v5/order/cancel': ids,
  'POST /v5/order/cancel-all': fields({ text: 'success', of: { list: list(ids) } }),
  'GET /v5/order/realtime': page(order),
  'GET /v5/order/history': page(order),
  'GET /v5/execution/list': page(joined(execution, fields({ text: 'feeCurrency marketUnit' }))),
  'GET /v5/position/list': page(joined(position, fields({ text: 'avgPrice' }))),
  'POST /v5/position/set-leverage': none,
  'POST /v5/position/switch-mode': none,
  'POST /v5/position/switch-isolated': none,
  'POST /v5/position/trading-stop': none,
  'POST /v5/account/set-margin-mode': fields({
    of: { reasons: list(fields({ text: 'reasonCode reasonMsg' })) },
  }),
  'GET /v5/account/info': fields({
    text: 'marginMode updatedTime dcpStatus spotHedgingStatus',
    number: 'unifiedMarginStatus timeWindow smpGroup',
    flag: 'isMasterTrader',
  }),
  'GET /v5/account/wallet-balance': fields({ of: { list: list(wallet) } }),
  'GET /v5/account/fee-rate': fields({
    text: 'category',
    of: { list: list(fields({ text: 'symbol baseCoin takerFeeRate makerFeeRate' })) },
  }),
  'GET /v5/user/query-api': fields({
    text: `id note apiKey secret expiredAt createdAt vipLevel mktMakerLevel rsaPublicKey parentUid kycLevel kycRegion`,
    number: 'readOnly type deadlineDay unified uta userID inviterID affiliateID',
    flag: 'isMaster',
    of: { permissions: values(list(text)), ips: list(text) },
  }),
  'GET /v5/asset/coin/query-info': fields({
    of: { rows: list(fields({ text: 'name coin remainAmount', of: { chains: list(kinds('object')) } })) },
  }),
};

const push = (data: Shape, more = ''): Shape =>
  fields({ text: 'topic type', number: `ts ${more}`, of: { data } });
const told = (data: Shape): Shape =>
  fields({ text: 'id topic', number: 'creationTime', of: { data: list(data) } });
const ofCategory = fields({ text: 'category' });

/** Pushes by the kind of their topic. */
export const BYBIT_PUSHES: Readonly<Record<string, Shape>> = {
  kline: push(
    list(
      fields({
        text: 'interval open close high low volume turnover',
        number: 'start end timestamp',
        flag: 'confirm',
      }),
    ),
  ),
  tickers: push(fields({ text: `${linearTicker} tickDirection` }), 'cs'),
  'tickers spot': push(fields({ text: `${day} usdIndexPrice` }), 'cs'),
  orderbook: push(fields({ text: 's', number: 'u seq', of: { b: levels, a: levels } }), 'cts'),
  publicTrade: push(list(fields({ text: 's S v p L i', number: 'T seq', flag: 'BT RPI' }))),
  order: told(joined(ofCategory, order, fields({ text: 'feeCurrency closedPnl' }))),
  execution: told(
    joined(
      ofCategory,
      execution,
      fields({ text: 'feeCoin execPnl isLeverage marketUnit', of: { extraFees: kinds('string', 'array') } }),
    ),
  ),
  'execution.fast': told(
    fields({
      text: 'category symbol execId execPrice execQty orderId orderLinkId side execTime',
      number: 'seq',
      flag: 'isMaker',
    }),
  ),
  position: told(joined(ofCategory, position, fields({ text: 'entryPrice' }))),
  wallet: told(wallet),
  /** What is said to a request on a stream. */
  reply: fields({ text: 'ret_msg conn_id req_id op', flag: 'success' }),
  'private pong': fields({ text: 'req_id op conn_id', of: { args: list(text) } }),
};
