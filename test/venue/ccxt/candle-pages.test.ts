/** Exchanges that give the newest candles, whatever these are to begin with, by ccxt over real HTTP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE } from '../../../src/market/time.ts';
import { candlePage } from '../../../src/venue/ccxt/abilities.ts';
import { fetchPage } from '../../../src/venue/ccxt/candle-pages.ts';
import { openCandleSource } from '../../../src/venue/ccxt/candle-source.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import { loadExchange } from '../../../src/venue/ccxt/library.ts';
import { openCcxtVenue } from '../../../src/venue/ccxt/venue.ts';
import { type Answers, NOW, served } from './served-others.ts';

const END = Math.floor(NOW / BASE) * BASE;

/** Open times before an end, the newest first, as many as are asked for. */
function newest(before: number, limit: number): number[] {
  const last = Math.ceil(before / BASE) * BASE - BASE;
  return Array.from({ length: limit }, (_, back) => last - back * BASE);
}

const blofin: Answers = {
  '/api/v1/market/instruments': () => ({
    code: '0',
    data: [
      {
        instId: 'BTC-USDT',
        baseCurrency: 'BTC',
        quoteCurrency: 'USDT',
        settleCurrency: 'USDT',
        contractValue: '0.001',
        contractType: 'linear',
        instType: 'SWAP',
        minSize: '0.1',
        lotSize: '0.1',
        tickSize: '0.1',
        state: 'live',
      },
    ],
  }),
  '/api/v1/market/candles': ({ query }) => ({
    code: '0',
    data: newest(Number(query.get('after') ?? NOW), Number(query.get('limit'))).map((at) =>
      [at, 60_000, 60_100, 59_900, 60_050, 1_000, 1, 60_000, 1].map(String),
    ),
  }),
};

const dydx: Answers = {
  '/v4/time': () => ({ epoch: NOW / 1_000 }),
  '/v4/perpetualMarkets': () => ({
    markets: {
      'BTC-USD': {
        ticker: 'BTC-USD',
        status: 'ACTIVE',
        clobPairId: '0',
        atomicResolution: -10,
        stepBaseQuantums: 1_000_000,
        stepSize: '0.0001',
        tickSize: '1',
      },
    },
  }),
  '/v4/candles/perpetualMarkets/BTC-USD': ({ query }) => ({
    candles: newest(Date.parse(query.get('toIso') ?? new Date(NOW).toISOString()), Number(query.get('limit')))
      .filter((at) => at >= Date.parse(query.get('fromIso') ?? ''))
      .map((at) => ({
        startedAt: new Date(at).toISOString(),
        ...{ open: '60000', high: '60100', low: '59900', close: '60050', baseTokenVolume: '1' },
      })),
  }),
};

for (const { exchange, quote, answers, bars } of [
  { exchange: 'blofin', quote: 'USDT', answers: blofin, bars: 3_000 },
  { exchange: 'dydx', quote: 'USDC', answers: dydx, bars: 2_100 },
])
  test(`${exchange}: a history of several pages is whole, though it gives the newest candles first`, async (t) => {
    const urls = await served(t, answers);
    const venue = await openCcxtVenue({ exchange, type: 'linear', quote, urls });
    t.after(() => venue.close());
    const closes = Array.from(
      await venue.market.history(bars, { before: NOW }),
      ({ closeTime }) => closeTime,
    );
    assert.deepEqual(
      closes,
      Array.from({ length: bars }, (_, i) => END - (bars - 1 - i) * BASE),
    );
  });

test('a download of long ago has the candles of then, though the exchange gives the newest first', async (t) => {
  const urls = await served(t, blofin);
  const source = await openCandleSource({ exchange: 'blofin', type: 'linear', quote: 'USDT', urls });
  assert.ok(typeof source !== 'string');
  t.after(() => source.close());
  const from = END - 10_000 * BASE;
  const { candles } = await source.candles('BTC/USDT:USDT', '5m', BASE, from, 3);
  assert.deepEqual(
    candles.map(({ openTime }) => openTime),
    [from, from + BASE, from + 2 * BASE],
  );
});

test('phemex, spot: candles are asked for in a number that it gives, and those from when they are wanted are taken', async (t) => {
  const urls = await served(t, {
    '/exchange/public/md/v2/kline': ({ query }) => {
      const limit = Number(query.get('limit'));
      if (![5, 10, 50, 100, 500, 1_000].includes(limit))
        return { code: 30_000, msg: 'Please double check input arguments', data: null };
      const rows = newest(NOW, limit).map((at) => [at / 1_000, 300, 1, 1, 1, 1, 1, 1, 1]);
      return { code: 0, msg: 'OK', data: { total: -1, rows } };
    },
  });
  const made = await loadExchange('phemex');
  assert.ok(made !== null);
  const exchange = connect(made, { type: 'spot', quote: 'USDT', urls, exact: false });
  t.after(() => exchange.close());
  exchange.setMarkets([
    {
      ...{ id: 'sBTCUSDT', symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', type: 'spot', spot: true },
      ...{ precision: {}, limits: {} },
    },
  ]);
  const step = { timeframe: '5m', step: BASE };
  const rows = await fetchPage(exchange, 'BTC/USDT', step, END - BASE, 2);
  assert.deepEqual(
    rows.map(([at]) => at),
    [END - BASE, END],
  );
});

test('a page is no longer than what ccxt asks for at once: behind an empty one candles would be left out', async () => {
  for (const [id, type, page] of [
    ['mexc', 'spot', 500],
    ['bullish', 'linear', 100],
    ['okx', 'spot', 300],
  ] as const) {
    const made = await loadExchange(id);
    assert.ok(made !== null);
    assert.equal(candlePage(new made({}), type), page, id);
  }
});
