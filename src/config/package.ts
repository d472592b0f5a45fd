import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The installed package: where it is and which version. Works from the sources and from `dist` alike. */
export interface PackageInfo {
  readonly root: string;
  readonly version: string;
}

let found: PackageInfo | null = null;

/** @throws Error when no package.json lies above this file: the installation is incomplete. */
export function packageInfo(): PackageInfo {
  found ??= search(dirname(fileURLToPath(import.meta.url)));
  return found;
}

function search(from: string): PackageInfo {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) {
      const version = versionOf(JSON.parse(readFileSync(file, 'utf8')));
      if (version !== null) return { root: folder, version };
    }
    if (folder === dirname(folder))
      throw new Error(`no package.json of breakout above ${from}: install it again`);
  }
}

function versionOf(manifest: unknown): string | null {
  if (typeof manifest !== 'object' || manifest === null) return null;
  if (!('name' in manifest) || manifest.name !== 'breakout' || !('version' in manifest)) return null;
  return String(manifest.version);
}
