/**
 * Finds, reads and validates presets. They lie in the package's `presets` folder and in `presets` of the
 * configuration folder; where both have a name, the user's own counts (listings show its origin).
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigError } from './config-error.ts';
import { packageInfo } from './package.ts';
import type { Preset } from './preset.ts';
import { checkPreset, type PresetProblem, problemLine } from './preset-problems.ts';

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

/** The message holds every problem, a line each, with the file's path. */
export class PresetInvalid extends ConfigError {
  override readonly name = 'PresetInvalid';
  readonly file: string;
  readonly problems: readonly PresetProblem[];

  constructor(file: string, problems: readonly PresetProblem[]) {
    super(problems.map((problem) => problemLine(file, problem)).join('\n'));
    this.file = file;
    this.problems = problems;
  }

  /** The problems with the file's name alone, for those who are not to see where it lies. */
  get lines(): readonly string[] {
    return this.problems.map((problem) => problemLine(basename(this.file), problem));
  }
}

const EXTENSION = '.json';
const SCHEMA_EXTENSION = '.schema.json';

/** A preset takes some kilobytes; what is larger is something else, and reading it would hold up the daemon. */
const MAX_BYTES = 256 * 1024;

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
  return preset;
}

/**
 * Loads a preset from a file.
 * @throws PresetInvalid when it cannot be read, is no JSON or does not fit the schema.
 */
export function loadPresetFile(file: string): Preset {
  const checked = checkPreset(readJson(file));
  if ('problems' in checked) throw new PresetInvalid(file, checked.problems);
  return checked.preset;
}

function readJson(file: string): unknown {
  let text: string;
  try {
    // Asked before it is opened: the open of a pipe waits for a writer, and all the daemon with it.
    const found = statSync(file);
    if (!found.isFile())
      throw new PresetInvalid(file, [{ path: '', found: 'no regular file', allowed: 'a readable file' }]);
    if (found.size > MAX_BYTES) {
      throw new PresetInvalid(file, [
        { path: '', found: `${found.size} bytes`, allowed: `up to ${MAX_BYTES} bytes` },
      ]);
    }
    // Some editors put a byte order mark in front.
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof PresetInvalid) throw error;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new PresetInvalid(file, [{ path: '', found: reason, allowed: 'a readable file' }]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PresetInvalid(file, [
      {
        path: '',
        found: `${reason}${placeOf(reason, text)}`,
        allowed: 'JSON (no comments, no trailing commas)',
      },
    ]);
  }
}

/** Line and column of the position that the parser names, where it names one. */
function placeOf(reason: string, text: string): string {
  const position = /position (\d+)/.exec(reason)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
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
