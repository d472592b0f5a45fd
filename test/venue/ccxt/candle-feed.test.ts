/** Candles of streams that ccxt keeps otherwise than of most, over real WebSocket. Time passes when it is told to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, SECOND } from '../../../src/market/time.ts';
import { CandleFeed } from '../../../src/venue/ccxt/candle-feed.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import { keepCandles } from '../../../src/venue/ccxt/kept-candles.ts';
import { loadExchange } from '../../../src/venue/ccxt/library.ts';
import { Streams } from '../../../src/venue/ccxt/streams.ts';
import { VenueClock } from '../../../src/venue/ccxt/venue-clock.ts';
import { HandTimer } from './hand-timer.ts';
import { NOW, served, streamed } from './served-others.ts';

const CLOSE = Math.floor(NOW / BASE) * BASE;
/** As each exchange tells of a candle, by its open time. */
const whitebit = (at: number): object => ({
  method: 'candles_update',
  params: [[at / 1_000, '1', '1.5', '2', '0.5', '10', '15', 'BTC-USDT']],
  id: null,
});

const deribit = (at: number): object => ({
  method: 'subscription',
  params: {
    channel: 'chart.trades.BTC-USDT.5',
    data: { tick: at, open: 1, high: 2, low: 0.5, close: 1.5, volume: 10, cost: 15 },
  },
});

const bingx = (at: number): object => ({
  ...{ code: 0, dataType: 'BTC-USDT@kline_5min', success: true },
  data: {
    ...{ E: at, e: 'kline', s: 'BTC-USDT' },
    K: {
      ...{ t: at, T: at + BASE - 1, i: '5min', s: 'BTC-USDT' },
      o: '1',
      h: '2',
      l: '0.5',
      c: '1.5',
      v: '10',
    },
  },
});

const SYMBOL = 'BTC/USDT';

for (const { id, candle } of [
  { id: 'whitebit', candle: whitebit },
  { id: 'deribit', candle: deribit },
  { id: 'bingx', candle: bingx },
])
  test(`${id}: the candle of a close is taken from its stream, and not asked for`, async (t) => {
    const { asked, ...rest } = await served(t, {});
    const pushed = [candle(CLOSE - BASE), candle(CLOSE)];
    const urls = { ...rest, ...(await streamed(t, () => pushed)) };
    const made = await loadExchange(id);
    assert.ok(made !== null);
    const exchange = connect(made, { type: 'spot', quote: 'USDT', urls, exact: false });
    await exchange.loadHttpProxyAgent();
    exchange.setMarkets([
      {
        ...{ id: 'BTC-USDT', symbol: SYMBOL, base: 'BTC', quote: 'USDT', type: 'spot', spot: true },
        ...{ precision: {}, limits: {} },
      },
    ]);
    keepCandles(exchange, [SYMBOL]);
    const timer = new HandTimer();
    const clock = new VenueClock({ timer, fetchTime: async () => CLOSE, wall: () => CLOSE - SECOND });
    const end = new AbortController();
    const failed = (error: unknown): void => t.diagnostic(String(error));
    const { signal } = end;
    const streams = new Streams({
      timer,
      symbols: [SYMBOL],
      batch: 1,
      watch: ([name = '']) => exchange.watchOHLCV(name, '5m'),
      failed,
      signal,
    });
    const closes: number[][] = [];
    const feed = new CandleFeed({
      exchange,
      clock,
      symbols: [SYMBOL],
      streams,
      confirmed: () => null,
      graceMs: 0,
      bars: ({ closeTime, count, close }) => closes.push([closeTime, count, close[0] ?? Number.NaN]),
      missing: () => undefined,
      corrected: () => undefined,
      failed,
      signal,
    });
    const running = [streams.run(), feed.run()];
    while ((exchange.ohlcvs[SYMBOL]?.[id === 'whitebit' ? 'unknown' : '5m']?.at(-1)?.[0] ?? 0) !== CLOSE)
      await new Promise((resolve) => setImmediate(resolve));
    await timer.pass(3 * SECOND);
    end.abort();
    await exchange.close();
    await Promise.all(running);
    assert.deepEqual(closes, [[CLOSE, 1, 1.5]]);
    assert.deepEqual(asked, []);
  });
