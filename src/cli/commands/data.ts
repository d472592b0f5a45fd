/** `breakout data`: in this process, without a daemon. */
import { join, resolve } from 'node:path';
import { download } from '../../data/download.ts';
import { exportFolder } from '../../data/export-folder.ts';
import { importFolder } from '../../data/import-folder.ts';
import { listStore, listStores } from '../../data/list-stores.ts';
import { DataRefused } from '../../data/refused.ts';
import type { Context } from '../context.ts';
import { downloadLines, exportLines, importLines, listLines } from '../data-report.ts';
import { CliError, usageError } from '../exit.ts';
import { span } from '../format.ts';
import { interrupt } from '../interrupt.ts';
import { type ProgressBar, progressBar } from '../progress-bar.ts';

/** After Ctrl-C the process is gone by then. */
const LEAVES_MS = 300;

export interface DataOptions {
  readonly data?: string;
  readonly symbols?: readonly string[];
}

export interface DataDownloadOptions extends DataOptions {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  readonly since: number;
  readonly until?: number;
}

export async function dataList({ output, paths }: Context, { data }: DataOptions): Promise<void> {
  const store = given(data);
  const series = await told(() => (store === null ? listStores(paths.candlesDir) : listStore(store)));
  output.result({ folder: store ?? paths.candlesDir, series }, () =>
    listLines(series, store ?? paths.candlesDir, output.width, output.paint),
  );
}

export async function dataDownload(context: Context, options: DataDownloadOptions): Promise<void> {
  const { output, paths, env } = context;
  const { exchange, symbols, timeframe, since, until } = options;
  // It becomes the name of a folder.
  if (!/^[a-z0-9]{2,40}$/.test(exchange))
    throw usageError(`--exchange ${JSON.stringify(exchange)} is no name of an exchange`, 'such as bybit');
  if (until !== undefined && since >= until) throw usageError('--since must be before --until');
  const store = given(options.data) ?? join(paths.candlesDir, exchange);
  using stop = interrupt();
  const report = await withBar(context, (bar) =>
    download({
      exchange,
      symbols,
      timeframe,
      since,
      until,
      store,
      configDir: paths.configDir,
      env,
      signal: stop.signal,
      progress: bar.update,
      waits: (reason, ms) => {
        bar.clear();
        output.note(`breakout: waiting ${span(ms)}: ${reason}`);
      },
    }).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
      // A request that hangs holds the process for seconds; by then the failure has long been told.
      setTimeout(() => process.exit(), LEAVES_MS).unref();
      throw new CliError('INTERRUPTED', `stopped; what came is kept in ${store}`, {
        hint: 'the same command goes on from there',
        cause: error,
      });
    }),
  );
  output.result(report, () => downloadLines(report, output.width, output.paint));
}

export async function dataImport(context: Context, folder: string, options: DataOptions): Promise<void> {
  const { output, paths } = context;
  if (folder === '') throw usageError('the folder is empty', 'the folder of CSV files');
  const store = given(options.data) ?? join(paths.candlesDir, 'imported');
  const report = await withBar(context, (bar) =>
    importFolder({ from: resolve(folder), store, symbols: options.symbols, progress: bar.update }),
  );
  output.result(report, () => importLines(report, output.width, output.paint));
}

export async function dataExport(context: Context, folder: string, options: DataOptions): Promise<void> {
  const { output } = context;
  const store = given(options.data);
  if (store === null || folder === '')
    throw usageError('a folder is missing', 'the store, and the folder to write');
  const report = await withBar(context, (bar) =>
    exportFolder({ store, to: resolve(folder), symbols: options.symbols, progress: bar.update }),
  );
  output.result(report, () => exportLines(report, output.width, output.paint));
}

/** A path that is given has to be one: `--data "$UNSET"` must not mean the default. */
function given(data: string | undefined): string | null {
  if (data === '') throw usageError('--data is empty', 'the folder of the store');
  return data === undefined ? null : resolve(data);
}

async function withBar<T>({ output }: Context, work: (bar: ProgressBar) => Promise<T>): Promise<T> {
  const bar = progressBar(output.progress);
  try {
    return await told(() => work(bar));
  } finally {
    bar.clear();
  }
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof DataRefused)) throw cause;
    const { code, message, hint } = cause;
    throw new CliError(code, message, { ...(hint !== null && { hint }), cause });
  }
}
