import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import {
  BadMonth,
  decodeMonth,
  decodeTimes,
  encodeMonth,
} from '../../../src/venue/candle-store/month-file.ts';
import { T0 } from './kit.ts';

const UNPACK = { GZIP: (packed: Uint8Array) => gunzipSync(packed) };

const OF = { exchange: 'bybit', symbol: 'BTC/USDT:USDT', timeframe: '5m' };

function month(values: readonly number[]): { time: Float64Array; ohlcv: Float64Array } {
  const rows = Math.floor(values.length / 5);
  return {
    time: Float64Array.from({ length: rows }, (_, row) => T0 + row * 300_000),
    ohlcv: Float64Array.from(values.slice(0, rows * 5)),
  };
}

it('every float64 comes back as it was, to the last bit', async () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  await fc.assert(
    fc.asyncProperty(fc.array(finite, { minLength: 5, maxLength: 100 }), async (values) => {
      const rows = month(values);
      const { time, ohlcv, about } = await decodeMonth(Buffer.from(encodeMonth(OF, rows)));
      assert.deepEqual(time, rows.time);
      assert.deepEqual(Buffer.from(ohlcv.buffer), Buffer.from(rows.ohlcv.buffer));
      const { exchange, symbol, timeframe } = about;
      assert.deepEqual({ exchange, symbol, timeframe }, OF);
    }),
  );
});

it('any reader of Parquet finds times in UTC and columns without nulls', async () => {
  const bytes = encodeMonth(OF, month([1.1, 2.2, 0.3, 1.5, 9.9e-7, 1, 1, 1, 1, 0]));
  const file = bytes.slice().buffer;
  const { children } = parquetSchema(parquetMetadata(file));
  assert.deepEqual(
    children.map(({ element: { name, type, repetition_type, logical_type } }) => ({
      name,
      type,
      repetition_type,
      ...(logical_type && { logical_type }),
    })),
    [
      {
        name: 'timestamp',
        type: 'INT64',
        repetition_type: 'REQUIRED',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      },
      ...['open', 'high', 'low', 'close', 'volume'].map((name) => ({
        name,
        type: 'DOUBLE',
        repetition_type: 'REQUIRED',
      })),
    ],
  );
  const rows = await parquetReadObjects({ file, compressors: UNPACK });
  assert.deepEqual(rows, [
    { timestamp: new Date(T0), open: 1.1, high: 2.2, low: 0.3, close: 1.5, volume: 9.9e-7 },
    { timestamp: new Date(T0 + 300_000), open: 1, high: 1, low: 1, close: 1, volume: 0 },
  ]);
});

it('a file that was damaged anywhere is refused or reads as it was: no price comes from a flipped bit', async () => {
  const rows = month(Array.from({ length: 500 }, (_, i) => 100 + i / 8));
  const whole = Buffer.from(encodeMonth(OF, rows));
  const good = await decodeMonth(whole);
  let refused = 0;
  for (let at = 0; at < whole.length; at += 1) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    try {
      assert.deepEqual(await decodeMonth(bytes), good, `byte ${at}`);
    } catch (error) {
      assert.ok(error instanceof BadMonth, `byte ${at}: ${error}`);
      refused += 1;
    }
  }
  assert.ok(refused > whole.length / 2, `${refused} of ${whole.length}`);
});

it('a file that was cut off, or is none, says so in one line', async () => {
  const whole = Buffer.from(encodeMonth(OF, month(Array.from({ length: 500 }, (_, i) => 1 + i))));
  for (const bytes of [Buffer.alloc(0), whole.subarray(0, 4), whole.subarray(0, -1), whole.subarray(8)])
    for (const decode of [decodeMonth, decodeTimes])
      await assert.rejects(decode(bytes), (error) => {
        assert.ok(error instanceof BadMonth);
        assert.match(error.message, /^damaged, or no Parquet file \(/);
        assert.ok(!error.message.includes('\n'));
        return true;
      });
});
