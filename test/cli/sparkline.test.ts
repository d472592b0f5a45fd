import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { equityLines } from '../../src/cli/commands/equity.ts';
import { isUtf8, levelsOf, resample, sparkline } from '../../src/cli/sparkline.ts';
import { painter } from '../../src/cli/style.ts';

const plain = painter(false, {});
const figures = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 120 });

test('a higher equity never draws a lower column, and each row is as wide as there are values', () => {
  fc.assert(
    fc.property(figures, fc.integer({ min: 1, max: 6 }), fc.boolean(), (values, rows, ascii) => {
      const lines = sparkline(values, { rows, levels: levelsOf(ascii) });
      assert.equal(lines.length, rows);
      for (const line of lines) assert.equal([...line].length, values.length);
      const glyphs = ascii ? ' .:|' : ' ▁▂▃▄▅▆▇█';
      const heights = values.map((_, column) =>
        lines.reduce((sum, line) => sum + glyphs.indexOf([...line][column] ?? ''), 0),
      );
      assert.ok(heights.every((height) => height >= 1, 'the lowest shows too'));
      for (const [i, a] of values.entries()) {
        for (const [j, b] of values.entries()) if (a > b) assert.ok((heights[i] ?? 0) >= (heights[j] ?? 0));
      }
    }),
    { numRuns: 60 },
  );
});

test('a line of a known shape is drawn as it is', () => {
  assert.deepEqual(sparkline([0, 1, 2, 3, 4, 5, 6, 7], { rows: 1, levels: levelsOf(false) }), ['▁▂▃▄▅▆▇█']);
  assert.deepEqual(sparkline([1, 2, 3], { rows: 1, levels: levelsOf(true) }), ['.:|']);
  assert.deepEqual(sparkline([0, 15], { rows: 2, levels: levelsOf(false) }), [' █', '▁█']);
  assert.deepEqual(
    sparkline([5, 5], { rows: 1, levels: levelsOf(false) }),
    ['▄▄'],
    'no move is a line in the middle',
  );
});

test('a stretch of time shows the value at its end, and the last column the present', () => {
  const points = [
    { at: 0, value: 1 },
    { at: 10, value: 2 },
    { at: 11, value: 3 },
    { at: 40, value: 4 },
  ];
  assert.deepEqual(resample(points, 4), [2, 3, 3, 4]);
  assert.deepEqual(resample([{ at: 5, value: 9 }], 3), [9, 9, 9]);
  assert.deepEqual(resample([], 3), []);
});

test('a terminal that does not speak UTF-8 gets plain characters', () => {
  assert.equal(isUtf8({ LANG: 'en_US.UTF-8' }), true);
  assert.equal(isUtf8({ LC_ALL: 'C.utf8', LANG: 'C' }), true);
  assert.equal(isUtf8({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }), false, 'LC_ALL rules');
  assert.equal(isUtf8({ LC_ALL: '', LC_CTYPE: 'de_DE.UTF-8' }), true);
  assert.equal(isUtf8({}), false);
});

const START = Date.UTC(2025, 0, 1);
const equity = {
  session: 's',
  resolutionMs: 300_000,
  maxDrawdown: 0.0211,
  points: [10_000, 9_900, 10_400, 10_250.5].map((value, i) => ({
    at: START + i * 300_000,
    equity: value,
    realised: 10_000,
  })),
};

test('the view of equity fits the terminal, and its figures are those of the points', () => {
  for (const width of [80, 41, 200]) {
    for (const ascii of [true, false]) {
      const lines = equityLines(equity, { width, ascii, paint: plain });
      const chart = lines.slice(0, lines.indexOf(''));
      assert.equal(chart.length, 6);
      for (const line of chart) assert.ok([...line].length <= width, line);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: plain means ASCII
      if (ascii) assert.match(lines.join('\n'), /^[\x00-\x7f]*$/);
    }
  }
  const text = equityLines(equity, { width: 80, ascii: true, paint: plain }).join('\n');
  assert.match(text, /^first +10000\.00$/m);
  assert.match(text, /^last +10250\.50, \+2\.51 %$/m);
  assert.match(text, /^lowest +9900\.00 at 2025-01-01T00:05:00Z$/m);
  assert.match(text, /^highest +10400\.00 at 2025-01-01T00:10:00Z$/m);
  assert.match(text, /^drawdown +2\.11 % from a peak/m);
  assert.match(text, /^points +4, one every 5 min/m);
});

test('with nothing started there is no line and no figure', () => {
  const none = { session: null, resolutionMs: 300_000, maxDrawdown: null, points: [] };
  assert.deepEqual(equityLines(none, { width: 80, ascii: false, paint: plain }), [
    'no equity yet: nothing has been started',
  ]);
});
