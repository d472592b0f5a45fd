import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { BASE, MINUTE } from '../../../src/market/time.ts';
import { DataError, type DataErrorCode } from '../../../src/venue/replay/data-error.ts';
import { type OpenOptions, openRecording } from '../../../src/venue/replay/open-recording.ts';
import { SHARED_DATA } from '../../shared-data.ts';
import { copy, csv, drain, folderWith, HEADER, row, T0 } from './fixtures.ts';

async function refusal(options: OpenOptions, code: DataErrorCode): Promise<string> {
  let message = '';
  await assert.rejects(openRecording(options), (error) => {
    assert.ok(error instanceof DataError, String(error));
    assert.equal(error.code, code, error.message);
    message = error.message;
    return true;
  });
  return message;
}

describe('a folder of recorded candles', () => {
  it('a pipe in the place of a file is refused at once instead of being waited for', async (t) => {
    const folder = folderWith(t, { 'BTCUSDT-5m.csv': csv([row(0)]) });
    execFileSync('mkfifo', [join(folder, 'ETHUSDT-5m.csv')]);
    assert.match(await refusal({ folder }, 'DATA_BAD_FILES'), /ETHUSDT-5m.csv: .*no regular file/);
    execFileSync('mkfifo', [join(folder, 'instruments.json')]);
    assert.match(await refusal({ folder }, 'DATA_BAD_INSTRUMENTS'), /instruments.json: .*no regular file/);
  });

  it('bars of all symbols come together, by close time, sorted by symbol, gaps as missing rows', async (t) => {
    const folder = folderWith(t, {
      'ETHUSDT-5m.csv.gz': csv([row(5, '2,2,2,2,2'), row(10, '2,2,2,2,2')]),
      'BTCUSDT-5m.csv': csv([row(0, '1,1,1,1,1'), row(5, '1,3,0.5,2,1e1'), row(20, '1,1,1,1,0')]),
      'INDEX.md': '# not a candle file',
    });
    const recording = await openRecording({ folder });
    assert.deepEqual(
      recording.instruments.map((instrument) => instrument.symbol),
      ['BTCUSDT', 'ETHUSDT'],
    );
    assert.equal(recording.total, 4);
    assert.equal(recording.bars, 5);
    assert.equal(recording.startsAt, T0);
    assert.equal(recording.endsAt, T0 + 25 * MINUTE);
    assert.deepEqual(recording.figures, { book: false, tradesPerMinute: false, openInterest: false });
    assert.equal(recording.book(0), null);
    assert.deepEqual([...recording.history(10)], []);
    const expected = [
      { close: 5, bars: [{ symbol: 0, ohlcv: [1, 1, 1, 1, 1] }] },
      {
        close: 10,
        bars: [
          { symbol: 0, ohlcv: [1, 3, 0.5, 2, 10] },
          { symbol: 1, ohlcv: [2, 2, 2, 2, 2] },
        ],
      },
      { close: 15, bars: [{ symbol: 1, ohlcv: [2, 2, 2, 2, 2] }] },
      { close: 25, bars: [{ symbol: 0, ohlcv: [1, 1, 1, 1, 0] }] },
    ];
    assert.deepEqual(drain(recording), expected);
    assert.equal(recording.next(), null);
    recording.rewind();
    assert.deepEqual(drain(recording), expected);
    assert.deepEqual(
      recording.coverage.map((entry) => [entry.symbol, entry.candles, entry.bars, entry.missing]),
      [
        ['BTCUSDT', 3, 3, 2],
        ['ETHUSDT', 2, 2, 0],
      ],
    );
  });

  it('a part trades only bars inside it, warms up on those directly before, and keeps tick and lot', async (t) => {
    const folder = folderWith(t, {
      'AUSDT-5m.csv': csv([row(0, '1.25,1.25,1.25,1.25,0.5'), row(5), row(10), row(20), row(25), row(30)]),
      'BUSDT-5m.csv': csv([row(5), row(25)]),
    });
    const recording = await openRecording({ folder, from: T0 + 20 * MINUTE, to: T0 + 34 * MINUTE });
    const history = [];
    for (const columns of recording.history(2)) history.push([copy(columns).close, columns.count]);
    assert.deepEqual(history, [
      [10, 2],
      [15, 1],
    ]);
    assert.equal([...recording.history(100)].length, 3);
    assert.deepEqual(
      drain(recording).map((step) => [step.close, step.bars.length]),
      [
        [25, 1],
        [30, 2],
      ],
    );
    assert.deepEqual(
      [recording.total, recording.bars, recording.startsAt, recording.endsAt],
      [2, 3, T0 + 20 * MINUTE, T0 + 30 * MINUTE],
    );
    assert.deepEqual(
      recording.instruments.map((instrument) => [instrument.tick, instrument.lot]),
      [
        ['0.01', '0.1'],
        ['1', '1'],
      ],
    );
    const alone = await openRecording({ folder, symbols: ['BUSDT', 'BUSDT'] });
    assert.deepEqual(
      alone.instruments.map((instrument) => instrument.symbol),
      ['BUSDT'],
    );
    assert.deepEqual(
      drain(alone).map((step) => [step.close, step.bars[0]?.symbol]),
      [
        [10, 0],
        [30, 0],
      ],
    );
  });

  it('a span that starts off the grid never trades a bar that opened before it', async (t) => {
    const folder = folderWith(t, { 'AUSDT-5m.csv': csv([row(0), row(5), row(10)]) });
    const recording = await openRecording({ folder, from: T0 + 1, to: T0 + 15 * MINUTE });
    assert.deepEqual(
      drain(recording).map((step) => step.close),
      [10, 15],
    );
  });

  it('minutes become base bars; half a bar at an end or beside an outage is dropped, not made up', async (t) => {
    const minutes = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) =>
        row(from + index, `${10 + index},${20 + index},${5 - index},${11 + index},2`),
      );
    const folder = folderWith(t, {
      // 00:02-00:05 | 00:05-00:10 whole | 00:10-00:13, outage, 00:22-00:25 | 00:25-00:30 without its third | 00:30
      'AUSDT-1m.csv': csv([
        ...minutes(2, 5),
        ...minutes(5, 10),
        ...minutes(10, 13),
        ...minutes(22, 25),
        ...minutes(25, 30).filter((_, index) => index !== 2),
        ...minutes(30, 31),
      ]),
    });
    const recording = await openRecording({ folder });
    assert.deepEqual(drain(recording), [
      { close: 10, bars: [{ symbol: 0, ohlcv: [10, 24, 1, 15, 10] }] },
      { close: 30, bars: [{ symbol: 0, ohlcv: [10, 24, 1, 15, 8] }] },
    ]);
    assert.deepEqual(recording.coverage, [
      { symbol: 'AUSDT', file: 'AUSDT-1m.csv', candles: 19, bars: 2, missing: 3, dropped: 4, thin: 1 },
    ]);
  });

  it('the base timeframe goes before finer ones, and what is not used is named', async (t) => {
    const folder = folderWith(t, {
      'AUSDT-1m.csv': csv([row(0, '1,1,1,1,1')]),
      'AUSDT-5m.csv': csv([row(0, '2,2,2,2,2')]),
      'BUSDT-30s.csv': csv(Array.from({ length: 10 }, (_, index) => row(index / 2, '3,3,3,3,1'))),
      'AUSDT-15m.csv': csv([row(0)]),
      'AUSDT-1M.csv': csv([row(0)]),
      'notes.csv': 'x',
    });
    const recording = await openRecording({ folder });
    assert.deepEqual(drain(recording), [
      {
        close: 5,
        bars: [
          { symbol: 0, ohlcv: [2, 2, 2, 2, 2] },
          { symbol: 1, ohlcv: [3, 3, 3, 3, 10] },
        ],
      },
    ]);
    assert.deepEqual(
      recording.ignored.map((line) => line.split(':')[0]),
      ['AUSDT-15m.csv', 'AUSDT-1M.csv', 'AUSDT-1m.csv', 'notes.csv'],
    );
  });

  it('line ends of Windows, a byte order mark, and no or many line ends at the end are read alike', async (t) => {
    const rows = [HEADER, row(0), row(5)];
    const folder = folderWith(t, {
      'AUSDT-5m.csv': `\uFEFF${rows.join('\r\n')}\r\n\r\n`,
      'BUSDT-5m.csv': rows.join('\n'),
      'CUSDT-5m.csv': `${rows.join('\n')}\n\n`,
    });
    const steps = drain(await openRecording({ folder }));
    assert.deepEqual(
      steps.map((step) => step.bars.map((bar) => bar.ohlcv)),
      [0, 1].map(() => [0, 1, 2].map(() => [10, 12, 9, 11, 5])),
    );
  });
});

