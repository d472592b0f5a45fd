/** What the machine has to say before a unit is written: who asks, what runs here, what the service could read. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { packageInfo } from '../../config/package.ts';

/** The program and the script of the daemon, as absolute paths without links. Never npm or npx: they swallow signals. */
export function executables(): { readonly node: string; readonly launcher: string } {
  return {
    node: realpathSync(process.execPath),
    launcher: realpathSync(join(packageInfo().root, 'bin', 'breakout.js')),
  };
}

/** Folders that a service with the protection of homes does not see. */
const HOMES = ['/home', '/root', '/run/user'];

/** Folders that a service with temporary folders of its own does not see. */
const TEMPORARY = ['/tmp', '/var/tmp'];

export function liesInHome(path: string): boolean {
  return HOMES.some((folder) => isUnder(path, folder));
}

export function liesInTemporary(path: string): boolean {
  return TEMPORARY.some((folder) => isUnder(path, folder));
}

/**
 * The first part of the path that a user without rights of its own cannot get past, or null. `path` is absolute
 * and without links; the file itself must be readable, the folders above it open for passing through.
 */
export function closedToOthers(path: string): string | null {
  const above: string[] = [];
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) above.unshift(at);
  const shut = above.find((folder) => (statSync(folder).mode & constants.S_IXOTH) === 0);
  if (shut !== undefined) return shut;
  return (statSync(path).mode & constants.S_IROTH) === 0 ? path : null;
}

/** Whether this user can read the file. */
export function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    // Missing or shut: the caller names the path and says that it cannot be read.
    return false;
  }
}

export function isReadByOthers(path: string): boolean {
  return (statSync(path).mode & 0o077) !== 0;
}

/** Whether the machine knows the account, from wherever it takes its accounts. */
export function accountExists(name: string): boolean {
  return spawnSync('id', ['-u', '--', name], { stdio: 'ignore' }).status === 0;
}

/** sd_booted(3): this folder is there exactly when systemd is the init that runs. */
export function runsSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

/** Whether the manager of this user answers to this shell; it does not in one that `su` or cron has made. */
export function runsUserManager(runtimeDir: string | undefined): boolean {
  return runtimeDir !== undefined && existsSync(join(runtimeDir, 'systemd', 'private'));
}

/** Switches of the kernel that keep users without rights from making namespaces, with the value that does so. */
const FORBIDS: readonly [file: string, when: string][] = [
  ['/proc/sys/user/max_user_namespaces', '0'],
  ['/proc/sys/kernel/unprivileged_userns_clone', '0'],
  ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1'],
];

/** Why a user's manager cannot make namespaces here: the switch that forbids it. Null when none does. */
export function namespacesForbiddenBy(): string | null {
  const found = FORBIDS.find(
    ([file, when]) => existsSync(file) && readFileSync(file, 'utf8').trim() === when,
  );
  return found?.[0].replace('/proc/sys/', '').replaceAll('/', '.') ?? null;
}

function isUnder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}
