/** Exchanges that are traded on paper alone, by ccxt over real HTTP and WebSocket. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BookSummary } from '../../../src/market/book.ts';
import type { InstrumentType } from '../../../src/market/instrument.ts';
import { connect } from '../../../src/venue/ccxt/connect.ts';
import { exchangeIds, loadExchange } from '../../../src/venue/ccxt/library.ts';
import { openCcxtVenue } from '../../../src/venue/ccxt/venue.ts';
import {
  ASKS,
  BIDS,
  gate,
  krakenBook,
  krakenOf,
  NOW,
  OPENED,
  okx,
  okxBook,
  served,
  streamed,
  VOLUME,
} from './served-others.ts';

for (const { exchange, type, symbol, lot, answers } of [
  { exchange: 'gate', type: 'linear', symbol: 'BTC/USDT:USDT', lot: '0.0001', answers: gate },
  { exchange: 'okx', type: 'linear', symbol: 'BTC/USDT:USDT', lot: '0.01', answers: okx('linear', 25_000) },
  { exchange: 'okx', type: 'spot', symbol: 'BTC/USDT', lot: '0.0001', answers: okx('spot', VOLUME) },
] as const)
  test(`${exchange}, ${type}: markets are loaded and volumes are in base units`, async (t) => {
    const urls = await served(t, answers);
    const venue = await openCcxtVenue({ exchange, type, quote: 'USDT', urls });
    t.after(() => venue.close());
    assert.deepEqual(
      venue.instruments.map((each) => [each.symbol, each.lot]),
      [[symbol, lot]],
    );
    const volumes = Array.from(
      await venue.market.history(OPENED.length, { before: NOW }),
      ({ volume }) => volume[0],
    );
    assert.deepEqual(volumes, [VOLUME, VOLUME, VOLUME]);
  });

for (const { exchange, type, answers, book } of [
  { exchange: 'okx', type: 'linear', answers: okx('linear', 25_000), book: okxBook },
  { exchange: 'kraken', type: 'spot', answers: krakenOf('online'), book: krakenBook },
] as const)
  test(`${exchange}: books come, though the number of levels that is asked for first is turned down`, async (t) => {
    const urls = { ...(await served(t, answers)), ...(await streamed(t, book)) };
    const venue = await openCcxtVenue({ exchange, type, quote: 'USDT', urls });
    t.after(() => venue.close());
    const { bid, ask } = await new Promise<BookSummary>((resolve) => {
      const unheard = (): void => undefined;
      const heard = (_: number, one: BookSummary): void => resolve(one);
      venue.market.subscribe({ bars: unheard, feed: unheard, corrected: unheard, book: heard }, 0);
    });
    assert.deepEqual([bid, ask], [BIDS[0], ASKS[0]]);
  });

test('of an exchange that lists none of what is asked for it is said what it lists', async (t) => {
  const urls = await served(t, krakenOf('online'));
  await assert.rejects(openCcxtVenue({ exchange: 'kraken', type: 'linear', quote: 'USDT', urls }), {
    name: 'VenueUnusable',
    message:
      'kraken lists no linear perpetuals in USDT (it lists spot markets in USDT): see `type` and `quote` of its settings',
  });
});

test('of an exchange none of whose markets can be traded it is said why, not that it lists none', async (t) => {
  const urls = await served(t, krakenOf('cancel_only'));
  await assert.rejects(openCcxtVenue({ exchange: 'kraken', type: 'spot', quote: 'USDT', urls }), {
    name: 'VenueUnusable',
    message: 'none of the spot markets in USDT of kraken can be traded (BTC/USDT: it is not traded now)',
  });
});

test('an exchange that lacks what paper needs, or tells it to nobody without keys, is refused before it is asked anything', async (t) => {
  const { asked, ...urls } = await served(t, {});
  for (const [exchange, lack] of [
    ['bitfinex', 'prices in ticks'],
    ['coincheck', 'candles of 5m'],
    ['luno', 'candles without keys'],
    ['alpaca', 'quotes without keys'],
    ['coinbaseinternational', 'order books'],
    ['backpack', 'fees'],
  ] as const)
    await assert.rejects(openCcxtVenue({ exchange, type: 'spot', quote: 'USDT', urls }), {
      name: 'VenueUnusable',
      message: `${exchange} cannot be traded here: ccxt has no ${lack} of it`,
    });
  assert.deepEqual(asked, []);
});

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
      const words = type === 'spot' ? ['spot'] : ['linear', 'swap'];
      const known = words.filter((word) => before.includes(word));
      // bitrue takes the first of all that it loads for spot.
      if (known.length === 0 || id === 'bitrue') assert.deepEqual(left, before, id);
      else assert.deepEqual(left, known.slice(0, 1), id);
    }
  }
});

function typesOf(options: unknown): unknown {
  return typeof options === 'object' && options !== null ? Reflect.get(options, 'types') : undefined;
}
