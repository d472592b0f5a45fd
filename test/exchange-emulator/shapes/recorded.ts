/**
 * Names of the fields in answers of real exchanges that ccxt has recorded for its own tests (its static response
 * fixtures for bybit and binance, as of ccxt 4.5). Most were recorded with numbers written as texts: those two types are
 * told apart by the documents' tables, and here only where the recording tells them apart.
 */
import { fields, flag, joined, kinds, list, number, type Shape, text, tuple } from './shape.ts';

const figure = kinds('string', 'number');

/** Fields of texts or numbers, and of yes or no. */
function recorded(names: string, flags = '', of: Readonly<Record<string, Shape>> = {}): Shape {
  const figures = names.split(/\s+/).filter((name) => name !== '');
  return joined(
    fields({ of: Object.fromEntries(figures.map((name) => [name, figure])) }),
    fields({ flag: flags, of }),
  );
}

const page = (item: Shape): Shape => recorded('category', '', { list: list(item) });
const ids = recorded('orderId orderLinkId');
const levels = list(tuple(text, text));

const bybitOrder = `symbol orderType orderLinkId slLimitPrice orderId cancelType avgPrice stopOrderType lastPriceOnCreated
  orderStatus takeProfit cumExecValue smpType triggerDirection blockTradeId isLeverage rejectReason price orderIv
  createdTime tpTriggerBy positionIdx timeInForce leavesValue updatedTime side smpGroup triggerPrice tpLimitPrice
  cumExecFee leavesQty slTriggerBy placeType cumExecQty qty stopLoss smpOrderId triggerBy`;
const orderFlags = 'closeOnTrigger reduceOnly';
const fees = { cumFeeDetail: kinds('object') };

const bybitExecution = `symbol orderType underlyingPrice orderLinkId orderId stopOrderType execTime feeCurrency feeRate tradeIv
  blockTradeId markPrice execPrice markIv orderQty orderPrice execValue closedSize execType seq side indexPrice leavesQty
  execFee execId marketUnit execQty`;

export const BYBIT_RECORDED: Readonly<Record<string, Shape>> = {
  'POST /v5/order/create': ids,
  'POST /v5/order/amend': ids,
  'POST /v5/order/cancel-all': recorded('success', '', { list: list(ids) }),
  'GET /v5/order/realtime': page(recorded(`${bybitOrder} createType tpslMode marketUnit`, orderFlags, fees)),
  'GET /v5/order/realtime spot': page(recorded(`${bybitOrder} marketUnit`, orderFlags)),
  'GET /v5/order/history': page(
    recorded(
      `${bybitOrder} createType tpslMode slippageToleranceType slippageTolerance extraFees`,
      orderFlags,
      fees,
    ),
  ),
  'GET /v5/order/history spot': page(recorded(`${bybitOrder} marketUnit`, orderFlags)),
  'GET /v5/execution/list': page(recorded(`${bybitExecution} createType`, 'isMaker')),
  'GET /v5/execution/list spot': page(recorded(bybitExecution, 'isMaker')),
  'GET /v5/position/list': page(
    recorded(
      `symbol leverage autoAddMargin avgPrice liqPrice riskLimitValue takeProfit positionValue tpslMode riskId trailingStop
      unrealisedPnl markPrice adlRankIndicator cumRealisedPnl positionMM createdTime positionIdx positionIM seq updatedTime
      side bustPrice positionBalance leverageSysUpdatedTime size positionStatus mmrSysUpdatedTime stopLoss tradeMode`,
      'isReduceOnly',
    ),
  ),
  'GET /v5/account/wallet-balance': fields({
    of: {
      list: list(
        recorded(
          `totalEquity accountIMRate totalMarginBalance totalInitialMargin accountType totalAvailableBalance accountMMRate
          totalPerpUPL totalWalletBalance accountLTV totalMaintenanceMargin`,
          '',
          {
            coin: list(
              recorded(
                `availableToBorrow bonus accruedInterest availableToWithdraw totalOrderIM equity totalPositionMM usdValue
                unrealisedPnl spotHedgingQty borrowAmount totalPositionIM walletBalance cumRealisedPnl locked coin`,
                'collateralSwitch marginCollateral',
              ),
            ),
          },
        ),
      ),
    },
  }),
  'GET /v5/market/kline': recorded('symbol category', '', {
    list: list(tuple(text, text, text, text, text, text, text)),
  }),
  'GET /v5/market/orderbook': recorded('s ts u', '', { b: levels, a: levels }),
  'GET /v5/market/recent-trade': page(recorded('execId symbol price size side time', 'isBlockTrade')),
  'GET /v5/market/tickers': page(
    recorded(`symbol lastPrice indexPrice markPrice prevPrice24h price24hPcnt highPrice24h lowPrice24h prevPrice1h
      openInterest openInterestValue turnover24h volume24h fundingRate nextFundingTime predictedDeliveryPrice basisRate
      deliveryFeeRate deliveryTime ask1Size bid1Price ask1Price bid1Size basis preOpenPrice preQty curPreListingPhase`),
  ),
  'GET /v5/market/open-interest': recorded('symbol category nextPageCursor', '', {
    list: list(fields({ text: 'openInterest timestamp' })),
  }),
};

