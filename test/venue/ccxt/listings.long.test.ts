/** What an exchange lists changes while it is traded on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import { BASE, HOUR, MINUTE } from '../../../src/market/time.ts';
import { emulated } from './emulated.ts';
import { BTC, order } from './order.ts';

const ETH = 'ETH/USDT:USDT';
const FET = 'FET/USDT:USDT';

const id = (order: number): string => `bo-20260101T000000-test-${order}-1`;

for (const protocol of ['bybit', 'binance'] as const) {
  test(`${protocol}: a market that is listed meanwhile comes behind the others, with its history, candles and books`, async () => {
    await using session = await emulated({ protocol, unlisted: ['BTCUSDT'] });
    assert.deepEqual(
      session.venue.instruments.map(({ symbol }) => symbol),
      [ETH],
    );
    session.listen();
    await session.until('a first close', () => session.bars.length > 0);
    session.control.setListed('BTCUSDT', true);
    await session.until('it to be listed', () => session.listed() > 0);
    assert.deepEqual(
      session.venue.instruments.map(({ symbol }) => symbol),
      [ETH, BTC],
    );
    await session.until('its candle', () => session.bars.at(-1)?.rows.has(BTC) === true);
    await session.until('its book', () => (session.books.get(BTC)?.length ?? 0) > 0);
    assert.deepEqual([...(session.bars.at(-1)?.rows.keys() ?? [])], [ETH, BTC]);
    const closes = session.bars.map(({ closeTime }) => closeTime);
    assert.deepEqual(
      closes,
      closes.map((_, i) => (closes[0] ?? 0) + i * BASE),
      'no close is left out for it',
    );
    const history = await session.during(session.venue.market.history(3, { only: new Set([BTC]) }));
    assert.deepEqual(
      [...history].map((bars) => [bars.count, bars.symbol[0]]),
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    );
    assert.deepEqual(session.feed, []);
  });

  test(`${protocol}: a market that is gone gives no candles, and what is open there is found, covered and closed`, async () => {
    await using session = await emulated({ protocol, symbols: ['BTCUSDT', 'ETHUSDT', 'FETUSDT'] });
    session.listen();
    await session.submit(order({}), id(1));
    const stopPrice = new Big(session.control.price('BTCUSDT').last).minus(9_000).toFixed(1);
    await session.submit(order({ side: 'sell', type: 'stop', stopPrice, reduceOnly: true }), id(2));
    session.control.setListed('BTCUSDT', false);
    await session.until('it to be gone', () => session.venue.gone.has(BTC));
    const { length } = session.bars;
    await session.until('two closes', () => session.bars.length >= length + 2);
    assert.deepEqual([...(session.bars.at(-1)?.rows.keys() ?? [])], [ETH, FET]);
    assert.deepEqual(session.feed, []);
    assert.equal((await session.lookUp(BTC, id(2))).kind, 'found');
    assert.equal((await session.submit(order({}), id(3))).kind, 'refused', 'no entry');
    assert.deepEqual(await session.submit(order({ side: 'sell', reduceOnly: true }), id(4)), {
      kind: 'done',
    });
    assert.deepEqual([...((await session.accountBooks())?.positions ?? [])], []);
    session.control.setListed('BTCUSDT', true);
    await session.until('it to be back', () => !session.venue.gone.has(BTC));
    await session.until('its candle', () => session.bars.at(-1)?.rows.has(BTC) === true);
  });

  test(`${protocol}: other ticks and lots are known and kept to before an order is refused for them`, async () => {
    await using session = await emulated({ protocol });
    session.listen();
    session.control.setTerms('BTCUSDT', { tick: '0.5', lot: '0.01', minNotional: '20' });
    await session.until('it to be known', () => session.listed() > 0);
    const [instrument] = session.venue.instruments;
    assert.deepEqual(
      [instrument?.symbol, instrument?.tick, instrument?.lot, instrument?.minNotional],
      [BTC, '0.5', '0.01', '20'],
    );
    const price = new Big(session.control.price('BTCUSDT').last).minus(2_000).round(0).plus('0.5').toFixed();
    const asked = order({ type: 'limit', price, quantity: '0.01' });
    assert.deepEqual(await session.submit(asked, id(1)), { kind: 'done' });
    assert.equal((await session.submit(order({ quantity: '0.015' }), id(2))).kind, 'refused');
  });
}

test('a market whose candles were missing as it went is live again when it is listed again: nothing would be entered there any more', async () => {
  await using session = await emulated({ symbols: ['BTCUSDT', 'ETHUSDT'] });
  session.listen();
  const { control } = session;
  await session.until('a first close', () => session.bars.length > 0);
  const start = Math.floor(control.now() / BASE) * BASE;
  // Until the markets are read again, twice.
  for (let i = 0; i < 4; i += 1) control.withholdCandle('ETHUSDT', start + i * BASE);
  await session.until('it to be missed', () => session.feed.length > 0);
  control.setListed('ETHUSDT', false);
  await session.until('it to be gone', () => session.venue.gone.has(ETH));
  control.setListed('ETHUSDT', true);
  await session.until('it to be back', () => !session.venue.gone.has(ETH));
  await session.until('its candle', () => session.bars.at(-1)?.rows.has(ETH) === true);
  assert.equal(session.feed.at(-1), `${ETH} live`);
});

test('one reading without a market is no proof that it is gone', async () => {
  await using session = await emulated({ symbols: ['BTCUSDT', 'ETHUSDT'] });
  session.listen();
  const { control } = session;
  const since = control.now();
  control.setListed('ETHUSDT', false);
  // Between the first reading that it is missing from and the one that has to confirm it.
  await session.until('a first reading', () => control.now() - since > 10 * 60_000 + 20_000);
  control.setListed('ETHUSDT', true);
  await session.until('half an hour', () => control.now() - since > HOUR / 2);
  assert.deepEqual([session.venue.gone.size, session.listed()], [0, 0]);
});

for (const [protocol, path] of [
  ['bybit', '/v5/market/instruments-info'],
  ['binance', '/fapi/v1/exchangeInfo'],
] as const)
  test(`${protocol}: markets are read again when it is time and not at every request, or the rate limit would go on them`, async () => {
    await using session = await emulated({ protocol });
    const { control } = session;
    const asked = new Set<number>();
    control.onRequest((request) => {
      // One reading may be some pages.
      if (request.path === path) asked.add(Math.floor(control.now() / MINUTE));
    });
    session.listen();
    const since = control.now();
    await session.until('three readings', () => control.now() - since > HOUR / 2 + 30_000);
    assert.equal(asked.size, 3);
    await session.until('a minute', () => control.now() - since > HOUR / 2 + 2 * MINUTE);
    await session.submit(order({}), id(1));
    assert.equal((await session.lookUp(BTC, id(1))).kind, 'found');
    assert.equal(asked.size, 3, 'an order reads no markets');
  });
