/** Every exchange that can be traded on paper is asked for all that paper needs of it, by ccxt's own code. Nothing is sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstrumentType } from '../../../src/market/instrument.ts';
import { BASE } from '../../../src/market/time.ts';
import { can, candlePage, lackToTrade, streamAbilities } from '../../../src/venue/ccxt/abilities.ts';
import { BASE_TIMEFRAME } from '../../../src/venue/ccxt/candle.ts';
import { BASE_FRAME, fetchPage } from '../../../src/venue/ccxt/candle-pages.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import type { CcxtExchange } from '../../../src/venue/ccxt/exchange.ts';
import { exchangeIds, loadExchange } from '../../../src/venue/ccxt/library.ts';
import { knownLack } from '../../../src/venue/ccxt/shortfalls.ts';

const KINDS: readonly InstrumentType[] = ['linear', 'spot'];
const NOW = Date.UTC(2026, 2, 1);

/** @param sent is called where something would be sent, and nothing is answered. */
async function instanceOf(
  id: string,
  type: InstrumentType,
  sent = (): void => undefined,
): Promise<CcxtExchange> {
  const made = await loadExchange(id);
  assert.ok(made !== null);
  const exchange = connect(made, { type, quote: 'USDT', exact: false });
  exchange.throttle = () => Promise.resolve();
  for (const way of ['fetch', 'watch', 'watchMultiple'])
    assert.ok(
      Reflect.set(exchange, way, () => {
        sent();
        return new Promise(() => undefined);
      }),
    );
  return exchange;
}

type Need = (exchange: CcxtExchange, symbol: string) => Promise<unknown>;

/** What paper asks an exchange for once it has its markets. */
function needsOf(exchange: CcxtExchange, type: InstrumentType): readonly Need[] {
  const { candles, books } = streamAbilities(exchange, type);
  const page = candlePage(exchange, type) ?? 100;
  const all: readonly (readonly [boolean, Need])[] = [
    [true, (each) => each.loadMarkets(true)],
    [can(exchange, 'fetchTime'), (each) => each.fetchTime()],
    [true, (each, symbol) => fetchPage(each, symbol, BASE_FRAME, NOW - 500 * BASE, page)],
    [candles === 'single', (each, symbol) => each.watchOHLCV(symbol, BASE_TIMEFRAME)],
    [candles === 'batch', (each, symbol) => each.watchOHLCVForSymbols([[symbol, BASE_TIMEFRAME]])],
    [books === 'single', (each, symbol) => each.watchOrderBook(symbol)],
    [books === 'batch', (each, symbol) => each.watchOrderBookForSymbols([symbol])],
    [true, (each, symbol) => each.fetchOrderBook(symbol)],
  ];
  return all.flatMap(([is, need]) => (is ? [need] : []));
}

/** Why they are turned down here, of each that is. */
async function turnedDown(id: string, type: InstrumentType): Promise<string[]> {
  const reasons: string[] = [];
  const market = marketOf(type);
  for (const need of needsOf(await instanceOf(id, type), type)) {
    const reason = await new Promise<string | null>((resolve, fail) => {
      instanceOf(id, type, () => resolve(null))
        .then((exchange) => {
          exchange.setMarkets([market]);
          return need(exchange, market.symbol).then(String, String);
        })
        .then(resolve, fail);
    });
    if (reason !== null) reasons.push(`${id}, ${type}: ${reason}`);
  }
  return reasons;
}

function marketOf(type: InstrumentType) {
  const swap = type === 'linear';
  return {
    id: '7',
    lowercaseId: '7',
    symbol: swap ? 'BTC/USDT:USDT' : 'BTC/USDT',
    base: 'BTC',
    quote: 'USDT',
    ...(swap ? { settle: 'USDT', settleId: 'USDT', linear: true, contractSize: 1 } : {}),
    baseId: 'BTC',
    quoteId: 'USDT',
    type: swap ? 'swap' : 'spot',
    spot: !swap,
    swap,
    contract: swap,
    active: true,
    precision: { amount: 0.001, price: 0.1 },
    limits: {},
    info: {},
  };
}

test('whatever paper needs of an exchange that it is offered on is asked for, and not turned down by ccxt', async () => {
  const reasons: string[] = [];
  for (const id of exchangeIds())
    for (const type of KINDS) {
      const exchange = await instanceOf(id, type);
      if (lackToTrade(exchange) !== null || !can(exchange, type === 'spot' ? 'spot' : 'swap')) continue;
      reasons.push(...(await turnedDown(id, type)));
    }
  assert.deepEqual(reasons, []);
});

test('an exchange that is refused for want of keys does want them', async () => {
  const wanting = exchangeIds().filter((id) => knownLack(id)?.includes('without keys') === true);
  assert.ok(wanting.length > 0);
  for (const id of wanting) {
    const exchange = await instanceOf(id, 'linear');
    const type = can(exchange, 'swap') ? 'linear' : 'spot';
    assert.match((await turnedDown(id, type)).join('\n'), /AuthenticationError/, id);
  }
});
