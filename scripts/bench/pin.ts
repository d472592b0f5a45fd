/**
 * Puts processes on one CPU for a while. A round trip to a process on another CPU takes forty microseconds more than
 * one on the same, most of a round trip; left to the scheduler, the place of a server says more than its work.
 */
import { spawnSync } from 'node:child_process';

/** Keeps this process and others on the first CPU they may use. Null where there is no `taskset` (Linux has it). */
export function pinTogether(pids: readonly number[]): Disposable | null {
  const before = allowed(process.pid);
  if (before === null) return null;
  const first = /^\d+/.exec(before)?.[0] ?? before;
  const all = [process.pid, ...pids];
  if (!all.every((pid) => place(pid, first))) return null;
  return {
    [Symbol.dispose]: () => {
      // One that has ended needs no place.
      for (const pid of all) place(pid, before);
    },
  };
}

/** The CPUs that a process may use, such as `0-3,8`. */
function allowed(pid: number): string | null {
  const { status, stdout } = spawnSync('taskset', ['-pc', String(pid)], { encoding: 'utf8' });
  return status === 0 ? (/: (\S+)\s*$/.exec(stdout)?.[1] ?? null) : null;
}

function place(pid: number, list: string): boolean {
  return spawnSync('taskset', ['-apc', list, String(pid)], { stdio: 'ignore' }).status === 0;
}
