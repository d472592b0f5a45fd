/** Reads and validates presets. */
import { ConfigError, ConfigInvalid } from './config-error.ts';
import type { Preset } from './preset.ts';
import { findPresets, type PresetFile } from './preset-files.ts';
import { checkPreset } from './preset-problems.ts';
import { readJsonFile } from './read-json.ts';

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
  return { ...found, preset: readPreset(found) };
}

/**
 * Loads a preset that was found, without looking through the folders again.
 * @throws PresetInvalid
 */
export function readPreset({ name, file }: PresetFile): Preset {
  const preset = loadPresetFile(file);
  if (preset.name === name) return preset;
  throw new PresetInvalid(file, [
    {
      path: 'name',
      found: JSON.stringify(preset.name),
      allowed: `${JSON.stringify(name)}, as the file is called`,
    },
  ]);
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
