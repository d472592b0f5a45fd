/** Folders that the bot keeps things in, as both the daemon and the command that starts it make and test them. */
import { closeSync, fsyncSync, mkdirSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './config-error.ts';

const ONLY_OWNER = 0o700;

/** What a daemon needs to begin at all: its first lines of log and an empty lock. */
const PROBE_BYTES = 64 * 1024;

/** There is no space. It comes back by itself, so this is no mistake in the configuration: trying again may help. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull';

  constructor(folder: string, cause: unknown) {
    super(`no space is left for ${folder} (${reasonOf(cause)}): free some, or set BREAKOUT_STATE_DIR`, {
      cause,
    });
  }
}

/**
 * Makes a folder, and what is missing above it, for its owner alone. One by one: where a folder takes none inside it
 * (/proc), Node's own recursive mkdir tries for ever.
 * @throws ConfigError; DiskFull
 */
export function makeFolder(folder: string): void {
  try {
    const missing: string[] = [];
    for (let at = folder; !isFolder(at); at = dirname(at)) missing.push(at);
    for (const each of missing.reverse()) makeOne(each);
  } catch (error) {
    throw unusable(folder, error);
  }
}

/**
 * Writes a file into the folder and removes it.
 * @throws ConfigError when nothing can be written there; DiskFull
 */
export function probeFolder(folder: string): void {
  const file = join(folder, `.probe-${process.pid}`);
  try {
    const opened = openSync(file, 'w', 0o600);
    try {
      const bytes = Buffer.alloc(PROBE_BYTES);
      for (let written = 0; written < bytes.length; ) written += writeSync(opened, bytes, written);
      // Some file systems find out about the space only now.
      fsyncSync(opened);
    } finally {
      closeSync(opened);
      unlinkSync(file);
    }
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** What went wrong with a folder, told as what mends it. */
export function unusable(folder: string, error: unknown): ConfigError | DiskFull {
  if (error instanceof ConfigError || error instanceof DiskFull) return error;
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new DiskFull(folder, error);
  return new ConfigError(`the folder ${folder} cannot be used (${reasonOf(error)})`, { cause: error });
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, ONLY_OWNER);
  } catch (error) {
    // Another starter may have been quicker.
    if (codeOf(error) !== 'EEXIST' || !isFolder(folder)) throw error;
  }
}

/** @throws ConfigError when something else is there. */
function isFolder(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return true;
  } catch (error) {
    // ENOTDIR: one above it is no folder, and is named when its turn comes.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
  throw new ConfigError(`${path} is no folder`);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
