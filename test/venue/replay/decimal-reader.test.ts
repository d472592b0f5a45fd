import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DecimalReader, NOISY } from '../../../src/venue/replay/decimal-reader.ts';

function read(text: string, tail = ','): { value: number; end: number; decimals: number } {
  const reader = new DecimalReader(Buffer.from(`${text}${tail}`));
  const value = reader.read(0);
  return { value, end: reader.end, decimals: reader.decimals };
}

const digits = (max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: max }).map((list) => list.join(''));
const exponent = fc.tuple(
  fc.constantFrom('e', 'E'),
  fc.constantFrom('', '+', '-'),
  fc.integer({ min: 0, max: 330 }),
);
const decimal = fc
  .tuple(
    fc.constantFrom('', '', '-', '+'),
    digits(20),
    fc.option(digits(25)),
    fc.option(exponent, { freq: 3 }),
  )
  .map(
    ([sign, whole, fraction, power]) =>
      `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${power === null ? '' : power.join('')}`,
  );

describe('decimals from bytes', () => {
  it('a price is never off by a bit from what Number makes of its text', () => {
    fc.assert(
      fc.property(decimal, fc.constantFrom(',', '\n', '\r\n', ''), (text, tail) => {
        const expected = Number(text);
        const { value, end } = read(text, tail);
        assert.ok(Object.is(value, Number.isFinite(expected) ? expected : Number.NaN), `${text} -> ${value}`);
        assert.equal(end, text.length);
      }),
      { numRuns: 5_000 },
    );
  });

  it('every float64 that was printed comes back as itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = String(value);
        assert.ok(Object.is(read(text).value, Number(text)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('what is not a number is not traded on', () => {
    for (const text of [
      '',
      '-',
      '.',
      'e5',
      '1e',
      '1e+',
      '1.2.3',
      '1_0',
      '0x10',
      'Infinity',
      'NaN',
      ' 1',
      '1 ',
      '"1"',
      '1e999',
    ]) {
      assert.ok(Number.isNaN(read(text).value), JSON.stringify(text));
    }
  });

  it('the tick comes from the decimals that count, also in exponent notation', () => {
    const cases: [string, number][] = [
      ['42283.58', 2],
      ['42283.58000000', 2],
      ['100', 0],
      ['100.000', 0],
      ['0.0000013', 7],
      ['9.9e-7', 8],
      ['9.90e-7', 8],
      ['9e-7', 7],
      ['10e-7', 6],
      ['10.0e-7', 6],
      ['1.2e1', 0],
      ['1.234e1', 2],
      ['1e3', 0],
      ['0', 0],
      ['0.000', 0],
      ['0.10000000000000000000', 1],
      ['0.30000000000000004', NOISY],
      ['46866196360', 0],
    ];
    for (const [text, decimals] of cases) assert.equal(read(text).decimals, decimals, text);
  });
});
