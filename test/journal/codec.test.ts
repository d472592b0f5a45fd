import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeColumns, encodeColumns } from '../../src/journal/codec/bar-columns-blob.ts';
import { decodeEntry, encodeEntry } from '../../src/journal/codec/entry.ts';
import { exactJson, parseExactJson } from '../../src/journal/codec/exact-json.ts';
import { barColumns } from '../../src/market/bars.ts';
import { entryOf, WALL } from './kit.ts';

test('every number comes back as it was, NaN, the infinities and minus zero too, or a replay would differ', () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.double(),
      fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
      fc.string(),
      fc.constant('{"$number":"NaN"}'),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      const text = exactJson(value);
      const back = parseExactJson(text);
      assert.deepEqual(back, value);
      assert.equal(exactJson(back), text, 'written again it is the same text');
    }),
  );
});

test('what has no odd number is plain JSON that any program reads', () => {
  const value = { a: [1, 0.1, 'x', null, true], b: { c: 1e300 } };
  assert.equal(exactJson(value), JSON.stringify(value));
  assert.equal(exactJson({ r: -0, v: [Number.NaN] }), '{"r":{"$number":"-0"},"v":[{"$number":"NaN"}]}');
});

test('the columns of a close time come back bit by bit, and no more than their count', () => {
  const row = fc.tuple(fc.integer(), fc.double(), fc.double(), fc.double(), fc.double(), fc.double());
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const bars = barColumns(rows.length + 3);
      for (const column of [bars.open, bars.high, bars.low, bars.close, bars.volume]) column.fill(7);
      for (const [i, [symbol, open, high, low, close, volume]] of rows.entries()) {
        bars.symbol[i] = symbol;
        bars.open[i] = open;
        bars.high[i] = high;
        bars.low[i] = low;
        bars.close[i] = close;
        bars.volume[i] = volume;
      }
      bars.count = rows.length;
      const bytes = encodeColumns(bars);
      const back = decodeColumns(bytes, 5);
      assert.equal(back.count, rows.length);
      assert.equal(back.closeTime, 5);
      for (const name of ['symbol', 'open', 'high', 'low', 'close', 'volume'] as const) {
        assert.deepEqual(back[name], bars[name].slice(0, rows.length), name);
      }
    }),
  );
  assert.throws(() => decodeColumns(Buffer.of(2, 0, 0, 0, 1), 0), RangeError);
});

test('an entry does not change with the columns and outputs that it was made from', () => {
  const bars = barColumns(1);
  bars.count = 1;
  bars.close[0] = 42;
  const outputs = [{ kind: 'cancel', at: WALL, orderId: 1 }] as const;
  const row = encodeEntry(entryOf(1, { kind: 'bars', at: WALL, phase: 'live', bars }, outputs), 0);
  bars.close[0] = 43;
  const { input, outputsText } = decodeEntry(row);
  assert.ok(input.kind === 'bars' && input.bars.close[0] === 42);
  assert.equal(outputsText, '[{"kind":"cancel","at":1704067200000,"orderId":1}]');
});
