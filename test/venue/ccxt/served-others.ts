/** A few answers of exchanges that are traded on paper alone: one market each, its candles and its book. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { WebSocketServer } from 'ws';
import type { InstrumentType } from '../../../src/market/instrument.ts';
import { BASE } from '../../../src/market/time.ts';
import type { BaseUrls } from '../../../src/venue/ccxt/connect.ts';
import { type Asked, type Reply, servedBybit } from './served-bybit.ts';

/** By path: the whole answer. */
export type Answers = Readonly<Record<string, (asked: Asked) => unknown>>;

export const NOW = Date.UTC(2026, 2, 1, 12, 2, 30);
/** Of the last closed candles, the oldest first. */
export const OPENED = [3, 2, 1].map((back) => Math.floor(NOW / BASE) * BASE - back * BASE);
/** Of each, in base units. */
export const VOLUME = 250;
export const BIDS = [60_000, 59_990] as const;
export const ASKS = [60_010, 60_020] as const;

/** Serves them until the test is over. */
export async function served(
  t: TestContext,
  answers: Answers,
): Promise<BaseUrls & { readonly asked: readonly Asked[] }> {
  const server = await servedBybit();
  t.after(() => server.close());
  for (const [path, whole] of Object.entries(answers))
    server.answer(path, (asked): Reply => ({ whole: whole(asked) }));
  return { ...server.urls, asked: server.asked };
}

/** A server of streams that pushes what `answer` gives for a message, each of a list by itself, until the test is over. */
export async function streamed(
  t: TestContext,
  answer: (request: unknown) => object | null,
): Promise<Pick<BaseUrls, 'wsPublic' | 'wsPrivate'> & { readonly drop: () => void }> {
  const streams = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  streams.on('connection', (socket) => {
    socket.on('message', (message) => {
      const text = String(message);
      const pushed = text.startsWith('{') ? answer(JSON.parse(text)) : null;
      for (const each of pushed === null ? [] : [pushed].flat()) socket.send(JSON.stringify(each));
    });
  });
  const drop = (): void => {
    for (const socket of streams.clients) socket.terminate();
  };
  t.after(() => {
    drop();
    streams.close();
  });
  await once(streams, 'listening');
  const address = streams.address();
  assert.ok(typeof address === 'object' && address !== null);
  const url = `ws://127.0.0.1:${address.port}`;
  return { wsPublic: url, wsPrivate: url, drop };
}

export const gate: Answers = {
  '/api/v4/spot/time': () => ({ server_time: NOW }),
  '/api/v4/spot/currencies': () => [],
  '/api/v4/futures/usdt/contracts': () => [
    {
      name: 'BTC_USDT',
      type: 'direct',
      status: 'trading',
      quanto_multiplier: '0.0001',
      order_price_round: '0.1',
      order_price_deviate: '0.5',
      mark_price: '60000',
      order_size_min: 1,
      order_size_max: 1_000_000,
      leverage_min: '1',
      leverage_max: '100',
      maker_fee_rate: '-0.00005',
      taker_fee_rate: '0.0005',
    },
  ],
  '/api/v4/futures/btc/contracts': () => [],
  '/api/v4/futures/usdt/candlesticks': () =>
    OPENED.map((at) => ({
      t: at / 1_000,
      v: VOLUME / 0.0001,
      o: '60000',
      h: '60100',
      l: '59900',
      c: '60050',
      sum: '0',
    })),
};

/** @param counts the figure of volume in what a market trades: coins or contracts. */
export function okx(type: InstrumentType, counts: number): Answers {
  const market =
    type === 'spot'
      ? { instType: 'SPOT', instId: 'BTC-USDT', baseCcy: 'BTC', quoteCcy: 'USDT', lotSz: '0.0001' }
      : {
          instType: 'SWAP',
          instId: 'BTC-USDT-SWAP',
          uly: 'BTC-USDT',
          settleCcy: 'USDT',
          ctVal: '0.01',
          ctValCcy: 'BTC',
          ctType: 'linear',
          lotSz: '1',
        };
  return {
    '/api/v5/public/time': () => ({ code: '0', data: [{ ts: String(NOW) }] }),
    '/api/v5/public/instruments': ({ query }) => {
      const kind = query.get('instType') ?? '';
      // As it answers what it does not know.
      if (!['SPOT', 'SWAP', 'FUTURES', 'OPTION'].includes(kind))
        return { code: '51000', msg: 'Parameter instType error', data: [] };
      assert.equal(kind, market.instType, 'no other kind is asked for');
      return { code: '0', data: [{ ...market, tickSz: '0.1', minSz: '1', state: 'live' }] };
    },
    '/api/v5/market/candles': () => ({
      code: '0',
      data: OPENED.map((at) =>
        [at, '60000', '60100', '59900', '60050', counts, VOLUME, '0', '1'].map(String),
      ).reverse(),
    }),
  };
}

export function okxBook(request: unknown): object | null {
  const { args } = Object(request);
  const arg = Array.isArray(args) ? args.find(({ channel }) => String(channel).includes('book')) : undefined;
  if (arg === undefined) return null;
  // Its 50 levels are for customers, with keys.
  assert.equal(arg.channel, 'books');
  const level = (price: number): string[] => [String(price), '100', '0', '1'];
  const data = { bids: BIDS.map(level), asks: ASKS.map(level), ts: String(NOW), seqId: 1, prevSeqId: -1 };
  return { arg, action: 'snapshot', data: [data] };
}

/** @param status of its market: `online` where it is traded. */
export const krakenOf = (status: string): Answers => ({
  '/0/public/Time': () => ({ error: [], result: { unixtime: NOW / 1_000 } }),
  '/0/public/Assets': () => ({
    error: [],
    result: {
      XXBT: { altname: 'XBT', decimals: 10, display_decimals: 5, status: 'enabled' },
      USDT: { altname: 'USDT', decimals: 8, display_decimals: 4, status: 'enabled' },
    },
  }),
  '/0/public/AssetPairs': () => ({
    error: [],
    result: {
      XBTUSDT: {
        altname: 'XBTUSDT',
        wsname: 'XBT/USDT',
        base: 'XXBT',
        quote: 'USDT',
        pair_decimals: 1,
        lot_decimals: 8,
        cost_decimals: 5,
        tick_size: '0.1',
        ordermin: '0.0001',
        costmin: '0.5',
        fees: [[0, 0.4]],
        fees_maker: [[0, 0.25]],
        status,
      },
    },
  }),
});

export function krakenBook(request: unknown): object | null {
  const { params } = Object(request);
  if (Object(params).channel !== 'book') return null;
  // It takes 10, 25, 100, 500 and 1,000.
  assert.equal(params.depth, 100);
  const level = (price: number): object => ({ price, qty: 1 });
  const data = {
    symbol: params.symbol[0],
    bids: BIDS.map(level),
    asks: ASKS.map(level),
    checksum: 0,
    timestamp: new Date(NOW).toISOString(),
  };
  return { channel: 'book', type: 'snapshot', data: [data] };
}
