import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { BASE } from '../../../src/market/time.ts';
import { CandleStore } from '../../../src/venue/candle-store/candle-store.ts';
import { missingOf, type Span, withSpan } from '../../../src/venue/candle-store/spans.ts';
import { DataError } from '../../../src/venue/replay/data-error.ts';
import { openRecording } from '../../../src/venue/replay/open-recording.ts';
import { candle, candles, emptyFolder, T0 } from './kit.ts';

const SYMBOL = 'BTC/USDT:USDT';
const at = (index: number): number => T0 + index * BASE;

async function refused(work: Promise<unknown>, code: string, words: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof DataError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    return true;
  });
}

it('candles that come in any order and twice lie once and in order, a file a month', async (t) => {
  const folder = emptyFolder(t);
  {
    using store = await CandleStore.open(folder, 'bybit');
    const series = await store.series(SYMBOL, '5m');
    assert.deepEqual(await series.put(candles(100, 200), [at(100), at(200)]), { added: 100, changed: 0 });
    assert.deepEqual(await series.put(candles(0, 120), [at(0), at(120)]), { added: 100, changed: 0 });
    assert.deepEqual(await series.put([candle(5, 7)], null), { added: 0, changed: 1 });
  }
  using store = await CandleStore.open(folder, 'bybit');
  const series = await store.series(SYMBOL, '5m');
  assert.deepEqual(series.asked, [[at(0), at(200)]]);
  const expected = candles(0, 200).map((each, i) => (i === 5 ? candle(5, 7) : each));
  assert.deepEqual(await series.stored(0, at(1_000)), expected);
  assert.deepEqual(await series.stored(at(140), at(150)), candles(140, 150));
  assert.deepEqual(
    [...(await series.times())],
    expected.map(({ openTime }) => openTime),
  );
  assert.deepEqual(readdirSync(series.folder).sort(), ['2024-01.parquet', '2024-02.parquet']);
  assert.equal((await openRecording({ folder })).bars, 200);
});

it('a file that a dead writer left unfinished harms nobody', async (t) => {
  const folder = emptyFolder(t);
  using store = await CandleStore.open(folder, 'bybit');
  const series = await store.series(SYMBOL, '5m');
  await series.put(candles(0, 50), [at(0), at(50)]);
  writeFileSync(join(series.folder, '.unfinished-2024-01.parquet'), 'PAR1 and no more');
  assert.equal((await openRecording({ folder })).bars, 50);
  await (await store.series(SYMBOL, '5m')).put(candles(50, 60), [at(50), at(60)]);
  assert.equal((await openRecording({ folder })).bars, 60);
  assert.ok(!readdirSync(series.folder).some((name) => name.startsWith('.unfinished')));
});

it('what a person removes, or a damaged file they are told to remove, is asked for again', async (t) => {
  const folder = emptyFolder(t);
  using store = await CandleStore.open(folder, 'bybit');
  const series = await store.series(SYMBOL, '5m');
  await series.put(candles(0, 200), [at(-10), at(200)]);
  const file = join(series.folder, '2024-01.parquet');
  writeFileSync(file, readFileSync(file).subarray(0, 100));
  await refused(
    series.stored(at(0), at(10)),
    'DATA_BAD_FILES',
    /2024-01\.parquet: damaged.*; remove it, and its candles are fetched again$/,
  );
  await refused(openRecording({ folder }), 'DATA_BAD_FILES', /BTC_USDT_USDT-5m\/2024-01\.parquet: damaged/);
  rmSync(file);
  const again = await store.series(SYMBOL, '5m');
  const february = Date.UTC(2024, 1);
  assert.deepEqual(again.asked, [[february, at(200)]]);
  assert.deepEqual(missingOf([at(-10), at(200)], again.asked), [[at(-10), february]]);
  // Without the note of what was asked, all is.
  const asked = join(folder, 'asked', 'BTC_USDT_USDT-5m.json');
  writeFileSync(asked, '{');
  await refused(
    store.series(SYMBOL, '5m'),
    'DATA_BAD_FILES',
    /asked\/BTC_USDT_USDT-5m\.json cannot be read: remove it/,
  );
  rmSync(asked);
  assert.deepEqual((await store.series(SYMBOL, '5m')).asked, []);
});

