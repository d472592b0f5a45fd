/** Downloads from the emulated exchange, over real HTTP. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import type { DownloadReport } from '../../src/data/download.ts';
import { DataRefused } from '../../src/data/refused.ts';
import { BASE, DAY, HOUR, MINUTE } from '../../src/market/time.ts';
import { openRecording } from '../../src/venue/replay/open-recording.ts';
import { drain } from '../venue/replay/fixtures.ts';
import { type Rig, rig } from './rig.ts';

interface Exchange {
  readonly control: Awaited<ReturnType<typeof startEmulator>>['control'];
  readonly rig: Rig;
  /** When the last candle closed. */
  readonly now: number;
}

async function exchange(
  t: import('node:test').TestContext,
  protocol: 'bybit' | 'binance' = 'bybit',
): Promise<Exchange> {
  const emulator = await startEmulator({ protocol, symbols: ['BTCUSDT', 'ETHUSDT'] });
  t.after(() => emulator.stop());
  const { restUrl, streamUrl, control } = emulator;
  // Some candles of the next month, and half of one that is open.
  control.advance(HOUR + 2 * MINUTE);
  const urls = { rest: restUrl, wsPublic: streamUrl, wsPrivate: streamUrl };
  const made = rig(t, protocol === 'binance' ? 'binanceusdm' : 'bybit', urls);
  return { control, rig: made, now: Math.floor(control.now() / BASE) * BASE };
}

const only = ({ series }: DownloadReport) => {
  const [one] = series;
  assert.ok(one);
  return one;
};

async function refusal(work: Promise<unknown>, code: string): Promise<DataRefused> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof DataRefused, String(error));
    assert.equal(error.code, code, error.message);
    return error;
  }
  throw new Error(`not refused: ${code}`);
}

for (const protocol of ['bybit', 'binance'] as const)
  test(`${protocol}: every closed candle is there once, those of before the listing are not waited for, and the open one is not kept`, async (t) => {
    const { rig: on, control, now } = await exchange(t, protocol);
    const both = { since: now - 3 * 365 * DAY, symbols: ['BTC/USDT:USDT', 'ETH/USDT:USDT'] };
    const report = await on.run(both);
    const first = only(report).first ?? 0;
    assert.equal(report.until, now);
    for (const { candles, added, last, gaps } of report.series) {
      assert.equal(last, report.until - BASE);
      assert.equal(candles, (report.until - first) / BASE);
      assert.equal(added, candles);
      assert.deepEqual(gaps, []);
    }
    const recording = await openRecording({ folder: on.store });
    assert.deepEqual(recording.assumed, []);
    const [btc] = recording.instruments;
    assert.deepEqual([btc?.symbol, btc?.base, btc?.type], ['BTC/USDT:USDT', 'BTC', 'linear']);
    assert.equal(recording.bars, 2 * only(report).candles);
    // Each candle is the exchange's own.
    for (const at of [first, report.until - BASE, report.until - 700 * BASE]) {
      const told = control.candle('BTCUSDT', at);
      const tick = Number(btc?.tick);
      const bar = drain(await openRecording({ folder: on.store, from: at, to: at + BASE }))[0]?.bars[0];
      assert.ok(told && bar);
      for (const [i, ticks] of [told.open, told.high, told.low, told.close].entries())
        assert.ok(Math.abs((bar.ohlcv[i] ?? 0) - ticks * tick) < tick / 1_000, `${at} ${i}`);
    }
    // Later, only what is new is fetched.
    control.advance(HOUR);
    const later = await on.run(both);
    assert.deepEqual(
      later.series.map(({ added, changed }) => [added, changed]),
      [
        [12, 0],
        [12, 0],
      ],
    );
  });

test('an earlier start fetches what is missing in front, and both ends fit', async (t) => {
  const { rig: on, now } = await exchange(t);
  const late = await on.run({ since: now - DAY, until: now - 12 * HOUR });
  const early = await on.run({ since: now - 3 * DAY });
  assert.equal(only(early).candles, 3 * 288);
  assert.equal(only(early).added + only(late).added, 3 * 288);
  assert.deepEqual(only(early).gaps, []);
  assert.equal(await on.bars(), 3 * 288);
});

