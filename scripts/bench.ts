/**
 * `npm run bench [-- --data DIR] [--runs N] [--disk DIR]`: bars per second of the whole kernel on one core, beside a
 * tight hand-written Donchian loop over the same candles in the same run, the memory that the kernel takes as the run
 * gets longer, and what a snapshot of it costs. Recorded candles where there are any, else generated ones. Then what
 * the journal costs, on the disk that holds DIR.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runKernel } from '../src/backtest/run.ts';
import { presetSchema } from '../src/config/preset.ts';
import { Engine } from '../src/engine/engine.ts';
import { floatAt, intAt, item } from '../src/market/arrays.ts';
import { openRecording } from '../src/venue/replay/open-recording.ts';
import { type Recording, recordingFromColumns, type SymbolColumns } from '../src/venue/replay/recording.ts';
import { generatedMarket } from '../src/venue/simulated/generator/generated-market.ts';
import { benchJournal } from './bench/journal.ts';

const RECORDED = fileURLToPath(new URL('../../shared/data/binance-5m-2024', import.meta.url));
/** Candles of each generated symbol where no recording is at hand, and the market they come from. */
const GENERATED = { bars: 40_000, seed: 1 } as const;
const DONCHIAN = 20;
const EQUITY = '10000';
const SNAPSHOTS = 20;
/** Close times that the journal is measured over. */
const JOURNAL_BARS = 400;
const MEBIBYTE = 2 ** 20;

const { values } = parseArgs({
  options: { data: { type: 'string' }, runs: { type: 'string', default: '3' }, disk: { type: 'string' } },
});
const runs = Math.max(1, Number(values.runs));
const preset = presetSchema.parse(
  JSON.parse(readFileSync(new URL('../presets/breakout_v1.json', import.meta.url), 'utf8')),
);
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const folder = values.data ?? (existsSync(RECORDED) ? RECORDED : null);
const loading = performance.now();
const source = folder === null ? generated() : await openRecording({ folder });
const loadMs = performance.now() - loading;
say(
  `${folder === null ? 'generated' : 'recorded'} candles: ${source.instruments.length} symbols, ${grouped(source.bars)} bars of 5 m, loaded in ${loadMs.toFixed(0)} ms`,
);

const columns = symbolColumns(source);
const kernel: number[] = [];
const loop: number[] = [];
for (let i = 0; i < runs; i++) {
  loop.push(donchianLoop(columns));
  source.rewind();
  const { bars, wallMs } = runKernel({ preset, source, equity: EQUITY });
  kernel.push(bars / (wallMs / 1000));
}
say(`\n${''.padEnd(28)}${['min', 'median', 'max'].map((name) => name.padStart(14)).join('')}`);
row('full kernel, bars/s', kernel, (x) => grouped(Math.round(x)));
row(`Donchian(${DONCHIAN}) loop, bars/s`, loop, (x) => grouped(Math.round(x)));
row(
  'kernel / loop',
  kernel.map((x, i) => x / item(loop, i)),
  (x) => x.toFixed(3),
);

say('\nheap in use by the kernel at the end of a run, candles not counted');
for (const share of [0.25, 0.5, 1]) {
  const to = source.startsAt + (source.endsAt - source.startsAt) * share;
  const part = recordingFromColumns(columns, { to });
  const before = heap();
  const { engine } = runKernel({ preset, source: part, equity: EQUITY });
  const used = heap() - before;
  say(
    `  ${String(share * 100).padStart(3)} % of the candles: ${used.toFixed(1).padStart(6)} MiB, ${engine.trades().length} trades kept`,
  );
}

say('\nsnapshot of the whole engine after such a run');
snapshot();
benchJournal({ preset, bars: JOURNAL_BARS, ...(values.disk !== undefined && { below: values.disk }) });

/**
 * Long only, one position a symbol: in on a close above the highest high of the last candles, out on a close below
 * their lowest low. No sizing, no orders, no fees: what a loop over plain columns can do at best.
 */
