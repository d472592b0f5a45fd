import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Refusal } from '../session/refusal.ts';
import { ownFolder } from './folders.ts';
import { tryLock } from './lock.ts';

/** Half of a SHA-256: nobody finds the account in it, and no two accounts share it. */
const HASH_DIGITS = 32;

/**
 * Two daemons never trade one account: each holds a lock on it for as long as its session lasts, in a folder that all
 * instances of a user share. The file's name holds a hash, never the account.
 * @returns the function that takes the lock. It throws Refusal ACCOUNT_IN_USE, ConfigError and DiskFull.
 */
export function accountLocker(folder: string): (venue: string, account: string) => Disposable {
  return (venue, account) => {
    ownFolder(folder);
    const lock = tryLock(join(folder, fileName(venue, account)));
    if (lock === null) {
      throw new Refusal(
        'ACCOUNT_IN_USE',
        `another instance trades this account at ${venue}: two at once would size and close each other's positions`,
      );
    }
    return lock;
  };
}

/** Letters of a venue's name that a file's name need not have are left out; the hash tells venues apart too. */
function fileName(venue: string, account: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([venue, account]))
    .digest('hex');
  return `${venue.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${hash.slice(0, HASH_DIGITS)}.sqlite`;
}
