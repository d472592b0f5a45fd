/**
 * Reads the settings and the presets again, on SIGHUP and `engine.reload`. All of it is checked before any of it is
 * taken: with a single mistake everything stays as it was. A running session holds to the preset that it began with.
 */
import { ConfigError } from '../config/config-error.ts';
import type { Paths } from '../config/paths.ts';
import { SettingsInvalid } from '../config/settings.ts';
import { RpcError } from '../protocol/errors.ts';
import type { SessionHost } from '../session/host.ts';
import { errorFields, type Log } from '../telemetry/log.ts';
import type { Ending } from './ending.ts';
import type { LiveSettings, SettingsChange } from './live-settings.ts';
import { type PresetsChange, PresetWatch } from './preset-watch.ts';
import type { Supervision } from './supervision.ts';

export interface ReloaderOptions {
  readonly paths: Paths;
  readonly settings: LiveSettings;
  readonly host: SessionHost;
  readonly log: Log;
  readonly supervision: Supervision;
  readonly ending: Ending;
}

export class Reloader {
  readonly #options: ReloaderOptions;
  readonly #presets: PresetWatch;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#presets = new PresetWatch(options.paths.configDir);
  }

  /**
   * @returns what has changed, and what will only at the next start, in words.
   * @throws RpcError RELOAD_INVALID with every problem, SHUTTING_DOWN; nothing has been changed then.
   */
  reload(by: string): string {
    const { log } = this.#options;
    try {
      const told = this.#announced(() => this.#reload());
      log.info('reloaded', { by, ...told });
      return messageOf(told);
    } catch (error) {
      const why =
        error instanceof RpcError
          ? { reason: error.message, problems: error.data.problems }
          : errorFields(error);
      log.error('reload refused, everything stays as it was', { by, ...why });
      throw error;
    }
  }

  /** Nobody waits for the answer. */
  bySignal(by: string): void {
    try {
      this.reload(by);
    } catch {
      // The log has it, and a daemon is not to end over its configuration.
    }
  }

  /** READY after STOPPING would tell the supervisor that the daemon stays. */
  #announced(reload: () => Told): Told {
    const { supervision, ending } = this.#options;
    if (ending.asked) throw RpcError.of('SHUTTING_DOWN', 'the daemon is stopping');
    supervision.reloading();
    try {
      return reload();
    } finally {
      supervision.reloaded();
    }
  }

  #reload(): Told {
    const { settings, log, host } = this.#options;
    const problems: string[] = [];
    const settingsChange = this.#tried(() => settings.again(), problems);
    const presetsChange = this.#tried(() => this.#presets.again(), problems);
    problems.push(...(presetsChange?.problems ?? []));
    if (settingsChange === null || presetsChange === null || problems.length > 0) {
      const count = `${problems.length} problem${problems.length === 1 ? '' : 's'}`;
      throw RpcError.of('RELOAD_INVALID', `nothing was reloaded: ${count}`, { problems });
    }
    settingsChange.take();
    presetsChange.take();
    log.levels.configure(settings.current.log);
    return told(settingsChange, presetsChange, this.#sessionHolds(presetsChange, host));
  }

  /** @returns null when it cannot be read; `problems` says why then. */
  #tried<T>(read: () => T, problems: string[]): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const lines = error instanceof SettingsInvalid ? error.lines : [error.message];
      problems.push(...lines.map((line) => this.#withoutPaths(line)));
      return null;
    }
  }

  /** Where the user's files lie is nobody's business; their names are. */
  #withoutPaths(line: string): string {
    const { configDir } = this.#options.paths;
    return line.replaceAll(`${configDir}/`, '').replaceAll(configDir, 'the configuration folder');
  }

  /** The preset of the running session, when disk has another one by now. */
  #sessionHolds({ textOf }: PresetsChange, { preset }: SessionHost): string | null {
    return preset !== null && textOf(preset.name) !== JSON.stringify(preset) ? preset.name : null;
  }
}

interface Told {
  readonly now: readonly string[];
  readonly atNextStart: readonly string[];
  readonly presets: readonly string[];
  /** Name of the preset that the running session holds to. */
  readonly held: string | null;
}

function told(settings: SettingsChange, presets: PresetsChange, held: string | null): Told {
  return { now: settings.now, atNextStart: settings.atNextStart, presets: presets.changes, held };
}

function messageOf({ now, atNextStart, presets, held }: Told): string {
  const parts = [
    ...(now.length > 0 ? [`taken now: ${now.join(', ')}`] : []),
    ...(atNextStart.length > 0 ? [`taken at the next start of the daemon: ${atNextStart.join(', ')}`] : []),
    ...(presets.length > 0 ? [`presets: ${presets.join(', ')}`] : []),
    ...(held === null
      ? []
      : [
          `preset ${held} differs on disk from the running session's, which holds to its own until the next start`,
        ]),
  ];
  return parts.length === 0 ? 'reloaded: nothing has changed' : `reloaded; ${parts.join('; ')}`;
}
