/** Candles of a stream that does not say their timeframe, by ccxt over real WebSocket. Time passes when it is told to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, SECOND } from '../../../src/market/time.ts';
import { CandleFeed } from '../../../src/venue/ccxt/candle-feed.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import { loadExchange } from '../../../src/venue/ccxt/library.ts';
import { Streams } from '../../../src/venue/ccxt/streams.ts';
import { VenueClock } from '../../../src/venue/ccxt/venue-clock.ts';
import { HandTimer } from './hand-timer.ts';
import { NOW, served, streamed } from './served-others.ts';

const CLOSE = Math.floor(NOW / BASE) * BASE;
const SYMBOL = 'BTC/USDT';

test('whitebit: the candle of a close is taken from its stream, and not asked for', async (t) => {
  const { asked, ...rest } = await served(t, {});
  const candle = (at: number): unknown[] => [at / 1_000, '1', '1.5', '2', '0.5', '10', '15', 'BTC_USDT'];
  const pushed = { method: 'candles_update', params: [candle(CLOSE - BASE), candle(CLOSE)], id: null };
  const urls = { ...rest, ...(await streamed(t, () => pushed)) };
  const made = await loadExchange('whitebit');
  assert.ok(made !== null);
  const exchange = connect(made, { type: 'spot', quote: 'USDT', urls, exact: false });
  await exchange.loadHttpProxyAgent();
  exchange.setMarkets([
    {
      ...{ id: 'BTC_USDT', symbol: SYMBOL, base: 'BTC', quote: 'USDT', type: 'spot', spot: true },
      ...{ precision: {}, limits: {} },
    },
  ]);
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
  while (streams.heardAt === null) await new Promise((resolve) => setImmediate(resolve));
  await timer.pass(3 * SECOND);
  end.abort();
  await exchange.close();
  await Promise.all(running);
  assert.deepEqual(closes, [[CLOSE, 1, 1.5]]);
  assert.deepEqual(asked, []);
});
