import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Instrument } from '../../../src/market/instrument.ts';
import { BASE, MINUTE } from '../../../src/market/time.ts';
import { DataError } from '../../../src/venue/replay/data-error.ts';
import { recordingFromColumns, type SymbolColumns } from '../../../src/venue/replay/recording.ts';
import { copy, drain, T0 } from './fixtures.ts';

function instrument(symbol: string): Instrument {
  return {
    symbol,
    base: symbol,
    quote: 'USDT',
    type: 'linear',
    tick: '0.01',
    lot: '1',
    minNotional: '5',
    makerFee: 0,
    takerFee: 0,
  };
}

/** Bars closing at these base steps after T0; the close names symbol and step. */
function columns(symbol: number, steps: readonly number[]): SymbolColumns {
  const value = steps.map((step) => symbol * 1_000 + step);
  return {
    instrument: instrument(`S${symbol}`),
    closeTime: steps.map((step) => T0 + step * BASE),
    open: value,
    high: value,
    low: value,
    close: value,
    volume: value,
  };
}

const symbolSteps = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 40 }), {
  minLength: 1,
  maxLength: 9,
});
const bound = fc.option(fc.integer({ min: -30, max: 230 }), { nil: undefined });

describe('bars in memory', () => {
  it('no bar is lost, repeated or out of order, whatever the gaps and the span', () => {
    fc.assert(
      fc.property(
        symbolSteps,
        bound,
        bound,
        fc.integer({ min: 0, max: 50 }),
        (all, fromMinute, toMinute, warmUp) => {
          const sorted = all.map((steps) => [...steps].sort((a, b) => a - b));
          const from = fromMinute === undefined ? undefined : T0 + fromMinute * MINUTE;
          const to = toMinute === undefined ? undefined : T0 + toMinute * MINUTE;
          const inside = (step: number) =>
            (fromMinute === undefined || step * 5 - 5 >= fromMinute) &&
            (toMinute === undefined || step * 5 <= toMinute);
          const close = (step: number) => ({
            close: step * 5,
            bars: sorted.flatMap((steps, symbol) =>
              steps.includes(step)
                ? [{ symbol, ohlcv: Array.from({ length: 5 }, () => symbol * 1_000 + step) }]
                : [],
            ),
          });
          const every = [...new Set(sorted.flat())].sort((a, b) => a - b);
          const tradable = every.filter(inside);
          const parts = sorted.map((steps, symbol) => columns(symbol, steps)).reverse();
          if (tradable.length === 0) {
            assert.throws(() => recordingFromColumns(parts, { from, to }), DataError);
            return;
          }
          const recording = recordingFromColumns(parts, { from, to });
          const first = tradable[0] ?? 0;
          const before = every.filter((step) => step < first);
          const expectedHistory = from === undefined || warmUp === 0 ? [] : before.slice(-warmUp);
          const seen = [];
          for (const bars of recording.history(warmUp)) seen.push(copy(bars));
          assert.deepEqual(seen, expectedHistory.map(close));
          assert.equal(recording.total, tradable.length);
          const steps = drain(recording);
          assert.deepEqual(steps, tradable.map(close));
          assert.equal(
            recording.bars,
            steps.reduce((sum, step) => sum + step.bars.length, 0),
          );
          recording.rewind();
          assert.deepEqual(drain(recording), steps);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('columns that do not fit together are refused', () => {
    assert.throws(
      () => recordingFromColumns([{ ...columns(0, [1, 2]), volume: [1] }]),
      /S0: columns of different lengths/,
    );
    assert.throws(() => recordingFromColumns([columns(0, [2, 1])]), /not ascending/);
    assert.throws(() => recordingFromColumns([columns(0, [1.5])]), /off the 5m grid/);
  });
});
