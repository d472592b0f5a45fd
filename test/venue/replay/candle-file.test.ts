import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BASE, MINUTE } from '../../../src/market/time.ts';
import { parseCandles, Scratch } from '../../../src/venue/replay/candle-file.ts';
import { csv, HEADER, row, T0 } from './fixtures.ts';

const FIELD = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The plain way to read the same file: the line of the first bad row, or the rows. */
function reference(text: string): number | number[][] {
  const lines = text.split('\n');
  // Empty lines at the end are none; a carriage return too many is not an empty line.
  while (lines.length > 1 && /^\r?$/.test(lines.at(-1) ?? '')) lines.pop();
  const rows: number[][] = [];
  if (lines[0]?.replace(/\r$/, '') !== HEADER) return 1;
  for (const [index, line] of lines.slice(1).entries()) {
    const fields = line.replace(/\r$/, '').split(',');
    const [t = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = fields.map(Number);
    const previous = rows.at(-1)?.[0] ?? 0;
    const good =
      fields.length === 6 &&
      fields.every((field) => FIELD.test(field) && Number.isFinite(Number(field))) &&
      Math.min(open, close, high) >= low &&
      Math.max(open, close, low) <= high &&
      low > 0 &&
      volume >= 0 &&
      t > Math.max(previous, 1e11) &&
      t < 9e12 &&
      t % BASE === 0;
    if (!good) return index + 2;
    rows.push([t, open, high, low, close, volume]);
  }
  return rows.length === 0 ? 2 : rows;
}

const good = csv([
  row(0),
  row(5, '1e1,12,9,1.1E+1,0'),
  row(10, '10,10,10,10,0.30000000000000004'),
  row(30, '.5,.75,.5,.7,1'),
  row(35),
]);

describe('one file of candles', () => {
  it('a damaged file is refused at the first bad row and never read as something else', () => {
    const damage = fc.record({
      at: fc.integer({ min: 0, max: good.length - 1 }),
      remove: fc.integer({ min: 0, max: 3 }),
      insert: fc.string({ unit: fc.constantFrom(...'0159.,-+eE \r\nx'), maxLength: 3 }),
    });
    const scratch = new Scratch();
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 2 }), fc.boolean(), (damages, cut) => {
        let text = cut ? good.trimEnd() : good;
        for (const { at, remove, insert } of damages)
          text = text.slice(0, at) + insert + text.slice(at + remove);
        const expected = reference(text);
        const parsed = parseCandles(Buffer.from(text), BASE, scratch);
        if (typeof expected === 'number') {
          assert.ok(!parsed.ok, `read, though line ${expected} is bad: ${JSON.stringify(text)}`);
          assert.equal(parsed.bad.line, expected, `${parsed.bad.why}: ${JSON.stringify(text)}`);
          return;
        }
        assert.ok(parsed.ok, `refused, though good: ${JSON.stringify(parsed)} ${JSON.stringify(text)}`);
        const { time, ohlcv, count } = parsed.candles;
        const rows = Array.from({ length: count }, (_, index) => [
          time[index],
          ...ohlcv.subarray(index * 5, index * 5 + 5),
        ]);
        assert.deepEqual(rows, expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it('candles of one minute may lie on any minute', () => {
    const parsed = parseCandles(Buffer.from(csv([row(1), row(2), row(7)])), MINUTE);
    assert.ok(parsed.ok);
    assert.deepEqual(
      [...parsed.candles.time],
      [1, 2, 7].map((minute) => T0 + minute * MINUTE),
    );
  });

  it('a bad candle does not make the good ones after it bad', () => {
    const parsed = parseCandles(Buffer.from(csv([row(0), row(5, '1,0,1,1,1'), row(5), row(10)])), BASE);
    assert.ok(!parsed.ok);
    // The one at minute 5 comes twice: the bad one holds its place.
    assert.deepEqual([parsed.bad.line, parsed.bad.more], [3, 1]);
    const next = parseCandles(Buffer.from(csv([row(0), row(50_000, 'x,1,1,1,1'), row(5), row(10)])), BASE);
    assert.ok(!next.ok);
    assert.deepEqual([next.bad.line, next.bad.more], [3, 2]);
  });
});
