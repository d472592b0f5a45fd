/** A backtest as it is asked for: a preset by its name, a folder of candles, a period. */
import { ConfigError } from '../config/config-error.ts';
import type { Preset } from '../config/preset.ts';
import { loadPreset, PresetUnknown } from '../config/presets.ts';
import type { Millis } from '../market/time.ts';
import { DataError } from '../venue/replay/data-error.ts';
import { openRecording } from '../venue/replay/open-recording.ts';
import type { Recording } from '../venue/replay/recording.ts';
import { type BacktestReport, runBacktest } from './run.ts';

export interface FolderBacktest {
  readonly preset: string;
  /** Where the user's own presets lie. */
  readonly configDir: string;
  readonly data: string;
  readonly symbols?: readonly string[] | undefined;
  readonly from?: Millis | undefined;
  readonly to?: Millis | undefined;
  /** Start equity in quote; `DEFAULT_EQUITY` when missing. */
  readonly equity?: string | undefined;
  readonly progress?: (done: number, total: number | null) => void;
}

/** What a session starts with when nothing is said. */
export const DEFAULT_EQUITY = '10000';

/** The preset or the candles cannot be used. The message names the place and the mend. */
export class BacktestRefused extends Error {
  override readonly name = 'BacktestRefused';
  readonly code: 'PRESET_UNKNOWN' | 'PRESET_INVALID' | 'DATA_INVALID';

  constructor(code: BacktestRefused['code'], cause: Error) {
    super(cause.message, { cause });
    this.code = code;
  }
}

/** @throws BacktestRefused; nothing has been run then. */
export async function backtestFolder(options: FolderBacktest): Promise<BacktestReport> {
  const { progress } = options;
  const preset = readPreset(options);
  const source = await openSource(options);
  return runBacktest({
    preset,
    source,
    equity: options.equity ?? DEFAULT_EQUITY,
    ...(progress && { progress }),
  });
}

function readPreset({ preset, configDir }: FolderBacktest): Preset {
  try {
    return loadPreset(preset, configDir);
  } catch (error) {
    if (error instanceof PresetUnknown) throw new BacktestRefused('PRESET_UNKNOWN', error);
    if (error instanceof ConfigError) throw new BacktestRefused('PRESET_INVALID', error);
    throw error;
  }
}

async function openSource({ data, symbols, from, to }: FolderBacktest): Promise<Recording> {
  try {
    return await openRecording({ folder: data, symbols, from, to });
  } catch (error) {
    if (error instanceof DataError) throw new BacktestRefused('DATA_INVALID', error);
    throw error;
  }
}
