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

/** Tasks under a reference that have not ended. */
let underway = 0;

/**
 * Runs `task`, and all that it awaits, under a reference. Between such tasks the storage is off: while it is on, Node
 * before 24 calls a hook at every promise of the process, a tenth of what a read over the socket takes.
 */
export async function underRef<T>(ref: string, task: () => Promise<T>): Promise<T> {
  underway += 1;
  try {
    return await storage.run(ref, task);
  } finally {
    underway -= 1;
    if (underway === 0) storage.disable();
  }
}

/** Runs what goes on by itself afterwards: timers set in `task` belong to no request. */
export function underNoRef<T>(task: () => T): T {
  return storage.exit(task);
}