test('candles that the exchange does not have are listed as gaps, and never filled', async (t) => {
  const { rig: on, control, now } = await exchange(t);
  const start = now - 2 * DAY;
  for (const at of [start + 10 * BASE, start + 11 * BASE, start + 300 * BASE])
    control.withholdCandle('BTCUSDT', at);
  const report = only(await on.run({ since: start }));
  assert.deepEqual(report.gaps, [
    { from: start + 10 * BASE, to: start + 12 * BASE, missing: 2 },
    { from: start + 300 * BASE, to: start + 301 * BASE, missing: 1 },
  ]);
  assert.equal(report.candles, 2 * 288 - 3);
});

test('a last candle that comes late is fetched by the next download, and one that was put right since is put right', async (t) => {
  const { rig: on, control, now } = await exchange(t);
  const last = now - BASE;
  control.withholdCandle('BTCUSDT', last);
  assert.equal(only(await on.run({ since: now - DAY })).last, last - BASE);
  control.giveBackCandle('BTCUSDT', last);
  const was = control.candle('BTCUSDT', last - BASE);
  assert.ok(was);
  control.correctCandle('BTCUSDT', last - BASE, { volume: was.volume + 1 });
  const report = only(await on.run({ since: now - DAY }));
  assert.deepEqual([report.last, report.added, report.changed], [last, 1, 1]);
});

test('candles of another market are noticed at the seam, and nothing is mixed', async (t) => {
  const first = await exchange(t);
  await first.rig.run({ since: first.now - DAY, until: first.now - 12 * HOUR });
  const file = join(first.rig.store, 'BTC_USDT_USDT-5m');
  for (let at = 0; at < 400; at += 1) {
    const start = first.now - at * BASE;
    const candle = first.control.candle('BTCUSDT', start);
    if (candle !== null) first.control.correctCandle('BTCUSDT', start, { volume: candle.volume + 5 });
  }
  const before = readdirSync(file).map((name) => readFileSync(join(file, name), 'utf8'));
  const refused = await refusal(first.rig.run({ since: first.now - DAY }), 'DATA_SEAM');
  assert.match(
    refused.message,
    /BTC\/USDT:USDT: none of the last 12 candles stored is as the exchange tells it/,
  );
  assert.match(refused.hint ?? '', /remove .*BTC_USDT_USDT-5m to fetch all of it again/);
  assert.deepEqual(
    readdirSync(file).map((name) => readFileSync(join(file, name), 'utf8')),
    before,
  );
});

test('a file that was removed is fetched again, and nothing else', async (t) => {
  const { rig: on, now } = await exchange(t);
  const all = only(await on.run({ since: now - 2 * DAY }));
  const series = join(on.store, 'BTC_USDT_USDT-5m');
  assert.deepEqual(readdirSync(series).sort(), ['2024-12.parquet', '2025-01.parquet']);
  rmSync(join(series, '2025-01.parquet'));
  const again = only(await on.run({ since: now - 2 * DAY }));
  assert.deepEqual([again.added, again.candles], [12, all.candles]);
  rmSync(join(on.store, 'asked', 'BTC_USDT_USDT-5m.json'));
  const whole = only(await on.run({ since: now - 2 * DAY }));
  assert.deepEqual([whole.added, whole.changed, whole.candles], [0, 0, all.candles]);
});

test('too many requests and failing servers are waited out, longer each time', async (t) => {
  const { rig: on, control, now } = await exchange(t);
  const match = 'GET /v5/market/kline';
  control.requestFault({ kind: 'status', status: 429, acted: false }, { match, times: 1 });
  control.requestFault({ kind: 'status', status: 502, acted: false }, { match, times: 2 });
  control.requestFault({ kind: 'drop-reply' }, { match, times: 1 });
  const report = await on.run({ since: now - 2 * DAY, until: now, timeframe: '1m' });
  assert.equal(only(report).candles, 2 * 1_440);
  assert.equal(on.waits.length, 4, on.waits.join('\n'));
  assert.deepEqual(
    on.waits.map((each) => Number.parseInt(each, 10)),
    [1_000, 2_000, 4_000, 8_000],
  );
});

