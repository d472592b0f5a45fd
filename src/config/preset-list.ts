import { basename } from 'node:path';
import type { Preset } from './preset.ts';
import { findPresets } from './preset-files.ts';
import { presetHash } from './preset-hash.ts';
import { findPreset, loadPreset, PresetInvalid } from './presets.ts';

/** A preset as listings show it; one that cannot be used says why. */
export interface PresetSummary {
  readonly name: string;
  /** Null, as are strategy and sides, when the preset cannot be used. */
  readonly description: string | null;
  readonly strategy: 'momentum' | 'retest' | null;
  readonly sides: 'both' | 'long' | 'short' | null;
  /** Of the package, or of the user's configuration folder. */
  readonly origin: 'package' | 'user';
  readonly valid: boolean;
  readonly problems: readonly string[];
}

/** One preset in full. */
export interface PresetDetail {
  readonly name: string;
  readonly origin: 'package' | 'user';
  /** Of its values, as a session records it. */
  readonly hash: string;
  /** Every default filled in. */
  readonly preset: Preset;
}

/** @throws PresetUnknown with the names there are; PresetInvalid with every problem in it. */
export function showPreset(name: string, configDir: string): PresetDetail {
  const { origin, preset } = findPreset(name, configDir);
  return { name, origin, hash: presetHash(preset), preset };
}

/** Every preset there is, by name, read and checked. */
export function listPresets(configDir: string): PresetSummary[] {
  return findPresets(configDir).map(({ name, origin, file }) => {
    try {
      const { description, strategy, sides } = loadPreset(name, configDir);
      return { name, description, strategy, sides, origin, valid: true, problems: [] };
    } catch (error) {
      if (!(error instanceof PresetInvalid)) throw error;
      // A reason may name the whole path again: where the user's files lie is nobody's business.
      const problems = error.lines.map((line) => line.replaceAll(file, basename(file)));
      return { name, description: null, strategy: null, sides: null, origin, valid: false, problems };
    }
  });
}
