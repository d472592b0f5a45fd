/**
 * The second socket, for monitoring: whoever may connect to it can read everything and change nothing.
 *
 * Who may connect is decided by files: the socket has mode 0660 and the group of the setting, and that group must be
 * able to enter every folder above it. The control socket may lie beside it: it stays 0600, so that what the group can
 * enter it still cannot use. A folder of the daemon's own that nobody else could enter (0700) is given to the group
 * with 0710: it may pass through and not list. The state folder never is, it is for its owner alone; and what belongs
 * to others is not touched: then the start is refused with the folder that is in the way.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { makeFolder, unusable } from '../config/folder.ts';
import { DEFAULT_INSTANCE, type Paths, requireSocketPath } from '../config/paths.ts';
import type { Settings } from '../config/settings-schema.ts';
import type { Exposure } from './control-server.ts';
import { removeStaleSocket, socketFolder } from './folders.ts';

type ReadOnlySettings = NonNullable<Settings['control']['read_only_socket']>;

export interface ReadOnlySocket {
  readonly path: string;
  readonly exposure: Exposure;
}

interface Group {
  readonly name: string;
  readonly gid: number;
}

const PASS_THROUGH = 0o710;
const ONLY_OWNER = 0o700;
const ALL_BITS = 0o777;
const GROUP_ENTERS = 0o010;
const OTHERS_ENTER = 0o001;

const SETTING = 'control.read_only_socket';

/**
 * Makes the place for the socket ready, under the lock: the group is looked up, the folder opened to it, a stale
 * socket removed.
 * @throws ConfigError when the group is unknown, the daemon is no member, or the group could not get to the socket;
 * AlreadyRunning when somebody serves there; DiskFull
 */
export async function prepareReadOnlySocket(
  settings: ReadOnlySettings,
  paths: Paths,
): Promise<ReadOnlySocket> {
  const path = pathOf(settings, paths);
  const group = settings.group === undefined ? null : findGroup(settings.group);
  if (group !== null && settings.mode === '0600') {
    throw new ConfigError(`${SETTING}: a group of its own needs mode 0660, this one has 0600`);
  }
  if (group === null) socketFolder(path, mend());
  else openFolder(dirname(path), group, paths);
  await removeStaleSocket(path, mend());
  const mode = Number.parseInt(settings.mode, 8);
  return { path, exposure: { access: 'read', mode, gid: group?.gid ?? null } };
}

/** @throws ConfigError when the system would cut it, or it is the control socket itself. */
function pathOf({ path: given }: ReadOnlySettings, { socketPath, instance }: Paths): string {
  const { dir, name, ext } = parse(given ?? socketPath);
  const suffix = given === undefined ? '-ro' : instance === DEFAULT_INSTANCE ? '' : `-${instance}`;
  const path = join(dir, `${name}${suffix}${ext}`);
  requireSocketPath(path, mend());
  if (path === socketPath) throw new ConfigError(`${SETTING}.path is the control socket itself: ${mend()}`);
  return path;
}

function mend(): string {
  return `set ${SETTING}.path`;
}

/** @throws ConfigError when there is no such group, or the daemon may not give files to it. */
function findGroup(name: string): Group {
  const gid = gidOf(name);
  if (gid === null) {
    throw new ConfigError(`${SETTING}.group: there is no group ${name}: make it, or name another`);
  }
  const isRoot = process.geteuid?.() === 0;
  const isMember = process.getegid?.() === gid || process.getgroups?.().includes(gid) === true;
  if (!isRoot && !isMember) {
    throw new ConfigError(
      `${SETTING}.group: the daemon's user is no member of ${name} and cannot give it a socket: add it (usermod -aG ${name} USER), then log in or start the service again`,
    );
  }
  return { name, gid };
}

/** The name service knows more than the file, where there is one to ask. */
function gidOf(name: string): number | null {
  const asked = spawnSync('getent', ['group', name], { encoding: 'utf8' });
  const lines = asked.error === undefined ? asked.stdout : readFileSync('/etc/group', 'utf8');
  for (const line of lines.split('\n')) {
    const [found, , gid] = line.split(':');
    if (found === name && gid !== undefined) return Number(gid);
  }
  return null;
}

/**
 * Lets the group pass through to `folder`: what has to be made, and the folder itself if it is the daemon's alone.
 * @throws ConfigError; DiskFull
 */
function openFolder(folder: string, group: Group, { stateDir }: Paths): void {
  try {
    const missing = missingAbove(folder);
    const lowest = missing.length === 0 ? folder : dirname(missing.at(-1) ?? folder);
    const opened = isPrivate(lowest) && lowest === folder && folder !== stateDir ? [folder] : [...missing];
    for (const at of above(lowest)) if (!opened.includes(at)) requireEntry(at, group);
    if (missing.length > 0) makeFolder(folder);
    socketFolder(join(folder, 'socket'), mend());
    for (const at of opened) {
      chownSync(at, -1, group.gid);
      chmodSync(at, PASS_THROUGH);
    }
  } catch (error) {
    throw unusable(folder, error);
  }
}

/** The folder and those above it, up to the root. */
function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}

/** Those that are not there yet, the folder itself first. */
function missingAbove(folder: string): string[] {
  return above(folder).filter((at) => statSync(at, { throwIfNoEntry: false }) === undefined);
}

function isPrivate(folder: string): boolean {
  const { mode, uid } = statSync(folder);
  return uid === process.geteuid?.() && (mode & ALL_BITS) === ONLY_OWNER;
}

/** @throws ConfigError when the group cannot enter the folder. */
function requireEntry(folder: string, { name, gid }: Group): void {
  const found = statSync(folder);
  const needed = found.gid === gid ? GROUP_ENTERS : OTHERS_ENTER;
  if ((found.mode & needed) !== 0) return;
  const bits = (found.mode & ALL_BITS).toString(8).padStart(4, '0');
  throw new ConfigError(
    `the group ${name} cannot enter ${folder} (mode ${bits}), so it could not reach the read-only socket: ${mend()} to a place it can reach, such as /run/breakout/breakout-ro.sock`,
  );
}
