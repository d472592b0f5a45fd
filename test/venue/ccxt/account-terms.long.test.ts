/** Leverage and margin mode are as the config asks in every market, also in those that are listed later. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emulated } from './emulated.ts';
import { order } from './order.ts';

const ETH = 'ETH/USDT:USDT';
const FET = 'FET/USDT:USDT';
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'FETUSDT'];
const TERMS = { marginMode: 'isolated', leverage: 3 } as const;

for (const protocol of ['bybit', 'binance'] as const) {
  test(`${protocol}: isolated margin and its leverage are set in all markets, not in the first alone`, async () => {
    await using session = await emulated({ protocol, symbols: SYMBOLS });
    const { control } = session;
    assert.equal(await session.during(session.account.marginMode()), 'cross');
    assert.deepEqual(await session.during(session.account.hold(TERMS)), []);
    for (const symbol of SYMBOLS)
      assert.deepEqual(control.margin(symbol), { mode: 'isolated', leverage: '3' });
    assert.equal(await session.during(session.account.marginMode()), 'isolated');
  });

  test(`${protocol}: a market that is listed later is traded on the same terms, or a trade there would risk the whole account`, async () => {
    await using session = await emulated({ protocol, symbols: SYMBOLS, unlisted: ['FETUSDT'] });
    const { control } = session;
    await session.during(session.account.hold(TERMS));
    assert.equal(control.margin('FETUSDT').leverage, '10');
    session.listen();
    control.setListed('FETUSDT', true);
    await session.until('it to be known', () => session.listed() > 0);
    assert.equal(session.venue.instruments.at(-1)?.symbol, FET);
    assert.deepEqual(control.margin('FETUSDT'), { mode: 'isolated', leverage: '3' });
  });
}

test('binance: where a position keeps a market from its terms that market is named, and one that is listed later is not traded', async () => {
  await using session = await emulated({ protocol: 'binance', symbols: SYMBOLS });
  for (const [i, [symbol, quantity]] of Object.entries({ [ETH]: '1', [FET]: '100' }).entries()) {
    const clientId = `bo-20260101T000000-test-${i}-1`;
    assert.deepEqual(await session.submit(order({ symbol, quantity }), clientId), { kind: 'done' });
  }
  session.control.setListed('FETUSDT', false);
  session.listen();
  await session.until('it to be gone', () => session.venue.gone.has(FET));
  const [refused, ...more] = await session.during(session.account.hold({ marginMode: 'isolated' }));
  assert.deepEqual(more, []);
  assert.match(
    `${refused?.code} ${refused?.message}`,
    /^MARGIN_MODE margin mode isolated cannot be set in ETH\/USDT:USDT: .*exists position/,
  );
  assert.equal(
    await session.during(session.account.marginMode()),
    'isolated, cross in ETH/USDT:USDT',
    'what differs is named',
  );
  const listed = session.listed();
  session.control.setListed('FETUSDT', true);
  const since = session.control.now();
  await session.until('half an hour', () => session.control.now() - since > 30 * 60_000);
  assert.deepEqual([session.listed(), session.venue.gone.has(FET)], [listed, true]);
});
