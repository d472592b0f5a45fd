import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OrderRequest } from '../../../src/engine/output.ts';
import type { Answer, Broker, LookUp } from '../../../src/venue/broker.ts';
import { type CcxtVenue, openCcxtVenue } from '../../../src/venue/ccxt/venue.ts';
import { type Reply, type ServedBybit, servedBybit } from './served-bybit.ts';

const ID = 'bo-20261128T203336-abcd-7-1';
const BTC = 'BTC/USDT:USDT';

let server: ServedBybit;
let venue: CcxtVenue;
let broker: Broker;

before(async () => {
  server = await servedBybit();
  const filter = (filterType: string, over: object) => ({ filterType, ...over });
  server.answer('/fapi/v1/exchangeInfo', () => ({
    whole: {
      symbols: [
        {
          symbol: 'BTCUSDT',
          pair: 'BTCUSDT',
          contractType: 'PERPETUAL',
          deliveryDate: 4133404800000,
          onboardDate: 1569398400000,
          status: 'TRADING',
          baseAsset: 'BTC',
          quoteAsset: 'USDT',
          marginAsset: 'USDT',
          pricePrecision: 2,
          quantityPrecision: 3,
          filters: [
            filter('PRICE_FILTER', { minPrice: '556.80', maxPrice: '4529764', tickSize: '0.10' }),
            filter('LOT_SIZE', { minQty: '0.001', maxQty: '1000', stepSize: '0.001' }),
            filter('MARKET_LOT_SIZE', { minQty: '0.001', maxQty: '120', stepSize: '0.001' }),
            filter('MIN_NOTIONAL', { notional: '100' }),
          ],
          orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'],
          timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
        },
      ],
    },
  }));
  server.answer('/fapi/v1/time', () => ({ whole: { serverTime: Date.now() } }));
  venue = await openCcxtVenue({
    exchange: 'binanceusdm',
    type: 'linear',
    quote: 'USDT',
    credentials: { apiKey: 'key-of-a-test', secret: 'secret-of-a-test', source: 'test' },
    urls: server.urls,
  });
  assert.ok(venue.account);
  broker = venue.account.broker;
});

after(async () => {
  await venue.close();
  await server.close();
});

const STOP: OrderRequest = {
  id: 7,
  tradeId: 1,
  symbol: BTC,
  side: 'sell',
  type: 'stop',
  purpose: 'stop',
  quantity: '0.003',
  price: null,
  stopPrice: '63100',
  reduceOnly: true,
};

const submit = (request: OrderRequest): Promise<Answer> =>
  new Promise((resolve) => broker.submit(request, ID, resolve));
const lookUp = (id: string): Promise<LookUp> => new Promise((resolve) => broker.lookUp(BTC, id, resolve));

const NOT_FOUND: Reply = { status: 400, text: '{"code":-2013,"msg":"Order does not exist."}' };

function algo(over: object): Reply {
  return {
    whole: {
      algoId: 3358,
      clientAlgoId: ID,
      algoType: 'CONDITIONAL',
      orderType: 'STOP_MARKET',
      symbol: 'BTCUSDT',
      side: 'SELL',
      positionSide: 'BOTH',
      timeInForce: 'GTC',
      quantity: '0.003',
      algoStatus: 'NEW',
      actualOrderId: '',
      triggerPrice: '63100.00',
      price: '0',
      reduceOnly: true,
      createTime: 1763458576201,
      updateTime: 1763458576201,
      ...over,
    },
  };
}

test('a protective stop goes to the book of stops, reduce-only, with exactly the decimals that were given', async () => {
  server.answer('/fapi/v1/algoOrder', () => algo({}));
  assert.deepEqual(await submit(STOP), { kind: 'done' });
  const asked = server.asked
    .filter(({ path, method }) => path === '/fapi/v1/algoOrder' && method === 'POST')
    .at(-1);
  const sent = { ...Object.fromEntries(asked?.query ?? []), ...asked?.body };
  assert.deepEqual(
    [sent.clientAlgoId, sent.type, sent.side, sent.quantity, sent.triggerPrice, sent.reduceOnly],
    [ID, 'STOP_MARKET', 'SELL', '0.003', '63100', 'true'],
  );
});

test('a stop that waits is found open, and one whose price came is found as the order it became', async () => {
  server.answer('/fapi/v1/algoOrder', () => algo({}));
  const waiting = await lookUp(ID);
  assert.ok(waiting.kind === 'found');
  assert.deepEqual(
    [waiting.order.status, waiting.order.stopPrice, waiting.order.quantity],
    ['open', '63100', '0.003'],
  );
  server.answer('/fapi/v1/algoOrder', () => algo({ algoStatus: 'FINISHED', actualOrderId: '8886774' }));
  server.answer('/fapi/v1/order', ({ query }) =>
    query.get('orderId') === '8886774'
      ? {
          whole: {
            orderId: 8886774,
            clientOrderId: 'made-by-binance',
            symbol: 'BTCUSDT',
            status: 'FILLED',
            type: 'MARKET',
            side: 'SELL',
            positionSide: 'BOTH',
            price: '0',
            avgPrice: '63090.10',
            origQty: '0.003',
            executedQty: '0.003',
            cumQuote: '189.2703',
            stopPrice: '0',
            reduceOnly: true,
            time: 1763458576301,
            updateTime: 1763458576301,
          },
        }
      : NOT_FOUND,
  );
  server.answer('/fapi/v1/userTrades', ({ query }) => ({
    whole:
      query.get('orderId') === '8886774'
        ? [
            {
              symbol: 'BTCUSDT',
              id: 698759,
              orderId: 8886774,
              side: 'SELL',
              price: '63090.10',
              qty: '0.003',
              realizedPnl: '0',
              quoteQty: '189.2703',
              commission: '0.07570812',
              commissionAsset: 'USDT',
              time: 1763458576301,
              positionSide: 'BOTH',
              maker: false,
              buyer: false,
            },
          ]
        : [],
  }));
  const filled = await lookUp(ID);
  assert.ok(filled.kind === 'found', JSON.stringify(filled));
  assert.deepEqual(filled.order, {
    clientId: ID,
    symbol: BTC,
    status: 'filled',
    quantity: '0.003',
    stopPrice: '63100',
    reason: 'closed',
    fills: [
      {
        fillId: '698759',
        price: '63090.1',
        quantity: '0.003',
        fee: '0.07570812',
        feeIn: 'quote',
        liquidity: 'taker',
        filledAt: 1_763_458_576_301,
      },
    ],
  });
});

test('a stop on its way from one book to the other is neither cancelled nor filled yet', async () => {
  server.answer('/fapi/v1/algoOrder', () => algo({ algoStatus: 'TRIGGERED' }));
  assert.equal((await lookUp(ID)).kind, 'failed');
});

test('after a restart an order is looked for in both books before it is absent', async () => {
  server.answer('/fapi/v1/algoOrder', () => NOT_FOUND);
  server.answer('/fapi/v1/order', () => NOT_FOUND);
  assert.equal((await lookUp('bo-20261128T203336-abcd-8-1')).kind, 'absent');
});

test('a client order id that is taken is no refusal', async () => {
  server.answer('/fapi/v1/order', () => ({
    status: 400,
    text: '{"code":-4116,"msg":"ClientOrderId is duplicated."}',
  }));
  const answer = await submit({ ...STOP, type: 'market', stopPrice: null });
  assert.equal(answer.kind, 'unknown', JSON.stringify(answer));
});
