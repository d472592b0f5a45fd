import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthenticationError, BadRequest, BadSymbol, ExchangeError, NetworkError } from 'ccxt';
import { BookDepth, type Levels } from '../../../src/venue/ccxt/book-depth.ts';
import { runBookFeed } from '../../../src/venue/ccxt/book-feed.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import { dialectOf } from '../../../src/venue/ccxt/dialects.ts';
import { loadExchange } from '../../../src/venue/ccxt/library.ts';
import { machineTimer } from '../../../src/venue/ccxt/time.ts';
import { servedBybit } from './served-bybit.ts';

/** An exchange that gives books of these numbers of levels alone. */
function gives(numbers: readonly Levels[], refusal: Error) {
  const asked: Levels[] = [];
  const get = async (levels: Levels): Promise<Levels> => {
    asked.push(levels);
    if (!numbers.includes(levels)) throw refusal;
    return levels;
  };
  return { asked, get };
}

for (const refusal of [new BadRequest('no'), new ExchangeError('no'), new AuthenticationError('no')])
  test(`a number of levels that is turned down (${refusal.name}) is asked for once, and the next from then on`, async () => {
    const depth = new BookDepth([50, 100, undefined]);
    const { asked, get } = gives([undefined], refusal);
    assert.deepEqual([await depth.ask(get), await depth.ask(get)], [undefined, undefined]);
    assert.deepEqual(asked, [50, 100, undefined, undefined]);
  });

test('a market that gives no book with any number leaves that of the others as it is', async () => {
  const depth = new BookDepth([100, undefined]);
  const gone = gives([], new BadSymbol('gone'));
  await assert.rejects(depth.ask(gone.get), BadSymbol);
  const others = gives([100, undefined], new BadRequest('no'));
  assert.equal(await depth.ask(others.get), 100);
  // What gave a book is not to blame for what goes wrong later.
  await assert.rejects(depth.ask(gone.get), BadSymbol);
  assert.deepEqual(gone.asked, [100, undefined, 100]);
  assert.equal(await depth.ask(others.get), 100);
});

test('an exchange that is out of reach is told of at once, and not asked for other numbers', async () => {
  const depth = new BookDepth([50, 100, undefined]);
  const { asked, get } = gives([], new NetworkError('away'));
  await assert.rejects(depth.ask(get), NetworkError);
  assert.deepEqual(asked, [50]);
});

test('streams that find the number at the same time trouble nobody with what was turned down', async () => {
  const depth = new BookDepth([50, 100, undefined]);
  let turnDown = (): void => undefined;
  const late = depth.ask(async (levels) => {
    if (levels !== 50) return levels;
    await new Promise<void>((resolve) => {
      turnDown = resolve;
    });
    throw new BadRequest('no');
  });
  assert.equal(await depth.ask(gives([100], new BadRequest('no')).get), 100);
  turnDown();
  assert.equal(await late, 100);
});

test('bybit: one market’s error does not change how deep the books of all are counted', async (t) => {
  const server = await servedBybit();
  t.after(() => server.close());
  server.answer('/v5/market/orderbook', ({ query }) =>
    query.get('symbol') === 'BTCUSDT'
      ? { retCode: 10_001, retMsg: 'params error: symbol invalid' }
      : { result: { s: query.get('symbol'), b: [['3000', '1']], a: [['3001', '1']], ts: 1, u: 1 } },
  );
  const made = await loadExchange('bybit');
  assert.ok(made !== null);
  const exchange = connect(made, { type: 'linear', quote: 'USDT', urls: server.urls, exact: false });
  t.after(() => exchange.close());
  await exchange.loadMarkets();
  const end = new AbortController();
  const failures: unknown[] = [];
  await runBookFeed({
    exchange,
    timer: machineTimer,
    symbols: ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
    sizes: [1, 1],
    abilities: { candles: 'none', books: 'none', orders: false, fills: false },
    dialect: dialectOf('bybit'),
    book: () => end.abort(),
    failed: (error) => failures.push(error),
    opened: () => undefined,
    signal: end.signal,
  });
  const books = server.asked.filter(({ path }) => path === '/v5/market/orderbook');
  assert.deepEqual(
    books.map(({ query }) => [query.get('symbol'), query.get('limit')]),
    [
      ['BTCUSDT', '100'],
      ['ETHUSDT', '100'],
    ],
  );
  assert.equal(failures.length, 1, 'and its error is told');
});
