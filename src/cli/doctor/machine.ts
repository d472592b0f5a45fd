/** Node.js, memory, open files and the clock of this machine. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, fail, pass, warn } from './finding.ts';

/** @param engines as package.json has it: `^20.19.0 || ^22.12.0 || >=24.0.0`. */
export function checkNode(version: string, engines: string): Finding {
  return engines.split('||').some((range) => satisfies(version, range.trim()))
    ? pass('node', `${version}, and ${engines} is supported`)
    : fail('node', `${version} is not supported`, `install Node.js ${engines}`);
}

export function enginesOf(packageRoot: string): string {
  const manifest: { engines: { node: string } } = JSON.parse(
    readFileSync(join(packageRoot, 'package.json'), 'utf8'),
  );
  return manifest.engines.node;
}

function satisfies(version: string, range: string): boolean {
  const [, operator, ...wanted] = /^(\^|>=)(\d+)\.(\d+)\.(\d+)$/.exec(range) ?? [];
  const have = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (operator === undefined || have === undefined) return false;
  const need = wanted.map(Number);
  if (operator === '^' && have[0] !== need[0]) return false;
  const differs = need.findIndex((part, i) => part !== have[i]);
  return differs === -1 || (have[differs] ?? 0) > (need[differs] ?? 0);
}

const MIB = 2 ** 20;

/** A daemon with thirty symbols takes about 150 MiB; below this it would swap or be killed. */
const LEAST_MEMORY = 192 * MIB;
const EASY_MEMORY = 512 * MIB;

/** @param available bytes that a new process can have. */
export function checkMemory(available: number): Finding {
  const found = `${Math.round(available / MIB)} MiB are available`;
  if (available < LEAST_MEMORY)
    return fail('memory', found, `free some: a daemon takes about ${LEAST_MEMORY / MIB} MiB`);
  return available < EASY_MEMORY
    ? warn('memory', found, `${EASY_MEMORY / MIB} MiB leave room for large folders of candles`)
    : pass('memory', found);
}

/** Files that a daemon has open beside its connections: database, log, lock, modules. */
const OWN_FILES = 64;

/**
 * @param limit how many files the daemon may have open; null where the system does not tell.
 * @param whose the process that the limit was read from.
 */
export function checkOpenFiles(limit: number | null, connections: number, whose: string): Finding {
  const need = connections + OWN_FILES;
  if (limit === null)
    return warn(
      'open files',
      'the limit is not told by this system',
      `\`ulimit -n\` must be ${need} or more`,
    );
  const found = `${whose} may open ${limit === Number.POSITIVE_INFINITY ? 'any number' : limit}, and ${need} are needed for ${connections} connections`;
  return limit >= need
    ? pass('open files', found)
    : fail('open files', found, `ulimit -n ${need}, or lower control.max_connections in config.json`);
}

/** The soft limit of a process on open files; null where there is no /proc. Node raises it to the hard one by itself. */
export function openFileLimit(pid: number | 'self'): number | null {
  let limits: string;
  try {
    limits = readFileSync(`/proc/${pid}/limits`, 'latin1');
  } catch {
    // No Linux, or a process of another user: then it is not known, and the check says so.
    return null;
  }
  const [, soft] = /^Max open files +(\S+)/m.exec(limits) ?? [];
  if (soft === 'unlimited') return Number.POSITIVE_INFINITY;
  return soft === undefined ? null : Number(soft);
}

/** What is known of the clock: whether something keeps it right. Its error itself cannot be measured from here. */
export function checkClock(synchronised: boolean | null): Finding {
  if (synchronised === true) return pass('clock', 'kept right over the network');
  if (synchronised === false)
    return warn(
      'clock',
      'not kept right: exchanges refuse orders of a clock that is a second off',
      '`timedatectl set-ntp true`, or install chrony',
    );
  return warn(
    'clock',
    'this machine does not tell whether its clock is kept right (no timedatectl that answers)',
    'make sure that chrony or systemd-timesyncd runs on it, or on its host; sim and replay need neither',
  );
}

const TIMESYNC = '/run/systemd/timesync/synchronized';
const TIMEDATECTL_PATIENCE_MS = 3_000;

/** Null when it is not known. */
export async function clockIsSynchronised(): Promise<boolean | null> {
  if (existsSync(TIMESYNC)) return true;
  return new Promise((resolve) => {
    execFile(
      'timedatectl',
      ['show', '--property=NTPSynchronized', '--value'],
      { timeout: TIMEDATECTL_PATIENCE_MS },
      (error, stdout) => {
        const answer = stdout.trim();
        resolve(error === null && (answer === 'yes' || answer === 'no') ? answer === 'yes' : null);
      },
    );
  });
}
