/** Who holds the lock of a state folder. Nothing is opened or taken: the kernel's own list says it. */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { type Finding, fail, pass, warn } from './finding.ts';
import { look } from './look.ts';

export type Holder = number | 'nobody' | 'somebody' | 'unknown';

const PROC_LOCKS = '/proc/locks';

/**
 * The pid that holds a write lock on the file. `somebody`: a process that is not seen from here, in another
 * container; `unknown`: this system has no list of locks.
 */
export function lockHolder(file: string): Holder {
  const found = look(file);
  if (found === null) return 'nobody';
  if (typeof found === 'string') return 'unknown';
  let locks: string;
  try {
    locks = readFileSync(PROC_LOCKS, 'latin1');
  } catch {
    // No Linux: the check says that it is not known.
    return 'unknown';
  }
  const pids = locks.split('\n').flatMap((line) => {
    const [, pid, inode] = /\bWRITE\s+(-?\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/i.exec(line) ?? [];
    return pid !== undefined && Number(inode) === found.ino ? [Number(pid)] : [];
  });
  if (pids.length === 0) return 'nobody';
  // File systems may have an inode of that number each; what a process has open tells them apart.
  const path = realpathSync(file);
  const seen = pids.map((pid) => ({ pid, open: hasOpen(pid, path) }));
  return (
    seen.find(({ open }) => open === true)?.pid ??
    (seen.some(({ open }) => open === null) ? 'somebody' : 'nobody')
  );
}

/** Null when the process may not be looked into. */
function hasOpen(pid: number, path: string): boolean | null {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => linkOf(`${folder}/${fd}`) === path);
  } catch {
    return null;
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    // Closed between the two looks.
    return null;
  }
}

/** @param daemon the pid that answers on the socket, or null when none does. */
export function checkLock(file: string, holder: Holder, daemon: number | null): Finding {
  if (holder === 'unknown')
    return daemon === null
      ? warn(
          'lock',
          `it is not known here who holds ${file}`,
          '`breakout daemon start` says when it is taken',
        )
      : pass('lock', `pid ${daemon} answers; it is not known here who holds ${file}`);
  if (holder === 'nobody')
    return daemon === null
      ? pass('lock', 'free: no daemon has this state folder')
      : fail(
          'lock',
          `pid ${daemon} answers on the socket, and does not hold ${file}`,
          'it has another state folder: set BREAKOUT_STATE_DIR as it was set for the daemon, or --socket to the right one',
        );
  if (holder === daemon) return pass('lock', `held by the daemon that answers (pid ${holder})`);
  const who = holder === 'somebody' ? 'a process that is not seen from here' : `pid ${holder}`;
  return fail(
    'lock',
    `${file} is held by ${who}, which does not answer on this socket`,
    daemon === null
      ? `it may be starting or stopping, or serve another socket (--socket)${holder === 'somebody' ? '' : `; \`kill ${holder}\` ends it`}`
      : `the daemon that answers is pid ${daemon}: set BREAKOUT_STATE_DIR and --socket to the same one`,
  );
}
