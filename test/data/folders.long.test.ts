/** CSV into a store and back: the same candles, and the same trades. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { backtestFolder } from '../../src/backtest/backtest-folder.ts';
import { exportFolder } from '../../src/data/export-folder.ts';
import { importFolder } from '../../src/data/import-folder.ts';
import { listStore, listStores } from '../../src/data/list-stores.ts';
import { DataRefused } from '../../src/data/refused.ts';
import { openRecording } from '../../src/venue/replay/open-recording.ts';
import { candleFolder } from '../e2e/candle-folder.ts';
import { SHARED_DATA } from '../shared-data.ts';
import { emptyFolder } from '../venue/candle-store/kit.ts';
import { csv, drain, folderWith, row, T0 } from '../venue/replay/fixtures.ts';

async function report(data: string): Promise<string> {
  const { wallMs, barsPerSecond, ...rest } = await backtestFolder({
    preset: 'breakout_v1',
    configDir: '/nowhere',
    data,
  });
  return JSON.stringify(rest);
}

it('a backtest over a store gives the report of the same candles as CSV, byte for byte', async (t) => {
  const folder = candleFolder(emptyFolder(t), {
    seed: 3,
    bars: 3_000,
    symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
  });
  const store = join(emptyFolder(t), 'store');
  const imported = await importFolder({ from: folder, store });
  assert.deepEqual(
    imported.series.map(({ symbol, candles, added }) => [symbol, candles === added]),
    [
      ['BTCUSDT', true],
      ['ETHUSDT', true],
      ['SOLUSDT', true],
    ],
  );
  const fromCsv = await report(folder);
  assert.match(fromCsv, /"exitReason"/);
  assert.equal(await report(store), fromCsv);
  // And back.
  const back = join(emptyFolder(t), 'csv');
  await exportFolder({ store, to: back });
  assert.equal(await report(back), fromCsv);
});

it('real candles, of a thousandth of a cent and with exponents, are the same candles from either', {
  skip: !existsSync(SHARED_DATA) && 'needs the shared recordings',
}, async (t) => {
  const symbols = ['PEPEUSDT', 'BTCUSDT', 'WIFUSDT'];
  const from = join(SHARED_DATA, 'binance-5m-2024');
  const store = join(emptyFolder(t), 'store');
  await importFolder({ from, store, symbols });
  const [a, b] = await Promise.all([
    openRecording({ folder: from, symbols }),
    openRecording({ folder: store }),
  ]);
  assert.deepEqual(b.instruments, a.instruments);
  assert.deepEqual(b.assumed, a.assumed);
  for (let x = a.next(), y = b.next(); x !== null || y !== null; x = a.next(), y = b.next())
    assert.deepEqual(y, x);
});

it('ticks and lots are taken from the same candles alike, noise of floats included', async (t) => {
  const noisy = Array.from({ length: 9 }, (_, i) =>
    row(i * 5, `0.30000000000000004,1,0.1,0.7000000000000001,${i}.5`),
  );
  const from = folderWith(t, {
    'AUSDT-5m.csv': csv([row(0, '1.10,1.25,1.0,1.2,3'), row(5, '1,1,1,1,0.125')]),
    'BUSDT-5m.csv': csv([...noisy, row(45, '1,1,1,1,1.0000000000000000001')]),
    'instruments.json': '{"AUSDT":{"tick":"0.05","type":"spot"}}',
  });
  const store = join(emptyFolder(t), 'store');
  await importFolder({ from, store });
  const [a, b] = [await openRecording({ folder: from }), await openRecording({ folder: store })];
  assert.deepEqual(b.instruments, a.instruments);
  assert.deepEqual(b.assumed, a.assumed);
  assert.deepEqual(drain(b), drain(a));
});

it('an import that is repeated changes nothing, and a longer folder adds what is new', async (t) => {
  const from = folderWith(t, { 'AUSDT-1m.csv.gz': csv([row(0), row(1), row(2), row(7)]), 'notes.csv': 'x' });
  const store = join(emptyFolder(t), 'store');
  const first = await importFolder({ from, store });
  assert.deepEqual(first.series, [{ symbol: 'AUSDT', timeframe: '1m', candles: 4, added: 4, changed: 0 }]);
  assert.equal(first.ignored.length, 1);
  const bytes = readFileSync(join(store, 'AUSDT-1m', '2024-01.parquet'));
  assert.deepEqual((await importFolder({ from, store })).series[0], { ...first.series[0], added: 0 });
  assert.deepEqual(readFileSync(join(store, 'AUSDT-1m', '2024-01.parquet')), bytes);
  const longer = folderWith(t, { 'AUSDT-1m.csv': csv([row(7), row(8)]) });
  assert.equal((await importFolder({ from: longer, store })).series[0]?.added, 1);
  assert.deepEqual(await listStore(store), [
    {
      store,
      exchange: null,
      symbol: 'AUSDT',
      timeframe: '1m',
      first: T0,
      last: T0 + 8 * 60_000,
      candles: 5,
      gaps: 1,
      missing: 4,
    },
  ]);
  assert.deepEqual(await listStores(join(store, '..')), await listStore(store));
  assert.deepEqual(await listStores(join(store, 'nowhere')), []);
});

it('a folder that is none, or holds bad rows, is refused with the place', async (t) => {
  const says = (words: RegExp) => (error: unknown) => {
    assert.ok(error instanceof DataRefused, String(error));
    assert.match(error.message, words);
    return true;
  };
  const folder = emptyFolder(t);
  await assert.rejects(listStore(join(folder, 'x')), says(/x does not exist$/));
  await assert.rejects(listStore(folder), says(/is no store of candles/));
  const from = folderWith(t, { 'AUSDT-5m.csv': csv([row(0), row(5, '10,8,9,10,5')]) });
  await assert.rejects(
    importFolder({ from, store: join(folder, 's') }),
    says(/AUSDT-5m.csv, line 3: high 8 is below/),
  );
  await assert.rejects(importFolder({ from, store: from }), says(/bad candles|holds CSV files/));
  writeFileSync(join(folder, 'file'), '');
  const good = folderWith(t, { 'AUSDT-5m.csv': csv([row(0)]) });
  await assert.rejects(
    importFolder({ from: good, store: join(folder, 'file') }),
    says(/file cannot be made/),
  );
  await assert.rejects(exportFolder({ store: good, to: folder }), says(/folder of CSV files already/));
});
