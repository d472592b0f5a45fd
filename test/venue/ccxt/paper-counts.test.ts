/** What exchanges count in, by ccxt over real HTTP and WebSocket: sizes, volumes and books have to be in base units. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BookSummary } from '../../../src/market/book.ts';
import { BASE } from '../../../src/market/time.ts';
import { candleOf } from '../../../src/venue/ccxt/candle.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import { loadExchange } from '../../../src/venue/ccxt/library.ts';
import { openCcxtVenue } from '../../../src/venue/ccxt/venue.ts';
import { type Answers, ASKS, BIDS, NOW, OPENED, served, streamed } from './served-others.ts';

const PERPETUAL = {
  instrument_name: 'BTC_USDC-PERPETUAL',
  kind: 'future',
  instrument_type: 'linear',
  settlement_period: 'perpetual',
  base_currency: 'BTC',
  quote_currency: 'USDC',
  counter_currency: 'USDC',
  settlement_currency: 'USDC',
  tick_size: 0.5,
  contract_size: 0.001,
  min_trade_amount: 0.001,
  taker_commission: 0.0005,
  maker_commission: 0,
  is_active: true,
  expiration_timestamp: 32_503_708_800_000,
};

const deribit: Answers = {
  '/api/v2/public/get_time': () => ({ result: NOW }),
  '/api/v2/public/get_currencies': () => ({ result: [{ currency: 'USDC', coin_type: 'USDC' }] }),
  '/api/v2/public/get_instruments': () => ({ result: [PERPETUAL] }),
};

/** Deribit's push of a whole book. */
function deribitBook(request: unknown): object | null {
  const { channels } = Object(Object(request).params);
  const channel = Array.isArray(channels)
    ? channels.find((each) => String(each).startsWith('book'))
    : undefined;
  if (channel === undefined) return null;
  const level = (price: number): unknown[] => ['new', price, 100];
  return {
    method: 'subscription',
    params: {
      channel,
      data: {
        type: 'snapshot',
        timestamp: NOW,
        instrument_name: PERPETUAL.instrument_name,
        change_id: 1,
        bids: BIDS.map(level),
        asks: ASKS.map(level),
      },
    },
  };
}

test('deribit: the lot and the depth of books are in base units, whatever its size of a contract', async (t) => {
  const urls = { ...(await served(t, deribit)), ...(await streamed(t, deribitBook)) };
  const venue = await openCcxtVenue({ exchange: 'deribit', type: 'linear', quote: 'USDC', urls });
  t.after(() => venue.close());
  assert.equal(venue.instruments[0]?.lot, '0.001');
  const { bidDepth03 } = await new Promise<BookSummary>((resolve) => {
    const unheard = (): void => undefined;
    const heard = (_: number, one: BookSummary): void => resolve(one);
    venue.market.subscribe({ bars: unheard, feed: unheard, corrected: unheard, book: heard }, 0);
  });
  assert.equal(bidDepth03, (BIDS[0] + BIDS[1]) * 100);
});

for (const { what, a, volume } of [
  { what: 'counts in quote has its volume in base', a: { a: '250' }, volume: 250 },
  { what: 'tells no volume in base is none, and is asked for', a: {}, volume: null },
])
  test(`gate, spot: a candle of the stream, which ${what}`, async (t) => {
    const [at = 0] = OPENED;
    const urls = {
      rest: 'http://127.0.0.1:1',
      ...(await streamed(t, (request) => ({
        channel: Object(request).channel,
        event: 'update',
        result: {
          ...{ t: String(at / 1_000), v: '15000000', o: '60000', h: '60100', l: '59900', c: '60050' },
          ...{ n: '5m_BTC_USDT', w: true, ...a },
        },
      }))),
    };
    const made = await loadExchange('gate');
    assert.ok(made !== null);
    const exchange = connect(made, { type: 'spot', quote: 'USDT', urls, exact: false });
    t.after(() => exchange.close());
    await exchange.loadHttpProxyAgent();
    exchange.setMarkets([
      {
        ...{ id: 'BTC_USDT', symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', type: 'spot', spot: true },
        ...{ precision: {}, limits: {} },
      },
    ]);
    await exchange.watchOHLCV('BTC/USDT', '5m');
    const [row = []] = exchange.ohlcvs['BTC/USDT']?.['5m'] ?? [];
    assert.equal(at % BASE, 0);
    assert.equal(candleOf(row, 1)?.volume ?? null, volume);
  });
