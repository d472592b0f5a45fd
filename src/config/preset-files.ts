/**
 * Finds presets, unread. They lie in the package's `presets` folder and in `presets` of the configuration
 * folder; where both have a name, the user's own counts (listings show its origin).
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error.ts';
import { packageInfo } from './package.ts';

export interface PresetFile {
  readonly name: string;
  readonly file: string;
  readonly origin: 'package' | 'user';
}

const EXTENSION = '.json';
const SCHEMA_EXTENSION = '.schema.json';

/**
 * The presets there are, sorted by name.
 * @throws ConfigError for a folder that cannot be read; one that is not there is empty.
 */
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

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return [];
    throw new ConfigError(`the preset folder ${folder} cannot be read: ${String(error)}`);
  }
}
