/**
 * A lock file that somebody removed locks nothing: another daemon could take the same state folder, and trade the
 * same account. The daemon ends then as after any failure: entries are cancelled, positions stay protected at the
 * venue, and a supervisor starts it anew.
 */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Lock } from './lock.ts';

const LOOK_EVERY_MS = 1_000;

/** Looks until it is disposed of; `lost` is called once. */
export function keepLock(lock: Lock, lost: (error: Error) => void, everyMs = LOOK_EVERY_MS): Disposable {
  const held = identity(lock.file);
  const timer = setInterval(() => {
    if (identity(lock.file) === held) return;
    clearInterval(timer);
    lost(
      new Error(`the lock file ${lock.file} was removed: another daemon could take ${dirname(lock.file)}`),
    );
  }, everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Which file it is, whatever it is called; null when it is gone or cannot be seen. */
function identity(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}
