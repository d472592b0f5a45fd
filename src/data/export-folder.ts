/** A store into a folder of CSV files, as a backtest and most programs read them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { floatAt } from '../market/arrays.ts';
import { seriesFolder } from '../venue/candle-store/layout.ts';
import { writeWhole } from '../venue/candle-store/write-file.ts';
import { type Candles, HEADER, ROW, Scratch } from '../venue/replay/candle-file.ts';
import { listCandleFiles, selectSymbols } from '../venue/replay/candle-folder.ts';
import { DataError } from '../venue/replay/data-error.ts';
import { INSTRUMENTS_FILE, readInstruments } from '../venue/replay/instruments-file.ts';
import { loadCandles } from '../venue/replay/load-candles.ts';
import { refusing } from './refused.ts';

export interface ExportOptions {
  readonly store: string;
  readonly to: string;
  readonly symbols?: readonly string[] | undefined;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

export interface ExportReport {
  readonly folder: string;
  readonly files: readonly { readonly file: string; readonly symbol: string; readonly candles: number }[];
}

/** @throws DataRefused */
export function exportFolder({ store, to, symbols, progress }: ExportOptions): Promise<ExportReport> {
  return refusing(async () => {
    const { files } = await listCandleFiles(store);
    const chosen = selectSymbols(store, files, symbols ?? []);
    const csv = chosen.find(({ form }) => form === 'csv');
    if (csv !== undefined)
      throw new DataError('DATA_AMBIGUOUS', `${store} is a folder of CSV files already (${csv.name})`);
    const entries = await readInstruments(store);
    await mkdir(to, { recursive: true });
    const written: ExportReport['files'][number][] = [];
    const named: Record<string, unknown> = {};
    const scratch = new Scratch();
    for (const [i, file] of chosen.entries()) {
      progress?.(i, chosen.length);
      const candles = await (await loadCandles(store, file))(scratch);
      if (typeof candles === 'string')
        throw new DataError('DATA_BAD_FILES', `bad candles in ${store}: ${candles}`);
      const name = csvName(file.symbol, file.timeframe);
      await writeWhole(join(to, name), text(candles));
      const entry = entries.get(file.symbol);
      if (entry !== undefined) named[name.slice(0, name.lastIndexOf('-'))] = entry;
      written.push({ file: name, symbol: file.symbol, candles: candles.count });
    }
    if (Object.keys(named).length > 0)
      await writeWhole(join(to, INSTRUMENTS_FILE), `${JSON.stringify(named, null, 2)}\n`);
    return { folder: to, files: written };
  });
}

/** A name that is read again: the symbol is what stands before the timeframe. */
function csvName(symbol: string, timeframe: string): string {
  const folder = seriesFolder(symbol, timeframe);
  return `${folder.slice(0, -timeframe.length).replaceAll('.', '_').toUpperCase()}${timeframe}.csv`;
}

function text({ count, time, ohlcv }: Candles): string {
  const lines = [HEADER];
  for (let row = 0; row < count; row += 1) {
    const values = Array.from(ohlcv.subarray(row * ROW, (row + 1) * ROW));
    lines.push(`${floatAt(time, row)},${values.join(',')}`);
  }
  return `${lines.join('\n')}\n`;
}
