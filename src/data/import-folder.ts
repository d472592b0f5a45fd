/** A folder of CSV files into a store. */
import { floatAt } from '../market/arrays.ts';
import { CandleStore } from '../venue/candle-store/candle-store.ts';
import type { StoredCandle } from '../venue/candle-store/series-store.ts';
import { type Candles, ROW, Scratch } from '../venue/replay/candle-file.ts';
import { listCandleFiles, selectSymbols } from '../venue/replay/candle-folder.ts';
import { DataError } from '../venue/replay/data-error.ts';
import { readInstruments } from '../venue/replay/instruments-file.ts';
import { loadCandles } from '../venue/replay/load-candles.ts';
import { refusing } from './refused.ts';

export interface ImportOptions {
  readonly from: string;
  readonly store: string;
  readonly symbols?: readonly string[] | undefined;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

export interface ImportReport {
  readonly store: string;
  readonly series: readonly {
    readonly symbol: string;
    readonly timeframe: string;
    readonly candles: number;
    readonly added: number;
    readonly changed: number;
  }[];
  /** Files that are not used, each with the reason. */
  readonly ignored: readonly string[];
}

/** @throws DataRefused; files that came before the one that cannot be read are in the store then */
export function importFolder(options: ImportOptions): Promise<ImportReport> {
  return refusing(async () => {
    const { from, progress } = options;
    const listed = await listCandleFiles(from);
    const files = selectSymbols(from, listed.files, options.symbols ?? []);
    const parquet = files.find(({ form }) => form === 'parquet');
    if (parquet !== undefined)
      throw new DataError('DATA_AMBIGUOUS', `${from} is a store of Parquet files already (${parquet.name})`);
    const entries = await readInstruments(from);
    using store = await CandleStore.open(options.store, null);
    await store.putInstruments(
      new Map([...entries].filter(([name]) => files.some((f) => f.symbol === name))),
    );
    const series: ImportReport['series'][number][] = [];
    const scratch = new Scratch();
    for (const [i, file] of files.entries()) {
      progress?.(i, files.length);
      const candles = await (await loadCandles(from, file))(scratch);
      if (typeof candles === 'string')
        throw new DataError('DATA_BAD_FILES', `bad candles in ${from}: ${candles}`);
      const { symbol, timeframe } = file;
      const count = await (await store.series(symbol, timeframe)).put([...rows(candles)], null);
      series.push({ symbol, timeframe, candles: candles.count, ...count });
    }
    return { store: options.store, series, ignored: listed.ignored };
  });
}

function* rows({ count, time, ohlcv }: Candles): Generator<StoredCandle> {
  for (let row = 0, at = 0; row < count; row += 1, at += ROW)
    yield {
      openTime: floatAt(time, row),
      open: floatAt(ohlcv, at),
      high: floatAt(ohlcv, at + 1),
      low: floatAt(ohlcv, at + 2),
      close: floatAt(ohlcv, at + 3),
      volume: floatAt(ohlcv, at + 4),
    };
}
