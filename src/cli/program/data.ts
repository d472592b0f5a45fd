/** `breakout data`: candles on disk, for backtests and replays. */
import type { Command } from 'commander';
import { contextOf } from '../context.ts';
import * as parse from '../parse.ts';
import { examples } from './examples.ts';

const PLACE = `
Stores lie in the state folder, shared by all instances:
  candles/EXCHANGE   what was downloaded from it
  candles/imported   what was imported
Each holds one Parquet file a symbol, timeframe and month, which pandas, polars
and DuckDB read as they are. \`backtest --data\` and \`start --data\` take a store
as well as a folder of CSV files.`;

const GOING_ON = `
Only closed candles are kept, and only what is not there yet is asked for: the
same command goes on where it stopped, however it ended, and an earlier --since
fetches what is missing in front. Gaps are listed, and never filled.`;

const DOWNLOAD = [
  'breakout data download --exchange bybit --symbols BTC/USDT:USDT,ETH/USDT:USDT --since 2025-01-01',
  'breakout data download --exchange bybit --symbols SOL/USDT --timeframe 1m --since 2025-01-01 --until 2025-02-01 --data ./spot',
];

export function data(root: Command): void {
  root.commandsGroup('Setting up:');
  const group = root
    .command('data')
    .description('candles for backtests and replays: download, list, import, export')
    .addHelpText('after', PLACE)
    .addHelpText('after', examples(['breakout data list', ...DOWNLOAD.slice(0, 1)]));

  group
    .command('list', { isDefault: true })
    .description('what there is: symbols, first and last candle, gaps (the default)')
    .option('--data <dir>', 'one store (default: those in the state folder)')
    .addHelpText('after', PLACE)
    .addHelpText('after', examples(['breakout data list', 'breakout data list --data ./store --json']))
    .action(async (options, command) => {
      const { dataList } = await import('../commands/data.ts');
      await dataList(contextOf(command), options);
    });

  group
    .command('download')
    .description('fetch candles from an exchange; needs no keys, and never asks its test environment')
    .requiredOption('--exchange <name>', "by ccxt's name, such as bybit or binanceusdm")
    .requiredOption(
      '--symbols <list>',
      'with commas between: BTC/USDT:USDT is a perpetual, BTC/USDT spot',
      parse.symbols,
    )
    .option('--timeframe <time>', 'how long a candle lasts; backtests take 5m and 1m', '5m')
    .requiredOption('--since <time>', 'first day or instant, UTC', parse.instant)
    .option('--until <time>', 'up to and without this day or instant, UTC (default: now)', parse.instant)
    .option('--data <dir>', 'the store (default: candles/EXCHANGE in the state folder)')
    .addHelpText('after', GOING_ON)
    .addHelpText('after', PLACE)
    .addHelpText('after', examples(DOWNLOAD))
    .action(async (options, command) => {
      const { dataDownload } = await import('../commands/data.ts');
      await dataDownload(contextOf(command), options);
    });

  group
    .command('import')
    .description('make a store of a folder of CSV files')
    .argument('<folder>', 'of SYMBOL-TIMEFRAME.csv[.gz], with instruments.json or without')
    .option('--symbols <list>', 'only these, with commas between', parse.symbols)
    .option('--data <dir>', 'the store (default: candles/imported in the state folder)')
    .addHelpText('after', PLACE)
    .addHelpText('after', examples(['breakout data import ./candles --data ./store']))
    .action(async (folder, options, command) => {
      const { dataImport } = await import('../commands/data.ts');
      await dataImport(contextOf(command), folder, options);
    });

  group
    .command('export')
    .description('write the candles of a store as CSV files')
    .argument('<folder>', 'where they are to be; it is made')
    .requiredOption('--data <dir>', 'the store')
    .option('--symbols <list>', 'only these, with commas between', parse.symbols)
    .addHelpText('after', PLACE)
    .addHelpText('after', examples(['breakout data export ./csv --data ./store --symbols BTCUSDT']))
    .action(async (folder, options, command) => {
      const { dataExport } = await import('../commands/data.ts');
      await dataExport(contextOf(command), folder, options);
    });
}