test('an exchange that stays away is given up, and what came is kept', async (t) => {
  const { rig: on, control, now } = await exchange(t);
  control.requestFault(
    { kind: 'status', status: 503, acted: false },
    { match: 'GET /v5/market/kline', times: null, after: 2 },
  );
  const since = now - 3 * DAY;
  const refused = await refusal(on.run({ since, until: now, timeframe: '1m' }), 'EXCHANGE_UNREACHABLE');
  assert.match(refused.message, /^bybit does not answer: .*503/);
  assert.match(refused.hint ?? '', /the same command goes on from there/);
  control.clearFaults();
  const report = only(await on.run({ since, until: now, timeframe: '1m' }));
  assert.equal(report.candles, 3 * 1_440);
  assert.equal(report.added, 3 * 1_440 - 2_000);
});

test('what there is no such thing of is named, with what there is', async (t) => {
  const { rig: on, now } = await exchange(t);
  const since = now - DAY;
  const said = async (asked: Partial<Parameters<Rig['run']>[0]>, code: string) =>
    (await refusal(on.run({ since, ...asked }), code)).message;
  assert.match(await said({ exchange: 'bybitt' }, 'VENUE_UNKNOWN'), /no exchange "bybitt" \(is it bybit\?\)/);
  assert.match(await said({ exchange: 'nosuchname' }, 'VENUE_UNKNOWN'), /; live there are .*\bbybit\b/);
  assert.match(
    await said({ symbols: ['BTC/USD:USDT'] }, 'SYMBOL_UNKNOWN'),
    /bybit has no linear perpetual BTC\/USD:USDT \(is it BTC\/USDT:USDT\?\)/,
  );
  assert.match(await said({ symbols: ['BTCUSD'] }, 'SYMBOL_UNKNOWN'), /BTCUSD/);
  assert.match(
    await said({ symbols: ['BTC/USDT', 'ETH/USDT:USDT'] }, 'SYMBOL_UNKNOWN'),
    /are of two kinds of markets/,
  );
  assert.match(
    await said({ timeframe: '7m' }, 'TIMEFRAME_UNKNOWN'),
    /no candles of "7m": it has 1m, .*5m, 15m/,
  );
  assert.match(await said({ since: now + DAY }, 'DATA_EMPTY_RANGE'), /has yet to come: it is .* at bybit/);
  assert.match(
    await said({ since: now - 1, until: now }, 'DATA_EMPTY_RANGE'),
    /no candle of 5m has closed between/,
  );
});

test('a timeframe that there is not is said at once, and not after a quarter of an hour without a network', async (t) => {
  const { rig: on, now, control } = await exchange(t);
  control.setDown(true);
  const refused = await refusal(on.run({ since: now - DAY, timeframe: '7m' }), 'TIMEFRAME_UNKNOWN');
  assert.match(refused.message, /^bybit has no candles of "7m"/);
});

test('spot, and the name that the exchange itself has for a market', async (t) => {
  const { rig: on, now } = await exchange(t);
  const report = await on.run({ since: now - DAY, symbols: ['BTC/USDT', 'ETH/USDT'] });
  assert.deepEqual(
    report.series.map(({ symbol, candles }) => [symbol, candles]),
    [
      ['BTC/USDT', 288],
      ['ETH/USDT', 288],
    ],
  );
  const perpetual = await on.run({ since: now - DAY, symbols: ['BTCUSDT'] });
  assert.equal(only(perpetual).symbol, 'BTC/USDT:USDT');
  const { instruments } = await openRecording({ folder: on.store });
  assert.deepEqual(
    instruments.map(({ symbol, type }) => `${symbol} ${type}`),
    ['BTC/USDT spot', 'BTC/USDT:USDT linear', 'ETH/USDT spot'],
  );
});