const binanceOrder = `orderId symbol status clientOrderId price avgPrice origQty executedQty cumQuote timeInForce type side
  positionSide stopPrice workingType origType priceMatch selfTradePreventionMode goodTillDate updateTime`;
const binanceFlags = 'reduceOnly closePosition priceProtect';
/** Recorded with its numbers as they are. */
const sent = fields({
  text: `symbol status clientOrderId price avgPrice origQty executedQty cumQty cumQuote timeInForce type side positionSide
    stopPrice workingType origType priceMatch selfTradePreventionMode`,
  number: 'orderId goodTillDate updateTime',
  flag: binanceFlags,
});
const row = tuple(number, text, text, text, text, text, number, text, number, text, text, text);
const asked = recorded(`${binanceOrder} time`, binanceFlags);
const totals = `totalInitialMargin totalMaintMargin totalWalletBalance totalUnrealizedProfit totalMarginBalance
  totalPositionInitialMargin totalOpenOrderInitialMargin totalCrossWalletBalance totalCrossUnPnl availableBalance
  maxWithdrawAmount`;
const asset = `asset walletBalance unrealizedProfit marginBalance maintMargin initialMargin positionInitialMargin
  openOrderInitialMargin crossWalletBalance crossUnPnl availableBalance maxWithdrawAmount updateTime`;

/** Of a trade `marginAsset` was recorded too, in 2023; no document has it any more. */
export const BINANCE_RECORDED: Readonly<Record<string, Shape>> = {
  'POST /fapi/v1/order': sent,
  'PUT /fapi/v1/order': sent,
  'GET /fapi/v1/order': asked,
  'GET /fapi/v1/openOrder': asked,
  'GET /fapi/v1/openOrders': list(asked),
  'GET /fapi/v1/klines': list(row),
  'GET /fapi/v1/depth': recorded('lastUpdateId E T', '', { bids: levels, asks: levels }),
  'GET /fapi/v1/userTrades': list(
    recorded(
      'symbol id orderId side price qty realizedPnl quoteQty commission commissionAsset time positionSide',
      'maker buyer',
    ),
  ),
  'GET /fapi/v3/positionRisk': list(
    recorded(`symbol positionSide positionAmt entryPrice breakEvenPrice markPrice unRealizedProfit liquidationPrice
      isolatedMargin notional marginAsset isolatedWallet initialMargin maintMargin positionInitialMargin
      openOrderInitialMargin adl bidNotional askNotional updateTime`),
  ),
  'GET /fapi/v2/account': recorded(
    `feeTier tradeGroupId updateTime ${totals}`,
    'canTrade canDeposit canWithdraw multiAssetsMargin',
    { assets: list(recorded(asset, 'marginAvailable')), positions: kinds('array') },
  ),
  'GET /fapi/v3/account': recorded(totals, '', {
    assets: list(recorded(asset)),
    positions: list(
      recorded(`symbol positionSide positionAmt unrealizedProfit isolatedMargin notional isolatedWallet initialMargin
        maintMargin updateTime`),
    ),
  }),
  'GET /fapi/v1/symbolConfig': list(
    recorded('symbol marginType leverage maxNotionalValue', '', { isAutoAddMargin: flag }),
  ),
};
