/** Exchanges that are traded on paper alone, over real HTTP: their markets are loaded, and volumes are in base units. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { WebSocketServer } from 'ws';
import type { BookSummary } from '../../../src/market/book.ts';
import type { InstrumentType } from '../../../src/market/instrument.ts';
import { BASE } from '../../../src/market/time.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import { exchangeIds, loadExchange } from '../../../src/venue/ccxt/library.ts';
import { openCcxtVenue } from '../../../src/venue/ccxt/venue.ts';
import { type Asked, type Reply, servedBybit } from './served-bybit.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 2, 30);
const END = Math.floor(NOW / BASE) * BASE;
const BARS = 3;
const OPENED = [3, 2, 1].map((back) => END - back * BASE);
/** In base units. */
const VOLUME = 250;

interface Served {
  readonly exchange: string;
  readonly type: InstrumentType;
  readonly symbol: string;
  readonly lot: string;
  readonly answers: Readonly<Record<string, (asked: Asked) => unknown>>;
}

const gateContract = {
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
};

const okxMarket = (instType: string | null): object => ({
  instType,
  instId: instType === 'SWAP' ? 'BTC-USDT-SWAP' : 'BTC-USDT',
  ...(instType === 'SWAP'
    ? { uly: 'BTC-USDT', settleCcy: 'USDT', ctVal: '0.01', ctValCcy: 'BTC', ctType: 'linear', lotSz: '1' }
    : { baseCcy: 'BTC', quoteCcy: 'USDT', lotSz: '0.0001' }),
  tickSz: '0.1',
  minSz: '1',
  state: 'live',
});

/** `counts` in what it trades, then what that is in base units. */
const okxCandle =
  (counts: number) =>
  (at: number): string[] => [
    String(at),
    '60000',
    '60100',
    '59900',
    '60050',
    String(counts),
    String(VOLUME),
    '0',
    '1',
  ];

const okx = (type: InstrumentType, counts: number): Served['answers'] => ({
  '/api/v5/public/time': () => ({ code: '0', data: [{ ts: String(NOW) }] }),
  '/api/v5/public/instruments': ({ query }) => {
    const known = ['SPOT', 'SWAP', 'FUTURES', 'OPTION'].includes(query.get('instType') ?? '');
    // As it answers what it does not know.
    if (!known) return { code: '51000', msg: 'Parameter instType error', data: [] };
    assert.equal(query.get('instType'), type === 'spot' ? 'SPOT' : 'SWAP', 'no other kind is asked for');
    return { code: '0', data: [okxMarket(query.get('instType'))] };
  },
  '/api/v5/market/candles': () => ({ code: '0', data: OPENED.map(okxCandle(counts)).reverse() }),
});

const SERVED: readonly Served[] = [
  {
    exchange: 'gate',
    type: 'linear',
    symbol: 'BTC/USDT:USDT',
    lot: '0.0001',
    answers: {
      '/api/v4/spot/time': () => ({ server_time: NOW }),
      '/api/v4/spot/currencies': () => [],
      '/api/v4/futures/usdt/contracts': () => [gateContract],
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
    },
  },
  { exchange: 'okx', type: 'linear', symbol: 'BTC/USDT:USDT', lot: '0.01', answers: okx('linear', 25_000) },
  { exchange: 'okx', type: 'spot', symbol: 'BTC/USDT', lot: '0.0001', answers: okx('spot', VOLUME) },
];

for (const { exchange, type, symbol, lot, answers } of SERVED) {
  test(`${exchange}, ${type}: markets are loaded and volumes are in base units`, async () => {
    const server = await servedBybit();
    for (const [path, whole] of Object.entries(answers))
      server.answer(path, (asked): Reply => ({ whole: whole(asked) }));
    try {
      const venue = await openCcxtVenue({ exchange, type, quote: 'USDT', urls: server.urls });
      try {
        assert.deepEqual(
          venue.instruments.map((each) => [each.symbol, each.lot]),
          [[symbol, lot]],
        );
        const bars = [...(await venue.market.history(BARS, { before: NOW }))];
        const volumes = [];
        for (const { volume } of bars) volumes.push(volume[0]);
        assert.deepEqual(volumes, [VOLUME, VOLUME, VOLUME]);
      } finally {
        await venue.close();
      }
    } finally {
      await server.close();
    }
  });
}

test('of every exchange the kind that is traded is loaded, in words that ccxt knows there', async () => {
  const kinds: readonly InstrumentType[] = ['linear', 'spot'];
  for (const id of exchangeIds()) {
    const made = await loadExchange(id);
    assert.ok(made !== null);
    const own: unknown = new made({}).options.fetchMarkets;
    for (const type of kinds) {
      const loads: unknown = connect(made, { type, quote: 'USDT', exact: false }).options.fetchMarkets;
      const before = typesOf(own);
      if (!Array.isArray(before)) {
        assert.deepEqual(loads, own, id);
        continue;
      }
      const left = typesOf(loads);
      assert.ok(Array.isArray(left) && left.length > 0, id);
      for (const word of left) assert.ok(before.includes(word), `${id} does not load ${word}`);
    }
  }
});

