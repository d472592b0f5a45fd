import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { BacktestReport } from '../../src/backtest/run.ts';
import type { ResultOf } from '../../src/protocol/methods.ts';
import { Sandbox } from '../cli/sandbox.ts';
import { SHARED_DATA } from '../shared-data.ts';
import { candleFolder } from './candle-folder.ts';

type Status = ResultOf<'engine.status'>;

const RECORDED = path.join(SHARED_DATA, 'binance-5m-2024');

/** The same candles through a real daemon and in a backtest. */
async function sameTrades(bot: Sandbox, candles: readonly string[]): Promise<void> {
  const report = await bot.json<BacktestReport>('backtest', '--preset', 'breakout_v1', ...candles);
  assert.ok(report.trades.length >= 5, `only ${report.trades.length} trades: too few to compare`);

  const followed = await bot.run(
    'start',
    '--preset',
    'breakout_v1',
    '--venue',
    'replay',
    ...candles,
    '--speed',
    '0',
    '--follow',
    '--json',
  );
  assert.equal(followed.code, 0, followed.stderr);
  const lines = followed.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(lines.at(-1).summary.ended.reason, 'data_ended');

  const { trades, openPositions } = await bot.json<ResultOf<'trades.list'>>('trades');
  assert.deepEqual(trades, report.trades);
  assert.deepEqual(openPositions, report.openPositions);
  assert.equal((await bot.json<Status>('status')).state, 'IDLE');
}

describe('replay through the daemon and the backtest give the same trades, to the last decimal', () => {
  test('on generated candles', async () => {
    await using bot = new Sandbox();
    await sameTrades(bot, [
      '--data',
      candleFolder(path.join(bot.folder, 'candles'), { seed: 5, bars: 2500 }),
    ]);
  });

  const why = existsSync(RECORDED) ? false : 'the recorded candles are not here';
  test('on a slice of the recorded candles', { skip: why }, async () => {
    await using bot = new Sandbox();
    const symbols = 'BTCUSDT,ETHUSDT,SOLUSDT,PEPEUSDT,LINKUSDT,SUIUSDT,WIFUSDT,XRPUSDT';
    await sameTrades(bot, [
      '--data',
      RECORDED,
      '--symbols',
      symbols,
      '--from',
      '2024-02-20',
      '--to',
      '2024-03-20',
    ]);
  });
});
