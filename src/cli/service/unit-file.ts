/** The unit file on disk: written whole or not at all, and only where no file of somebody else is. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../config/folder.ts';
import { CliError } from '../exit.ts';
import type { Place, Plan } from './plan.ts';
import { MARK } from './unit.ts';

/** A unit is no secret, and `systemctl cat` shows it to everybody. */
const UNIT_MODE = 0o644;

/** Settings that a unit loses in silence when an option of the first install is forgotten at the second. */
const KEPT = /^(?:LoadCredential=|User=(?!breakout$))/;

export type Written = 'made' | 'changed' | 'unchanged';

/** @throws CliError when it is another's, would lose a setting, or may not be written. */
export function writeUnit({ file, folder, live, text }: Plan, force: boolean): Written {
  const there = readUnit(file);
  if (there === text) return 'unchanged';
  if (there !== null && !force) refuseLoss(file, there, text);
  const temporary = join(folder, `.breakout-unit.${process.pid}`);
  permitted(file, () => {
    // A folder that was named is there, or its name is mistaken.
    if (live) makeFolder(folder);
    try {
      writeFileSync(temporary, text, { flag: 'wx' });
      chmodSync(temporary, UNIT_MODE);
      renameSync(temporary, file);
    } finally {
      rmSync(temporary, { force: true });
    }
  });
  return there === null ? 'made' : 'changed';
}

/** Makes the folders that the service needs. @throws CliError when one may not be made. */
export function makeFolders({ folders }: Plan): void {
  for (const { path, mode } of folders) {
    if (existsSync(path)) continue;
    permitted(path, () => {
      makeFolder(path);
      chmodSync(path, mode);
    });
  }
}

/** Whether a unit is there. @throws CliError when it is not one that was made here. */
export function findOwnUnit({ file }: Place): boolean {
  const there = readUnit(file);
  if (there !== null && !isOwn(there)) {
    throw new CliError(
      'UNIT_NOT_OURS',
      `${file} was not made by \`breakout service install\`: it is left alone`,
      {
        hint: 'remove it by hand if it is no longer wanted',
      },
    );
  }
  return there !== null;
}

/** Removes the unit, and the link by which it was enabled where no systemd was there to do so. */
export function removeUnit({ file, folder, unit }: Place): void {
  permitted(file, () => {
    for (const target of ['multi-user.target', 'default.target']) {
      const link = join(folder, `${target}.wants`, unit);
      if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link).endsWith(unit))
        unlinkSync(link);
    }
    unlinkSync(file);
  });
}

function refuseLoss(file: string, there: string, text: string): void {
  if (!isOwn(there)) {
    throw new CliError(
      'UNIT_EXISTS',
      `${file} is there already and was not made by \`breakout service install\`: it is left as it is`,
      { hint: '--force replaces it' },
    );
  }
  const wanted = new Set(text.split('\n'));
  const lost = there.split('\n').filter((line) => KEPT.test(line) && !wanted.has(line));
  if (lost.length > 0) {
    throw new CliError('UNIT_EXISTS', `${file} has ${lost.join(', ')}, which the new one would not have`, {
      hint: 'give --credential and --run-as again, or --force to go on without',
    });
  }
}

function isOwn(text: string): boolean {
  return text.startsWith(`${MARK}\n`);
}

function readUnit(file: string): string | null {
  return permitted(file, () => {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (!found) return null;
    // `systemctl mask` leaves a link to /dev/null: what somebody has linked here is theirs.
    return found.isFile() ? readFileSync(file, 'utf8') : '';
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'part of the path is no folder',
  EEXIST: 'part of the path is no folder',
  ENOSPC: 'no space is left',
};

function permitted<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = reasonOf(error) ?? (error instanceof Error ? reasonOf(error.cause) : undefined);
    if (reason === undefined) throw error;
    const denied = reason === 'permission denied';
    throw new CliError(denied ? 'NOT_PERMITTED' : 'NOT_WRITTEN', `${file}: ${reason}`, {
      ...(denied && {
        hint: `run it as the owner of ${dirname(file)} (sudo for --system), or use --user`,
      }),
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? REASONS[String(error.code)] : undefined;
}
