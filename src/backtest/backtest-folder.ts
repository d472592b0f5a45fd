/** A backtest as it is asked for: a preset by its name, a folder of candles, a period. */
import type { Preset } from '../config/preset.ts';
import { loadPreset, PresetInvalid, PresetUnknown } from '../config/presets.ts';
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
  /** Everything that is wrong with the preset, a line each. */
  readonly problems: readonly string[];

  constructor(
    code: BacktestRefused['code'],
    message: string,
    cause: Error,
    problems: readonly string[] = [],
  ) {
    super(message, { cause });
    this.code = code;
    this.problems = problems;
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
    if (error instanceof PresetUnknown) throw new BacktestRefused('PRESET_UNKNOWN', error.message, error);
    if (!(error instanceof PresetInvalid)) throw error;
    const problems = error.message.split('\n');
    const many = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    throw new BacktestRefused('PRESET_INVALID', `preset ${preset} has ${many}`, error, problems);
  }
}

async function openSource({ data, symbols, from, to }: FolderBacktest): Promise<Recording> {
  try {
    return await openRecording({ folder: data, symbols, from, to });
  } catch (error) {
    if (error instanceof DataError) throw new BacktestRefused('DATA_INVALID', error.message, error);
    throw error;
  }
}
