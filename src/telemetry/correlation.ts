/**
 * Which request caused what is going on. A control command runs under a reference of its own, and every log line
 * written on the way carries it, however many calls and awaits lie between.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

const storage = new AsyncLocalStorage<string>();

/** Eight hex digits: few enough to read out, enough to be found once in the log files that are kept. */
export function newRef(): string {
  return randomBytes(4).toString('hex');
}

/** The reference of the request that caused this, or undefined. */
export function currentRef(): string | undefined {
  return storage.getStore();
}

/** Runs `task`, and all that it awaits, under a reference. */
export function underRef<T>(ref: string, task: () => T): T {
  return storage.run(ref, task);
}

/** Runs what goes on by itself afterwards: timers set in `task` belong to no request. */
export function underNoRef<T>(task: () => T): T {
  return storage.exit(task);
}
