/** The folders of the bot: there, whose, and open to whom. */
import { accessSync, constants, type Stats, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Finding, fail, pass, warn } from './finding.ts';
import { look } from './look.ts';

const FOR_OTHERS = 0o077;
const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;

/** The state folder holds the lock, the log and what a session leaves: it is for the daemon's user alone. */
export function checkStateFolder(folder: string, uid: number): Finding {
  const found = look(folder);
  if (typeof found === 'string') return fail('state folder', `${folder}: ${found}`, 'set BREAKOUT_STATE_DIR');
  if (found === null) {
    const above = nearest(folder);
    return isWritable(above)
      ? pass('state folder', `${folder}: not there yet, the first start makes it`)
      : fail(
          'state folder',
          `${folder}: not there, and ${above} takes none from this user`,
          `make it for this user, or set BREAKOUT_STATE_DIR`,
        );
  }
  if (!found.isDirectory())
    return fail('state folder', `${folder}: it is no folder`, 'move it away, or set BREAKOUT_STATE_DIR');
  if (found.uid !== uid)
    return fail(
      'state folder',
      `${folder}: it belongs to user ${found.uid}, this is user ${uid}`,
      `run as its owner, chown it, or set BREAKOUT_STATE_DIR`,
    );
  if (!isWritable(folder))
    return fail('state folder', `${folder}: nothing can be written there`, `chmod 700 ${folder}`);
  return (found.mode & FOR_OTHERS) === 0
    ? pass('state folder', `${folder}: ${octal(found)}, yours alone`)
    : warn('state folder', `${folder}: ${octal(found)} lets others look in`, `chmod 700 ${folder}`);
}

/** Whoever can write the configuration folder decides what is traded. */
export function checkConfigFolder(folder: string, uid: number): Finding {
  const found = look(folder);
  if (typeof found === 'string')
    return fail('config folder', `${folder}: ${found}`, 'set BREAKOUT_CONFIG_DIR');
  if (found === null) return pass('config folder', `${folder}: not there; every setting has its default`);
  if (!found.isDirectory())
    return fail('config folder', `${folder}: it is no folder`, 'move it away, or set BREAKOUT_CONFIG_DIR');
  if (found.uid !== uid && found.uid !== 0)
    return fail(
      'config folder',
      `${folder}: it belongs to user ${found.uid}, who decides then what is traded`,
      `chown it to this user or to root, or set BREAKOUT_CONFIG_DIR`,
    );
  if ((found.mode & WRITABLE_BY_ALL) !== 0)
    return fail('config folder', `${folder}: ${octal(found)} lets anybody write`, `chmod go-w ${folder}`);
  if ((found.mode & WRITABLE_BY_GROUP) !== 0)
    return warn('config folder', `${folder}: ${octal(found)} lets its group write`, `chmod g-w ${folder}`);
  return pass('config folder', `${folder}: ${octal(found)}`);
}

export interface DiskThresholds {
  readonly warn: number;
  readonly critical: number;
}

/** The file system of the state folder, against `health.disk_percent`. */
export function checkDisk(folder: string, thresholds: DiskThresholds): Finding {
  const { bsize, blocks, bfree, bavail } = statfsSync(nearest(folder));
  const used = blocks - bfree;
  // As df reckons: what is kept back for root is neither used nor to be had.
  const percent = used + bavail === 0 ? 100 : (used / (used + bavail)) * 100;
  const found = `${size(bavail * bsize)} free, ${percent.toFixed(0)} % used, where the state is kept`;
  const fix = 'free some, or set BREAKOUT_STATE_DIR: on a full disk no order can be sent';
  if (percent >= thresholds.critical || bavail === 0) return fail('disk', found, fix);
  return percent >= thresholds.warn ? warn('disk', found, fix) : pass('disk', found);
}

/** The folder itself, or the next above it that is there. */
function nearest(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const found = look(at);
    if ((found !== null && typeof found !== 'string') || at === dirname(at)) return at;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    // That it cannot be written is the answer.
    return false;
  }
}

function octal({ mode }: Stats): string {
  return `mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`;
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

function size(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10) - 1));
  return `${(bytes / 1024 ** (step + 1)).toFixed(1)} ${UNITS[step]}`;
}
