/**
 * Finds, reads and validates presets. They lie in the package's `presets` folder and in `presets` of the
 * configuration folder; where both have a name, the user's own counts (listings show its origin).
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, ConfigInvalid } from './config-error.ts';
import { packageInfo } from './package.ts';
import type { Preset } from './preset.ts';
import { checkPreset } from './preset-problems.ts';
import { readJsonFile } from './read-json.ts';

export interface PresetFile {
  readonly name: string;
  readonly file: string;
  readonly origin: 'package' | 'user';
}

export class PresetUnknown extends ConfigError {
  override readonly name = 'PresetUnknown';
  readonly valid: readonly string[];

  constructor(preset: string, valid: readonly string[]) {
    super(`there is no preset ${JSON.stringify(preset)}; there are: ${valid.join(', ') || 'none'}`);
    this.valid = valid;
  }
}

export class PresetInvalid extends ConfigInvalid {
  override readonly name = 'PresetInvalid';
}

const EXTENSION = '.json';
const SCHEMA_EXTENSION = '.schema.json';

/** The presets there are, sorted by name, unread. */
export function findPresets(configDir: string): PresetFile[] {
  const files = new Map<string, PresetFile>();
  for (const [folder, origin] of [
    [join(packageInfo().root, 'presets'), 'package'],
    [join(configDir, 'presets'), 'user'],
  ] as const) {
    for (const entry of entriesOf(folder)) {
      if (!entry.endsWith(EXTENSION) || entry.endsWith(SCHEMA_EXTENSION)) continue;
      const name = entry.slice(0, -EXTENSION.length);
      files.set(name, { name, file: join(folder, entry), origin });
    }
  }
  return [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Loads a preset by name.
 * @throws PresetUnknown with the names there are; PresetInvalid with every problem in it.
 */
export function loadPreset(name: string, configDir: string): Preset {
  return findPreset(name, configDir).preset;
}

/**
 * As `loadPreset`, with the file that it is from.
 * @throws PresetUnknown; PresetInvalid
 */
export function findPreset(name: string, configDir: string): PresetFile & { readonly preset: Preset } {
  const presets = findPresets(configDir);
  const found = presets.find((preset) => preset.name === name);
  if (!found) {
    throw new PresetUnknown(
      name,
      presets.map((preset) => preset.name),
    );
  }
  const preset = loadPresetFile(found.file);
  if (preset.name !== name) {
    throw new PresetInvalid(found.file, [
      {
        path: 'name',
        found: JSON.stringify(preset.name),
        allowed: `${JSON.stringify(name)}, as the file is called`,
      },
    ]);
  }
  return { ...found, preset };
}

/**
 * Loads a preset from a file.
 * @throws PresetInvalid when it cannot be read, is no JSON or does not fit the schema.
 */
export function loadPresetFile(file: string): Preset {
  const read = readJsonFile(file);
  const checked = 'problems' in read ? read : checkPreset(read.value);
  if ('problems' in checked) throw new PresetInvalid(file, checked.problems);
  return checked.preset;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return [];
    throw new ConfigError(`the preset folder ${folder} cannot be read: ${String(error)}`);
  }
}
