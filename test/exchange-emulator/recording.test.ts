/** The emulator over recorded candles, which have gaps and symbols that come later. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE, HOUR } from '../../src/market/time.ts';
import { recordingFromColumns, type SymbolColumns } from '../../src/venue/replay/recording.ts';
import { bybitSession } from './harness.ts';

const START = 1_704_067_200_000;

/** Candles that open at those bars after the start, each ten ticks above the one before. */
function recorded(base: string, bars: readonly number[]): SymbolColumns {
  const at = (offset: number) => bars.map((bar) => 100 + bar + offset);
  return {
    instrument: {
      symbol: `${base}USDT`,
      base,
      quote: 'USDT',
      type: 'linear',
      tick: '0.1',
      lot: '0.01',
      minNotional: '5',
      makerFee: 0.0002,
      takerFee: 0.00055,
    },
    closeTime: bars.map((bar) => START + (bar + 1) * BASE),
    open: at(0),
    high: at(1.5),
    low: at(-0.5),
    close: at(1),
    volume: bars.map(() => 120),
  };
}

test('a gap is a gap, a symbol is not there before its first candle, and prices stand still after the last', async () => {
  const source = recordingFromColumns([recorded('AAA', [0, 1, 4, 5]), recorded('BBB', [4, 5])]);
  await using session = await bybitSession({ source });
  const { client, control } = session;
  const traded = async () => Object.keys(await client.fetchTickers(undefined, { type: 'swap' }));
  await client.loadMarkets();
  assert.deepEqual(await traded(), ['AAA/USDT:USDT']);
  control.advance(3 * BASE);
  assert.equal(control.price('AAAUSDT').last, '102');
  assert.deepEqual(await traded(), ['AAA/USDT:USDT']);
  control.advance(BASE);
  await client.loadMarkets(true);
  assert.equal(control.price('AAAUSDT').last, '104');
  assert.deepEqual(await traded(), ['AAA/USDT:USDT', 'BBB/USDT:USDT']);
  control.advance(HOUR);
  assert.equal(control.price('AAAUSDT').last, '106');
});

test('recorded candles are served as they are', async () => {
  const source = recordingFromColumns([recorded('AAA', [0, 1, 4, 5]), recorded('BBB', [4, 5])]);
  await using session = await bybitSession({ source });
  const { client, control } = session;
  await client.loadMarkets();
  control.advance(HOUR);
  await client.loadMarkets(true);
  const candles = await client.fetchOHLCV('AAA/USDT:USDT', '5m', START, 10);
  assert.deepEqual(
    candles.map((row) => (Number(row[0]) - START) / BASE),
    [0, 1, 4, 5],
  );
  assert.deepEqual(candles[2]?.slice(1), [104, 105.5, 103.5, 105, 120]);
  assert.equal(control.price('BBBUSDT').last, '106');
});
