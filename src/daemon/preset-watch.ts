import { readPresets } from '../config/preset-list.ts';

/** Which presets are other than they were, by name. Nothing is kept before `take`. */
export interface PresetsChange {
  readonly changes: readonly string[];
  /** A line each, of every preset that cannot be used. */
  readonly problems: readonly string[];
  /** What lies on disk under this name, as JSON; null when there is nothing that can be used. */
  readonly textOf: (name: string) => string | null;
  readonly take: () => void;
}

/** Knows the presets as they were when it looked last. A start reads its preset from disk anyway. */
export class PresetWatch {
  readonly #configDir: string;
  #seen: ReadonlyMap<string, string | null>;

  constructor(configDir: string) {
    this.#configDir = configDir;
    this.#seen = this.#look().texts;
  }

  /** @throws ConfigError when the folder cannot be read. */
  again(): PresetsChange {
    const { texts, problems } = this.#look();
    const names = [...new Set([...this.#seen.keys(), ...texts.keys()])].sort();
    const changes = names.flatMap((name) => {
      const before = this.#seen.get(name);
      const after = texts.get(name);
      if (before === after) return [];
      return [`${name} ${before === undefined ? 'is new' : after === undefined ? 'is gone' : 'has changed'}`];
    });
    return {
      changes,
      problems,
      textOf: (name) => texts.get(name) ?? null,
      take: () => {
        this.#seen = texts;
      },
    };
  }

  #look(): { readonly texts: Map<string, string | null>; readonly problems: string[] } {
    const texts = new Map<string, string | null>();
    const problems: string[] = [];
    for (const { name, preset, problems: lines } of readPresets(this.#configDir)) {
      texts.set(name, preset === null ? null : JSON.stringify(preset));
      problems.push(...lines);
    }
    return { texts, problems };
  }
}