describe('a folder that cannot be used', () => {
  it('a missing folder, an empty one and a file in its place are each named', async (t) => {
    const folder = folderWith(t, { 'readme.txt': 'x', 'AUSDT-15m.csv': csv([row(0)]) });
    assert.match(
      await refusal({ folder: join(folder, 'nowhere') }, 'DATA_FOLDER_MISSING'),
      /nowhere does not exist/,
    );
    assert.match(
      await refusal({ folder: join(folder, 'readme.txt') }, 'DATA_FOLDER_MISSING'),
      /readme\.txt is not a folder/,
    );
    const message = await refusal({ folder }, 'DATA_NO_CANDLES');
    assert.ok(
      message.includes(folder) &&
        message.includes('SYMBOL-TIMEFRAME.csv') &&
        message.includes('AUSDT-15m.csv'),
      message,
    );
  });

  it('symbols that are not there are named beside those that are', async (t) => {
    const folder = folderWith(t, { 'AUSDT-5m.csv': csv([row(0)]), 'BUSDT-5m.csv': csv([row(0)]) });
    const message = await refusal({ folder, symbols: ['XUSDT', 'AUSDT', 'YUSDT'] }, 'DATA_UNKNOWN_SYMBOLS');
    assert.match(message, /no candles of XUSDT, YUSDT; there are AUSDT, BUSDT/);
  });

  it('the same candles packed and unpacked are not a matter of luck', async (t) => {
    const folder = folderWith(t, { 'AUSDT-5m.csv': csv([row(0)]), 'AUSDT-5m.csv.gz': csv([row(0)]) });
    assert.match(await refusal({ folder }, 'DATA_AMBIGUOUS'), /AUSDT-5m\.csv and AUSDT-5m\.csv\.gz/);
  });

  it('a span without candles says what the recording holds', async (t) => {
    const folder = folderWith(t, { 'AUSDT-5m.csv': csv([row(0), row(5)]) });
    const message = await refusal({ folder, from: T0 + 60 * MINUTE }, 'DATA_EMPTY_RANGE');
    assert.match(
      message,
      /2024-01-01T01:00:00\.000Z and the end.*2024-01-01T00:00:00\.000Z to 2024-01-01T00:10:00\.000Z/,
    );
    await refusal({ folder, from: T0 + 10 * MINUTE, to: T0 }, 'DATA_EMPTY_RANGE');
  });

  const cases: readonly [name: string, content: string, expected: RegExp][] = [
    [
      'no header',
      `${row(0)}\n${row(5)}\n`,
      /line 1: the header must be "timestamp,open,high,low,close,volume", not "1704/,
    ],
    ['an empty file', '', /line 1: the header must be/],
    ['a header alone', `${HEADER}\n`, /line 2: no candle follows/],
    ['a word for a price', csv([row(0), row(5, '10,12,x9,11,5')]), /line 3: low is not a number: "x9"$/],
    ['an empty field', csv([row(0, '10,12,9,,5')]), /line 2: close is not a number: ""$/],
    ['too few columns', csv([row(0, '10,12,9,11')]), /line 2: 5 columns instead of 6/],
    ['too many columns', csv([row(0, '10,12,9,11,5,7')]), /line 2: 7 columns instead of 6/],
    ['a blank line inside', csv([row(0), '', row(5)]), /line 3: a blank line$/],
    ['a row cut off', csv([row(0)]) + row(5).slice(0, 18), /line 3: 3 columns instead of 6/],
    ['high below low', csv([row(0, '10,8,9,10,5')]), /line 2: high 8 is below low 9$/],
    ['open outside', csv([row(0, '13,12,9,11,5')]), /line 2: open 13 is outside low 9 to high 12$/],
    ['close outside', csv([row(0, '10,12,9,8.5,5')]), /line 2: close 8.5 is outside low 9 to high 12$/],
    ['a price of zero', csv([row(0, '10,12,0,11,5')]), /line 2: low 0 is not above zero$/],
    ['a negative volume', csv([row(0, '10,12,9,11,-5')]), /line 2: volume -5 is negative$/],
    ['a time twice', csv([row(0), row(0), row(5)]), /line 3: timestamp 1704067200000 .* comes twice$/],
    [
      'times running back',
      csv([row(5), row(0), row(10)]),
      /line 3: timestamp 1704067200000 .* is not after 1704067500000/,
    ],
    [
      'a time off the grid',
      csv([row(0), row(6)]),
      /line 3: timestamp 1704067560000 .* is not a multiple of the timeframe, 300000 ms$/,
    ],
    [
      'times in seconds',
      csv([`${T0 / 1000},10,12,9,11,5`]),
      /line 2: timestamp 1704067200 is not in epoch milliseconds$/,
    ],
    [
      'times in microseconds',
      csv([`${T0 * 1000},10,12,9,11,5`]),
      /line 2: timestamp 1704067200000000 is not in epoch milliseconds$/,
    ],
    [
      'several bad rows',
      csv([row(0), row(5, '10,8,9,10,5'), row(10), row(15, '1,2'), row(20, '10,12,9,11,-1')]),
      /line 3: high 8 is below low 9 \(and 2 more bad rows\)$/,
    ],
  ];
  for (const [name, content, expected] of cases) {
    it(`a bad row is named with file, line and reason: ${name}`, async (t) => {
      const folder = folderWith(t, { 'AUSDT-5m.csv': content, 'BUSDT-5m.csv': csv([row(0)]) });
      const message = await refusal({ folder }, 'DATA_BAD_FILES');
      assert.match(message, expected);
      assert.ok(message.startsWith(`bad candles in ${folder}: AUSDT-5m.csv, line `), message);
      assert.equal((await openRecording({ folder, symbols: ['BUSDT'] })).bars, 1);
    });
  }

  it('all bad files are named at once, twenty lines at most', async (t) => {
    const packed = gzipSync(csv([row(0), row(5)]));
    const broken = folderWith(t, {
      'AUSDT-5m.csv.gz': packed.subarray(0, packed.length - 12),
      'BUSDT-5m.csv': csv([row(0, '1,1,1,1,-1')]),
      'CUSDT-5m.csv': csv([row(0)]),
      'DUSDT-5m.csv.gz': Buffer.from('not packed at all'),
    });
    const lines = (await refusal({ folder: broken }, 'DATA_BAD_FILES')).split('\n');
    assert.deepEqual(
      lines.slice(1).map((line) => line.trim().split(/[:,]/)[0]),
      ['AUSDT-5m.csv.gz', 'BUSDT-5m.csv', 'DUSDT-5m.csv.gz'],
    );
    const bad = csv([row(0, '1,1,1,1,-1')]);
    const many = folderWith(
      t,
      Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`S${index}USDT-5m.csv`, bad])),
    );
    const capped = (await refusal({ folder: many }, 'DATA_BAD_FILES')).split('\n').slice(1);
    assert.equal(capped.length, 20);
    assert.equal(capped.at(-1), '  and 6 more');
  });
});

