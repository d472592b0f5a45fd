import { resolve } from 'node:path';
import { BacktestRefused, backtestFolder } from '../../backtest/backtest-folder.ts';
import { backtestLines } from '../backtest-report.ts';
import type { Context } from '../context.ts';
import { CliError, usageError } from '../exit.ts';
import { progressBar } from '../progress-bar.ts';

export interface BacktestCommandOptions {
  readonly preset: string;
  readonly data: string;
  readonly symbols?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly equity?: string;
}

/** `breakout backtest`: in this process, without a daemon. */
export async function backtest({ output, paths }: Context, options: BacktestCommandOptions): Promise<void> {
  const { preset, symbols, from, to, equity } = options;
  if (options.data === '') throw usageError('--data is empty', 'the folder of recorded candles');
  if (from !== undefined && to !== undefined && from >= to) throw usageError('--from must be before --to');
  const bar = progressBar(output.progress);
  try {
    const report = await backtestFolder({
      preset,
      configDir: paths.configDir,
      data: resolve(options.data),
      symbols,
      from,
      to,
      equity,
      progress: bar.update,
    });
    bar.clear();
    output.result(report, () => backtestLines(report, output.width, output.paint));
  } catch (error) {
    bar.clear();
    if (error instanceof BacktestRefused) {
      throw new CliError(error.code, error.message, { problems: error.problems, cause: error });
    }
    throw error;
  }
}
