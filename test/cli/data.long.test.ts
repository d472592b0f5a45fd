/** `breakout data` as a person runs it: processes, an exchange on loopback, and the ways in which it ends. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Emulator, startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { candleFolder } from '../e2e/candle-folder.ts';
import { Sandbox } from './sandbox.ts';

interface Series {
  readonly symbol: string;
  readonly added: number;
  readonly candles: number;
  readonly gaps: readonly unknown[];
}

interface Report {
  readonly store: string;
  readonly series: readonly Series[];
}

const KLINE = 'GET /v5/market/kline';
/** Seven pages and a bit, of a thousand candles each. */
const DOWNLOAD = [
  'data',
  'download',
  '--exchange',
  'bybit',
  '--symbols',
  'BTC/USDT:USDT',
  '--timeframe',
  '1m',
];
const DAYS = ['--since', '2024-12-27', '--until', '2025-01-01'];
const ALL = 5 * 1_440;

async function exchange(t: TestContext, bot: Sandbox): Promise<Emulator> {
  const emulator = await startEmulator({ symbols: ['BTCUSDT', 'ETHUSDT'] });
  t.after(() => emulator.stop());
  // The last candle has closed a while ago.
  emulator.control.advance(60_000);
  const { restUrl: rest, streamUrl: stream } = emulator;
  const config = { exchanges: { bybit: { urls: { rest, ws_public: stream, ws_private: stream } } } };
  writeFileSync(path.join(bot.folder, 'config', 'config.json'), JSON.stringify(config));
  return emulator;
}

const storeOf = (bot: Sandbox): string => path.join(bot.stateDir, 'candles', 'bybit');

test('a download that is killed goes on where it stopped, and the candles are those of one that was not', async (t) => {
  await using bot = new Sandbox();
  const { control } = await exchange(t, bot);
  control.requestFault({ kind: 'hold-reply' }, { match: KLINE, after: 6 });
  const killed = bot.start(...DOWNLOAD, ...DAYS);
  await control.whenHeld(1);
  killed.child.kill('SIGKILL');
  await killed.ended;
  control.release();
  const listed = await bot.json<{ series: { candles: number; gaps: number }[] }>('data', 'list');
  assert.deepEqual(
    listed.series.map(({ candles, gaps }) => [candles, gaps]),
    [[5_000, 0]],
  );
  const report = await bot.json<Report>(...DOWNLOAD, ...DAYS);
  assert.equal(report.store, storeOf(bot));
  assert.deepEqual(
    report.series.map(({ added, candles, gaps }) => [added, candles, gaps.length]),
    [[ALL - 5_000, ALL, 0]],
  );
  const whole = path.join(bot.folder, 'whole');
  await bot.json(...DOWNLOAD, ...DAYS, '--data', whole);
  const series = 'BTC_USDT_USDT-1m';
  for (const file of readdirSync(path.join(whole, series)).filter((name) => name.endsWith('.parquet')))
    assert.deepEqual(
      readFileSync(path.join(storeOf(bot), series, file)),
      readFileSync(path.join(whole, series, file)),
    );
  const { stdout, code } = await bot.run(
    ...['backtest', '--preset', 'breakout_v1', '--data', whole, '--from', '2024-12-30'],
  );
  assert.equal(code, 0);
  assert.match(stdout, /summary/);
});

test('Ctrl-C keeps what came, says so and how to go on, and a second download at once is refused', async (t) => {
  await using bot = new Sandbox();
  const { control } = await exchange(t, bot);
  control.requestFault({ kind: 'hold-reply' }, { match: KLINE, after: 3 });
  const running = bot.start(...DOWNLOAD, ...DAYS, '--json');
  await control.whenHeld(1);
  const second = await bot.run(...DOWNLOAD, ...DAYS);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /^breakout: something else is writing into .*bybit: wait until it is done\n$/);
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  control.release();
  assert.equal(code, 1);
  assert.equal(
    stderr,
    `breakout: stopped; what came is kept in ${storeOf(bot)} (the same command goes on from there)\n`,
  );
  assert.equal(JSON.parse(stdout).error.code, 'INTERRUPTED');
  const report = await bot.json<Report>(...DOWNLOAD, ...DAYS);
  assert.deepEqual(
    report.series.map(({ added, candles }) => [added, candles]),
    [[ALL - 3_000, ALL]],
  );
});

