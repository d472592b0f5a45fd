/** Books of exchanges that are traded on paper alone, by ccxt over real HTTP and WebSocket. Time passes when it is told to. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BookSummary } from '../../../src/market/book.ts';
import type { InstrumentType } from '../../../src/market/instrument.ts';
import { SECOND } from '../../../src/market/time.ts';
import { streamAbilities } from '../../../src/venue/ccxt/abilities.ts';
import { runBookFeed } from '../../../src/venue/ccxt/book-feed.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import { loadExchange } from '../../../src/venue/ccxt/library.ts';
import { HandTimer } from './hand-timer.ts';
import { type Answers, ASKS, BIDS, krakenBook, krakenOf, NOW, served, streamed } from './served-others.ts';

interface Books {
  readonly timer: HandTimer;
  readonly told: readonly BookSummary[];
  /** Lets time pass until so many are told. */
  upTo(count: number): Promise<void>;
  /** Loses the connection. */
  drop(): void;
}

async function books(
  t: TestContext,
  { id, type, symbol }: { readonly id: string; readonly type: InstrumentType; readonly symbol: string },
  answers: Answers,
  pushed: (request: unknown) => object | null,
): Promise<Books> {
  const { drop, ...streams } = await streamed(t, pushed);
  const urls = { ...(await served(t, answers)), ...streams };
  const made = await loadExchange(id);
  assert.ok(made !== null);
  const exchange = connect(made, { type, quote: 'USDT', urls, exact: false });
  await exchange.loadHttpProxyAgent();
  await exchange.loadMarkets();
  const timer = new HandTimer();
  const told: BookSummary[] = [];
  const end = new AbortController();
  const feed = runBookFeed({
    exchange,
    timer,
    symbols: [symbol],
    sizes: [1],
    abilities: streamAbilities(exchange, type),
    dialect: null,
    book: (_, book) => told.push(book),
    failed: () => undefined,
    opened: () => undefined,
    signal: end.signal,
  });
  t.after(async () => {
    end.abort();
    await exchange.close();
    await feed;
  });
  return {
    timer,
    told,
    drop,
    upTo: async (count) => {
      while (told.length < count) {
        await new Promise((resolve) => setImmediate(resolve));
        await timer.pass(SECOND);
      }
    },
  };
}

test('a book that is neither dated nor numbered is told when its stream is heard, and not while that is silent', async (t) => {
  const market = { id: 'kraken', type: 'spot', symbol: 'BTC/USDT' } as const;
  const { timer, told, upTo } = await books(t, market, krakenOf('online'), krakenBook);
  await upTo(1);
  for (let passed = 0; passed < 20; passed += 1) await timer.pass(SECOND);
  assert.equal(told.length, 1);
});

const dydx: Answers = {
  '/v4/perpetualMarkets': () => ({
    markets: {
      'BTC-USD': {
        ...{ ticker: 'BTC-USD', status: 'ACTIVE', clobPairId: '0', atomicResolution: -10 },
        ...{ stepBaseQuantums: 1_000_000, stepSize: '0.0001', tickSize: '1' },
      },
    },
  }),
};

test('dydx: after a connection is lost the book is that of the new one, without what was taken away meanwhile', async (t) => {
  let connections = 0;
  const pushed = (request: unknown): object | null => {
    connections += 1;
    const down = connections === 1 ? 0 : 1_000;
    const level = (price: number): object => ({ price: String(price - down), size: '1' });
    return {
      ...{ type: 'subscribed', message_id: connections, channel: 'v4_orderbook', id: Object(request).id },
      contents: { bids: BIDS.map(level), asks: ASKS.map(level) },
    };
  };
  const market = { id: 'dydx', type: 'linear', symbol: 'BTC/USDC:USDC' } as const;
  const { told, upTo, drop } = await books(t, market, dydx, pushed);
  await upTo(1);
  drop();
  await upTo(2);
  assert.deepEqual([told[1]?.bid, told[1]?.ask], [BIDS[0] - 1_000, ASKS[0] - 1_000]);
});

const bitget: Answers = {
  '/api/v2/spot/public/coins': () => ({ code: '00000', data: [] }),
  '/api/v2/margin/currencies': () => ({ code: '00000', data: [] }),
  '/api/v2/spot/public/symbols': () => ({
    code: '00000',
    data: [
      {
        symbol: 'BTCUSDT',
        baseCoin: 'BTC',
        quoteCoin: 'USDT',
        minTradeAmount: '0',
        takerFeeRate: '0.002',
        makerFeeRate: '0.002',
        pricePrecision: '2',
        quantityPrecision: '6',
        minTradeUSDT: '1',
        status: 'online',
      },
    ],
  }),
};

function bitgetBook(request: unknown): object | null {
  const { args } = Object(request);
  const arg: unknown = Array.isArray(args) ? args[0] : undefined;
  // Of its 50 levels it knows on accounts of another kind alone.
  if (Object(arg).channel !== 'books') return { event: 'error', arg, code: 30_016, msg: 'Param error' };
  const level = (price: number): string[] => [String(price), '1'];
  const data = { bids: BIDS.map(level), asks: ASKS.map(level), ts: String(NOW), checksum: 0 };
  return { action: 'snapshot', arg, data: [data] };
}

test('bitget: books come by a channel that it has for every account', async (t) => {
  const market = { id: 'bitget', type: 'spot', symbol: 'BTC/USDT' } as const;
  const { told, upTo } = await books(t, market, bitget, bitgetBook);
  await upTo(1);
  assert.deepEqual([told[0]?.bid, told[0]?.ask], [BIDS[0], ASKS[0]]);
});