function typesOf(options: unknown): unknown {
  return typeof options === 'object' && options !== null ? Reflect.get(options, 'types') : undefined;
}

test('an exchange of which ccxt has no ticks, or no candles of 5 m, is refused before it is asked anything', async () => {
  for (const [exchange, lack] of [
    ['bitfinex', /^bitfinex cannot be traded here: ccxt has no prices in ticks of it$/],
    ['coincheck', /^coincheck cannot be traded here: ccxt has no candles of 5m of it$/],
  ] as const) {
    const server = await servedBybit();
    try {
      await assert.rejects(
        openCcxtVenue({ exchange, type: 'spot', quote: 'USDT', urls: server.urls }),
        ({ message }: Error) => lack.test(message),
      );
      assert.deepEqual(server.asked, []);
    } finally {
      await server.close();
    }
  }
});

interface Streamed {
  readonly exchange: string;
  readonly answers: Served['answers'];
  /** The book that is pushed for a request to subscribe; null for other requests. */
  readonly book: (request: unknown) => object | null;
}

/** A level of OKX: price, contracts, and two figures that nobody reads. */
const okxLevel = (price: number): string[] => [String(price), '100', '0', '1'];
const krakenLevel = (price: number): object => ({ price, qty: 1 });
const BIDS = [60_000, 59_990];
const ASKS = [60_010, 60_020];

const STREAMED: readonly Streamed[] = [
  {
    exchange: 'okx',
    answers: okx('linear', 25_000),
    book: (request) => {
      const { args } = Object(request);
      const arg = Array.isArray(args)
        ? args.find(({ channel }) => String(channel).includes('book'))
        : undefined;
      if (arg === undefined) return null;
      // 50 levels are for customers, with keys.
      assert.equal(arg.channel, 'books');
      const data = {
        bids: BIDS.map(okxLevel),
        asks: ASKS.map(okxLevel),
        ts: String(NOW),
        seqId: 1,
        prevSeqId: -1,
      };
      return { arg, action: 'snapshot', data: [data] };
    },
  },
  {
    exchange: 'kraken',
    answers: {
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
            status: 'online',
          },
        },
      }),
    },
    book: (request) => {
      const { params } = Object(request);
      if (Object(params).channel !== 'book') return null;
      assert.equal(params.depth, 100);
      const data = {
        symbol: params.symbol[0],
        bids: BIDS.map(krakenLevel),
        asks: ASKS.map(krakenLevel),
        checksum: 0,
        timestamp: new Date(NOW).toISOString(),
      };
      return { channel: 'book', type: 'snapshot', data: [data] };
    },
  },
];

for (const { exchange, answers, book } of STREAMED) {
  test(`${exchange}: books come, though the number of levels that is asked for first is turned down`, async (t) => {
    const server = await servedBybit();
    t.after(() => server.close());
    for (const [path, whole] of Object.entries(answers))
      server.answer(path, (asked): Reply => ({ whole: whole(asked) }));
    const urls = { ...server.urls, ...(await streamed(t, book)) };
    const type = exchange === 'kraken' ? 'spot' : 'linear';
    const venue = await openCcxtVenue({ exchange, type, quote: 'USDT', urls });
    t.after(() => venue.close());
    const { bid, ask } = await new Promise<BookSummary>((resolve) => {
      venue.market.subscribe(
        {
          bars: () => undefined,
          feed: () => undefined,
          corrected: () => undefined,
          book: (_, one) => resolve(one),
        },
        0,
      );
    });
    assert.deepEqual([bid, ask], [BIDS[0], ASKS[0]]);
  });
}

/** A server of streams that pushes what `answer` gives for a message. */
async function streamed(
  t: TestContext,
  answer: Streamed['book'],
): Promise<{ readonly wsPublic: string; readonly wsPrivate: string }> {
  const streams = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  streams.on('connection', (socket) => {
    socket.on('message', (message) => {
      const text = String(message);
      const pushed = text.startsWith('{') ? answer(JSON.parse(text)) : null;
      if (pushed !== null) socket.send(JSON.stringify(pushed));
    });
  });
  t.after(() => {
    for (const socket of streams.clients) socket.terminate();
    streams.close();
  });
  await once(streams, 'listening');
  const address = streams.address();
  assert.ok(typeof address === 'object' && address !== null);
  const url = `ws://127.0.0.1:${address.port}`;
  return { wsPublic: url, wsPrivate: url };
}