it('two writers at once are one too many, and the second is told', async (t) => {
  const folder = emptyFolder(t);
  {
    using _first = await CandleStore.open(folder, 'bybit');
    await refused(CandleStore.open(folder, 'bybit'), 'DATA_STORE_BUSY', /something else is writing into/);
  }
  (await CandleStore.open(folder, 'bybit'))[Symbol.dispose]();
});

it('candles of two exchanges, or of two markets, never mix', async (t) => {
  const folder = emptyFolder(t);
  using store = await CandleStore.open(join(folder, 'a'), 'bybit');
  await (await store.series(SYMBOL, '5m')).put(candles(0, 5), null);
  await refused(store.series('BTC_USDT/USDT', '5m'), 'DATA_AMBIGUOUS', /holds BTC\/USDT:USDT in 5m of bybit/);
  store[Symbol.dispose]();
  await refused(
    CandleStore.open(join(folder, 'a'), 'binance'),
    'DATA_AMBIGUOUS',
    /holds candles of bybit: give another folder for candles of binance/,
  );
  mkdirSync(join(folder, 'csv'));
  writeFileSync(join(folder, 'csv', 'BTCUSDT-5m.csv'), 'x');
  await refused(CandleStore.open(join(folder, 'csv'), 'bybit'), 'DATA_AMBIGUOUS', /holds CSV files/);
  writeFileSync(join(folder, 'a', 'ETHUSDT-5m.csv'), 'x');
  await refused(
    openRecording({ folder: join(folder, 'a') }),
    'DATA_AMBIGUOUS',
    /holds CSV files \(ETHUSDT-5m\.csv\) and Parquet files \(BTC_USDT_USDT-5m\)/,
  );
});

it('a row that cannot be true is named with its file, its row and the reason', async (t) => {
  const folder = emptyFolder(t);
  using store = await CandleStore.open(folder, null);
  const series = await store.series('BTCUSDT', '5m');
  const says = (words: RegExp) => refused(openRecording({ folder }), 'DATA_BAD_FILES', words);
  await series.put([...candles(0, 3), { ...candle(3), high: 1 }, candle(4)], null);
  await says(/: BTCUSDT-5m\/2024-01\.parquet, row 4: high 1 is below low 99\.3$/);
  await series.put([{ ...candle(2), volume: Number.NaN }], null);
  await says(/row 3: volume is NaN, which is no number that a candle has \(and 1 more bad row\)$/);
  await series.put([candle(2), candle(3), { ...candle(170), low: 0 }], null);
  await says(/BTCUSDT-5m\/2024-02\.parquet, row 1: low 0 is not above zero$/);
  await series.put([candle(170), { ...candle(6), openTime: candle(6).openTime + 60_000 }], null);
  await says(/2024-01\.parquet, row 6: timestamp 1706704260000 .* is not a multiple of the timeframe/);
});

it('spans that were asked for add up, and what is missing of a wish is the rest', () => {
  const spans = (
    [
      [0, 10],
      [30, 40],
      [10, 20],
      [35, 50],
      [60, 60],
    ] as Span[]
  ).reduce<Span[]>((all, span) => withSpan(all, span), []);
  assert.deepEqual(spans, [
    [0, 20],
    [30, 50],
  ]);
  assert.deepEqual(missingOf([-5, 70], spans), [
    [-5, 0],
    [20, 30],
    [50, 70],
  ]);
  assert.deepEqual(missingOf([5, 15], spans), []);
  assert.deepEqual(missingOf([40, 55], spans), [[50, 55]]);
});