describe('real recordings', () => {
  it('thirty symbols load whole, each bar once, times ascending', { timeout: 60_000 }, async (t) => {
    const folder = join(SHARED_DATA, 'binance-5m-2024');
    if (!existsSync(folder)) return t.skip('no real recordings here');
    const started = performance.now();
    const recording = await openRecording({ folder });
    const ms = performance.now() - started;
    t.diagnostic(`loaded in ${ms.toFixed(0)} ms, ${Math.round((recording.bars / ms) * 1000)} rows/s`);
    assert.equal(recording.instruments.length, 30);
    assert.equal(recording.bars, 2_141_500);
    let rows = 0;
    let steps = 0;
    let last = 0;
    for (let columns = recording.next(); columns !== null; columns = recording.next()) {
      assert.ok(columns.closeTime > last && columns.closeTime % BASE === 0);
      last = columns.closeTime;
      rows += columns.count;
      steps += 1;
    }
    assert.equal(rows, 2_141_500);
    assert.equal(steps, recording.total);
    assert.equal(last, recording.endsAt);
    const ticks = new Map(
      recording.instruments.map((instrument) => [instrument.symbol, [instrument.tick, instrument.lot]]),
    );
    assert.deepEqual(ticks.get('BTCUSDT'), ['0.01', '0.000001']);
    assert.deepEqual(ticks.get('PEPEUSDT'), ['0.00000001', '1']);
  });

  it('the outage of 2021-04-25 is a gap of base bars, not candles made up', {
    timeout: 60_000,
  }, async (t) => {
    const folder = join(SHARED_DATA, 'binance-1m-2021-05');
    if (!existsSync(folder)) return t.skip('no real recordings here');
    const recording = await openRecording({ folder });
    assert.equal(recording.instruments.length, 20);
    const from = Date.UTC(2021, 3, 25, 3, 55);
    const present: string[] = [];
    for (let columns = recording.next(); columns !== null; columns = recording.next()) {
      const open = columns.closeTime - BASE;
      if (open >= from && open < from + 6 * 60 * MINUTE && columns.count > 0)
        present.push(new Date(open).toISOString());
    }
    // 284 minutes from 04:02 on: bars from 04:00 to 08:40 are missing or halved.
    assert.equal(72 - present.length, 57);
    for (const entry of recording.coverage) assert.equal(entry.missing, 57, entry.symbol);
  });
});
