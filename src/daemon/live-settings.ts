import { loadSettings, type SettingFlags, settingAt } from '../config/settings.ts';
import type { Settings } from '../config/settings-schema.ts';

/** What a running daemon takes over from a changed file; all else is for the next start. */
const TAKEN_AT_ONCE: readonly string[] = ['log.level', 'log.components', 'health'];

/** What another reading of the settings would change. Nothing is changed before `take`. */
export interface SettingsChange {
  /** Dotted paths. */
  readonly now: readonly string[];
  readonly atNextStart: readonly string[];
  readonly take: () => void;
}

/** The settings as they are now. */
export class LiveSettings {
  readonly #configDir: string;
  readonly #flags: SettingFlags;
  #current: Settings;

  /** @throws SettingsInvalid with every problem. */
  constructor(configDir: string, flags: SettingFlags = {}) {
    this.#configDir = configDir;
    this.#flags = flags;
    this.#current = this.#load().settings;
  }

  get current(): Settings {
    return this.#current;
  }

  /**
   * Reads them again. Compared with what the daemon started with or took since, so that what waits for the next start
   * is named each time.
   * @throws SettingsInvalid with every problem.
   */
  again(): SettingsChange {
    const { settings, sources } = this.#load();
    const changed = [...sources.keys()].filter(
      (path) => JSON.stringify(settingAt(settings, path)) !== JSON.stringify(settingAt(this.#current, path)),
    );
    const now = changed.filter((path) => isTakenAtOnce(path));
    return {
      now,
      atNextStart: changed.filter((path) => !isTakenAtOnce(path)),
      take: () => {
        const { level, components } = settings.log;
        const log = { ...this.#current.log, level, components };
        this.#current = { ...this.#current, log, health: settings.health };
      },
    };
  }

  #load(): { readonly settings: Settings; readonly sources: ReadonlyMap<string, unknown> } {
    return loadSettings({ configDir: this.#configDir, flags: this.#flags });
  }
}

function isTakenAtOnce(path: string): boolean {
  return TAKEN_AT_ONCE.some((taken) => path === taken || path.startsWith(`${taken}.`));
}