test('gaps, waits and what is new are told to a person, and mistakes in one line each', async (t) => {
  await using bot = new Sandbox();
  const { control } = await exchange(t, bot);
  control.withholdCandle('BTCUSDT', Date.UTC(2024, 11, 31, 12));
  control.requestFault({ kind: 'status', status: 429, acted: false }, { match: KLINE });
  const words = ['data', 'download', '--exchange', 'bybit', '--symbols', 'BTC/USDT:USDT,ETH/USDT:USDT'];
  const { code, stdout, stderr } = await bot.run(...words, '--since', '2024-12-31', '--until', '2025-01-01');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^breakout: waiting 1 s: /m);
  assert.match(stdout, /^BTC\/USDT:USDT +287 +287 +2024-12-31T00:00:00Z +2024-12-31T23:55:00Z +1$/m);
  assert.match(stdout, /^BTC\/USDT:USDT +2024-12-31T12:00:00Z +2024-12-31T12:05:00Z +1$/m);
  assert.match(stdout, new RegExp(`^in ${storeOf(bot)}$`, 'm'));
  const list = await bot.run('data');
  assert.match(list.stdout, /^ETH\/USDT:USDT +5m +2024-12-31T00:00:00Z +2024-12-31T23:55:00Z +288 +0 +0$/m);
  for (const [more, exit, says] of [
    [['--exchange', 'bybitt'], 1, /^breakout: there is no exchange "bybitt" \(is it bybit\?\)\n$/],
    [
      ['--exchange', 'nowhere'],
      1,
      /^breakout: there is no exchange "nowhere"; live there are binance, binanceusdm, bybit; all \d+ stand in the table of exchanges in the README\n$/,
    ],
    [['--exchange', '../x'], 3, /^breakout: --exchange "\.\.\/x" is no name of an exchange/],
    [
      ['--symbols', 'BTC/USDX:USDX'],
      1,
      /has no linear perpetual BTC\/USDX:USDX \(is it BTC\/USDT:USDT\?\)\n$/,
    ],
    [['--until', '2024-12-30'], 3, /^breakout: --since must be before --until\n$/],
    [['--data', ''], 3, /^breakout: --data is empty/],
    [['--timeframe', '5min'], 1, /^breakout: bybit has no candles of "5min": .*5m/],
  ] as const) {
    const failed = await bot.run(...words, '--since', '2024-12-31', ...more);
    assert.match(failed.stderr, says);
    assert.equal(failed.code, exit, failed.stderr);
  }
});

test('a folder of CSV files goes into a store and out again, and list shows it', async () => {
  await using bot = new Sandbox();
  const empty = await bot.run('data', 'list');
  assert.match(empty.stdout, /^no candles in .*candles: `breakout data download` fetches some\n$/);
  const folder = candleFolder(path.join(bot.folder, 'csv'), { seed: 1, bars: 300, symbols: ['BTCUSDT'] });
  const imported = await bot.run('data', 'import', folder);
  assert.equal(imported.code, 0, imported.stderr);
  const store = path.join(bot.stateDir, 'candles', 'imported');
  assert.match(imported.stdout, new RegExp(`^in ${store}$`, 'm'));
  assert.ok(existsSync(path.join(store, 'BTCUSDT-5m')));
  const replayed = await bot.run(
    ...['start', '--preset', 'breakout_v1', '--data', store, '--speed', '0', '--follow'],
  );
  assert.equal(replayed.code, 0, replayed.stderr);
  const back = path.join(bot.folder, 'back');
  const exported = await bot.json<{ files: { file: string }[] }>('data', 'export', back, '--data', store);
  assert.deepEqual(
    exported.files.map(({ file }) => file),
    ['BTCUSDT-5m.csv'],
  );
  const lines = (dir: string) =>
    readFileSync(path.join(dir, 'BTCUSDT-5m.csv'), 'utf8')
      .split('\n')
      .map((line) => line.split(',').map(Number));
  assert.deepEqual(lines(back).slice(1), lines(folder).slice(1));
  mkdirSync(path.join(bot.folder, 'none'));
  const none = await bot.run('data', 'list', '--data', path.join(bot.folder, 'none'));
  assert.match(none.stderr, /none is no store of candles: `breakout data download` makes one\n$/);
});
