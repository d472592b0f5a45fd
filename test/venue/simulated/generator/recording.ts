import { createHash } from 'node:crypto';
import { at } from '../../../../src/market/arrays.ts';
import type { BarColumns } from '../../../../src/market/bars.ts';
import type { BarSource } from '../../../../src/venue/ports.ts';

/** All bars of one symbol, oldest first. */
export interface Series {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** The next `bars` bars of a source without gaps, by symbol. */
export function record(source: BarSource, bars: number): Map<string, Series> {
  const all = source.instruments.map(() => ({
    open: new Float64Array(bars),
    high: new Float64Array(bars),
    low: new Float64Array(bars),
    close: new Float64Array(bars),
    volume: new Float64Array(bars),
  }));
  for (let bar = 0; bar < bars; bar += 1) {
    const columns = source.next();
    if (columns === null) throw new Error(`the source ended after ${bar} bars`);
    all.forEach((series, row) => {
      series.open[bar] = at(columns.open, row);
      series.high[bar] = at(columns.high, row);
      series.low[bar] = at(columns.low, row);
      series.close[bar] = at(columns.close, row);
      series.volume[bar] = at(columns.volume, row);
    });
  }
  return new Map(source.instruments.map((instrument, row) => [instrument.symbol, seriesOf(all, row)]));
}

function seriesOf(all: readonly Series[], row: number): Series {
  const series = all[row];
  if (series === undefined) throw new Error(`no row ${row}`);
  return series;
}

/** One row of columns as numbers, for comparisons. */
export function rowOf(columns: BarColumns, row: number): readonly number[] {
  const { open, high, low, close, volume } = columns;
  return [columns.closeTime, at(open, row), at(high, row), at(low, row), at(close, row), at(volume, row)];
}

/** Hash of every bit of the recorded bars, independent of the machine's byte order. */
export function fingerprint(recorded: ReadonlyMap<string, Series>): string {
  const hash = createHash('sha256');
  for (const [symbol, series] of recorded) {
    hash.update(symbol);
    for (const column of [series.open, series.high, series.low, series.close, series.volume]) {
      const bytes = new DataView(new ArrayBuffer(column.length * 8));
      column.forEach((value, i) => {
        bytes.setFloat64(i * 8, value, true);
      });
      hash.update(new Uint8Array(bytes.buffer));
    }
  }
  return hash.digest('hex');
}

export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return at(sorted, Math.floor((sorted.length - 1) * share));
}
