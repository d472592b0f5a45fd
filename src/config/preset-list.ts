import { basename } from 'node:path';
import type { Preset } from './preset.ts';
import { findPresets } from './preset-files.ts';
import { presetHash } from './preset-hash.ts';
import { findPreset, PresetInvalid, readPreset } from './presets.ts';

/** A preset that was read, with what it holds; null when it cannot be used. */
export interface PresetRead extends PresetSummary {
  readonly preset: Preset | null;
}

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
  return readPresets(configDir).map(({ preset: _, ...summary }) => summary);
}

/** As `listPresets`, with what they hold: each file is read once. */
export function readPresets(configDir: string): PresetRead[] {
  return findPresets(configDir).map((found) => {
    const { name, origin, file } = found;
    try {
      const preset = readPreset(found);
      const { description, strategy, sides } = preset;
      return { name, description, strategy, sides, origin, valid: true, problems: [], preset };
    } catch (error) {
      if (!(error instanceof PresetInvalid)) throw error;
      // A reason may name the whole path again: where the user's files lie is nobody's business.
      const problems = error.lines.map((line) => line.replaceAll(file, basename(file)));
      const nothing = { description: null, strategy: null, sides: null, preset: null };
      return { name, ...nothing, origin, valid: false, problems };
    }
  });
}
