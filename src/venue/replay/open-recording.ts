/** Opens a folder of recorded candles. */
import { floatAt, item } from '../../market/arrays.ts';
import type { Instrument } from '../../market/instrument.ts';
import { type BaseBars, toBaseBars } from './base-bars.ts';
import { ROW, Scratch } from './candle-file.ts';
import { listCandleFiles, selectSymbols } from './candle-folder.ts';
import { DataError, listProblems } from './data-error.ts';
import { completeInstrument, readInstruments } from './instruments-file.ts';
import { ALREADY, loadCandles } from './load-candles.ts';
import { type Coverage, MemoryRecording, type Recording, type Span } from './recording.ts';

/** Files unpacked ahead of the one being parsed: enough to keep a second core busy, little enough to hold. */
const AHEAD = 3;

export interface OpenOptions extends Span {
  readonly folder: string;
  /** Only these; none means all. */
  readonly symbols?: readonly string[] | undefined;
}

/** Where the low stands in a row of open, high, low, close and volume. */
const LOW = 2;

/**
 * Loads the candles of a folder: a store of Parquet files (see candle-store/layout.ts), or CSV files
 * `SYMBOL-TIMEFRAME.csv[.gz]` with the header `timestamp,open,high,low,close,volume`, timestamps being open times in
 * epoch ms. Timeframes finer than 5m are aggregated (see base-bars.ts). Beside them may lie an `instruments.json`.
 * @throws DataError; it names every bad file at once, with line and reason.
 */
export async function openRecording(options: OpenOptions): Promise<Recording> {
  const { folder } = options;
  const listed = await listCandleFiles(folder);
  const files = selectSymbols(folder, listed.files, options.symbols ?? []);
  const entries = await readInstruments(folder);

  const instruments: Instrument[] = [];
  const symbols: BaseBars[] = [];
  const assumed: string[] = [];
  const coverage: Coverage[] = [];
  const problems: string[] = [];
  const scratch = new Scratch();
  const underway = files.slice(0, AHEAD).map((file) => loadCandles(folder, file));
  for (const [index, file] of files.entries()) {
    const parse = await item(underway, index);
    const ahead = files[index + AHEAD];
    if (ahead) underway.push(loadCandles(folder, ahead));
    // What has been parsed is not kept as bytes too.
    underway[index] = ALREADY;
    const parsed = await parse(scratch);
    if (typeof parsed === 'string') {
      problems.push(parsed);
      continue;
    }
    const candles = parsed;
    const made = toBaseBars(candles, file.step);
    const completed = completeInstrument(
      file.symbol,
      entries.get(file.symbol) ?? {},
      candles.priceDecimals,
      candles.volumeDecimals,
    );
    const lowest = lowestPrice(made.bars);
    if (Number(completed.instrument.tick) > lowest) {
      problems.push(
        `instruments.json, ${file.symbol}.tick: ${completed.instrument.tick} is above the lowest price in ${file.name}, ${lowest}`,
      );
    }
    instruments.push(completed.instrument);
    assumed.push(...completed.assumed);
    symbols.push(made.bars);
    coverage.push({ symbol: file.symbol, file: file.name, ...made.count });
  }
  if (problems.length > 0) {
    throw new DataError('DATA_BAD_FILES', listProblems(`bad candles in ${folder}`, problems));
  }
  return new MemoryRecording({
    name: folder,
    instruments,
    symbols,
    assumed,
    coverage,
    ignored: listed.ignored,
    span: { from: options.from, to: options.to },
  });
}

function lowestPrice({ ohlcv }: BaseBars): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let low = LOW; low < ohlcv.length; low += ROW) lowest = Math.min(lowest, floatAt(ohlcv, low));
  return lowest;
}
