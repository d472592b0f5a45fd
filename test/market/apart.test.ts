import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { apart } from '../../src/market/apart.ts';

test('how far a clock is off is read at a glance, from milliseconds to days', () => {
  const said = [
    0, 12.4, 999.4, 999.6, 1_500, -2_000, 59_960, 90_000, 3_599_600, -10_920_000, 86_399_999, 187_200_000,
  ];
  assert.deepEqual(said.map(apart), [
    '0 ms',
    '12 ms',
    '999 ms',
    '1 s',
    '1.5 s',
    '2 s',
    '1 min 0 s',
    '1 min 30 s',
    '1 h 0 min',
    '3 h 2 min',
    '1 d 0 h',
    '2 d 4 h',
  ]);
});

test('no clock is told as 60 s, 60 min or 24 h, and none by more than half its last unit wrong', () => {
  const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, min: 6e4, h: 36e5, d: 864e5 };
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e10, noNaN: true }), (span) => {
      const parts = [...apart(span).matchAll(/([\d.]+) (ms|s|min|h|d)/g)].map(([, figure, unit]) => ({
        figure: Number(figure),
        size: UNITS[unit ?? ''] ?? Number.NaN,
      }));
      const last = parts.at(-1)?.size ?? Number.NaN;
      const told = parts.reduce((sum, { figure, size }) => sum + figure * size, 0);
      assert.ok(
        Math.abs(told - span) <= (parts.length === 1 && last === 1e3 ? 50 : last / 2) + 0.5,
        apart(span),
      );
      assert.doesNotMatch(apart(span), /(?<!\d)(60 s|60 min|24 h|1000 ms)/);
    }),
  );
});
