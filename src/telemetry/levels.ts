import { LOG_COMPONENTS, type LOG_LEVELS } from '../config/settings-schema.ts';

export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogComponent = (typeof LOG_COMPONENTS)[number];

export interface LevelSettings {
  readonly level: LogLevel;
  /** Over `level`. */
  readonly components: Readonly<Partial<Record<LogComponent, LogLevel>>>;
}

export interface LevelView {
  readonly component: LogComponent;
  /** What is written now. */
  readonly level: LogLevel;
  /** What the settings say. */
  readonly configured: LogLevel;
  /** Epoch ms at which the level before comes back; null when none is due. */
  readonly until: number | null;
}

export interface LevelChange {
  readonly component: LogComponent;
  readonly from: LogLevel;
  readonly to: LogLevel;
}

interface Setting {
  /** At run time, until the daemon ends. */
  given: LogLevel | null;
  /** Over it, for a time. */
  passing: { readonly level: LogLevel; readonly until: number; readonly timer: NodeJS.Timeout } | null;
}

const RANK: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** Whether a component set to `set` writes lines of `level`. */
export function covers(set: LogLevel, level: LogLevel): boolean {
  return RANK[level] <= RANK[set];
}

/** Which lines each component writes: as the settings say, until told otherwise at run time. */
export class LogLevels {
  #settings: LevelSettings;
  readonly #own = new Map<LogComponent, Setting>();
  readonly #now: () => number;
  readonly #onPassed: (changes: readonly LevelChange[]) => void;

  /** @param onPassed told when a level that was set for a time has run out. */
  constructor(
    settings: LevelSettings,
    onPassed: (changes: readonly LevelChange[]) => void = () => undefined,
    now: () => number = Date.now,
  ) {
    this.#settings = settings;
    this.#onPassed = onPassed;
    this.#now = now;
  }

  of(component: LogComponent): LogLevel {
    const own = this.#own.get(component);
    return own?.passing?.level ?? own?.given ?? this.#configured(component);
  }

  enabled(component: LogComponent, level: LogLevel): boolean {
    return covers(this.of(component), level);
  }

  list(): LevelView[] {
    return LOG_COMPONENTS.map((component) => ({
      component,
      level: this.of(component),
      configured: this.#configured(component),
      until: this.#own.get(component)?.passing?.until ?? null,
    }));
  }

  /**
   * Sets the level of one component, or of all.
   * @param level `configured` goes back to what the settings say.
   * @param forMs after which the level before comes back; null = until the daemon ends.
   */
  set(component: LogComponent | null, level: LogLevel | 'configured', forMs: number | null): LevelChange[] {
    const names = component === null ? LOG_COMPONENTS : [component];
    return this.#changing(names, () => {
      for (const name of names) this.#setOne(name, level, forMs);
    });
  }

  /** New settings; what was set at run time stays. */
  configure(settings: LevelSettings): LevelChange[] {
    return this.#changing(LOG_COMPONENTS, () => {
      this.#settings = settings;
    });
  }

  dispose(): void {
    for (const { passing } of this.#own.values()) clearTimeout(passing?.timer);
    this.#own.clear();
  }

  #configured(component: LogComponent): LogLevel {
    return this.#settings.components[component] ?? this.#settings.level;
  }

  #setOne(component: LogComponent, level: LogLevel | 'configured', forMs: number | null): void {
    const own = this.#own.get(component) ?? { given: null, passing: null };
    this.#own.set(component, own);
    clearTimeout(own.passing?.timer);
    own.passing = null;
    if (level === 'configured') {
      own.given = null;
    } else if (forMs === null) {
      own.given = level;
    } else {
      const timer = setTimeout(() => this.#pass(component), forMs).unref();
      own.passing = { level, until: this.#now() + forMs, timer };
    }
  }

  #pass(component: LogComponent): void {
    const changes = this.#changing([component], () => {
      const own = this.#own.get(component);
      if (own) own.passing = null;
    });
    this.#onPassed(changes);
  }

  #changing(components: readonly LogComponent[], change: () => void): LevelChange[] {
    const before = components.map((component) => this.of(component));
    change();
    return components.flatMap((component, i) => {
      const from = before[i];
      const to = this.of(component);
      return from === undefined || from === to ? [] : [{ component, from, to }];
    });
  }
}