function donchianLoop(symbols: readonly SymbolColumns[]): number {
  const began = performance.now();
  let bars = 0;
  let gained = 0;
  for (const { high, low, close } of symbols) {
    bars += close.length;
    gained += donchian(float(high), float(low), float(close));
  }
  const seconds = (performance.now() - began) / 1000;
  if (!Number.isFinite(gained)) throw new Error('the loop lost its count');
  return bars / seconds;
}

function donchian(high: Float64Array, low: Float64Array, close: Float64Array): number {
  let gained = 0;
  let entry = 0;
  for (let i = DONCHIAN; i < close.length; i++) {
    const price = floatAt(close, i);
    // Only the side that matters now is looked at.
    if (entry === 0) {
      let top = 0;
      for (let k = i - DONCHIAN; k < i; k++) top = Math.max(top, floatAt(high, k));
      if (price > top) entry = price;
    } else {
      let bottom = Number.POSITIVE_INFINITY;
      for (let k = i - DONCHIAN; k < i; k++) bottom = Math.min(bottom, floatAt(low, k));
      if (price >= bottom) continue;
      gained += price / entry - 1;
      entry = 0;
    }
  }
  return gained;
}

/** The quickest of some saves and loads, as a busy machine makes each slower and none quicker. */
function snapshot(): void {
  source.rewind();
  const { engine } = runKernel({ preset, source, equity: EQUITY });
  const quickest = (work: () => void) => {
    const times = Array.from({ length: SNAPSHOTS }, () => {
      const began = performance.now();
      work();
      return performance.now() - began;
    });
    return Math.min(...times).toFixed(1);
  };
  const bytes = engine.save();
  const saving = quickest(() => engine.save());
  const loading = quickest(() => new Engine().restore(bytes));
  const what = `${source.instruments.length} symbols, ${engine.trades().length} trades`;
  say(
    `  ${what}: ${(bytes.length / MEBIBYTE).toFixed(2)} MiB, saved in ${saving} ms, loaded in ${loading} ms`,
  );
}

function generated(): Recording {
  const market = generatedMarket({ seed: GENERATED.seed, bars: GENERATED.bars });
  return recordingFromColumns(symbolColumns(market));
}

/** The bars of a source, symbol by symbol. */
function symbolColumns(from: Pick<Recording, 'instruments' | 'next'>): SymbolColumns[] {
  const lists = from.instruments.map((instrument) => ({
    instrument,
    closeTime: [] as number[],
    open: [] as number[],
    high: [] as number[],
    low: [] as number[],
    close: [] as number[],
    volume: [] as number[],
  }));
  for (let bars = from.next(); bars !== null; bars = from.next()) {
    for (let r = 0; r < bars.count; r++) {
      const list = item(lists, intAt(bars.symbol, r));
      list.closeTime.push(bars.closeTime);
      list.open.push(floatAt(bars.open, r));
      list.high.push(floatAt(bars.high, r));
      list.low.push(floatAt(bars.low, r));
      list.close.push(floatAt(bars.close, r));
      list.volume.push(floatAt(bars.volume, r));
    }
  }
  return lists.map(({ instrument, ...rows }) => ({
    instrument,
    closeTime: Float64Array.from(rows.closeTime),
    open: Float64Array.from(rows.open),
    high: Float64Array.from(rows.high),
    low: Float64Array.from(rows.low),
    close: Float64Array.from(rows.close),
    volume: Float64Array.from(rows.volume),
  }));
}

function float(column: ArrayLike<number>): Float64Array {
  return column instanceof Float64Array ? column : Float64Array.from(column);
}

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed / MEBIBYTE;
}

function row(name: string, figures: readonly number[], format: (x: number) => string): void {
  const sorted = [...figures].sort((a, b) => a - b);
  const median = item(sorted, Math.floor(sorted.length / 2));
  const cells = [item(sorted, 0), median, item(sorted, sorted.length - 1)];
  say(name.padEnd(28) + cells.map((x) => format(x).padStart(14)).join(''));
}

function grouped(x: number): string {
  return x.toLocaleString('en-US');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
