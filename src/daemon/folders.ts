import { chmodSync, lstatSync, statSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { makeFolder, unusable } from '../config/folder.ts';
import { AlreadyRunning } from './already-running.ts';

const WRITABLE_BY_OTHERS = 0o002;
const ONLY_OWNER = 0o700;

/** What to do about a place that no socket can be in. */
const MEND = 'set BREAKOUT_SOCKET';

/**
 * Makes a folder that only its owner can enter, and narrows one that is there already.
 * @throws ConfigError when it belongs to somebody else or is no folder; DiskFull
 */
export function ownFolder(folder: string): void {
  try {
    makeFolder(folder);
    const found = statSync(folder);
    if (found.uid !== process.getuid?.()) throw new ConfigError(`${folder} belongs to another user`);
    if ((found.mode & 0o777) !== ONLY_OWNER) chmodSync(folder, ONLY_OWNER);
  } catch (error) {
    throw unusable(folder, error);
  }
}

/**
 * Makes the socket's folder when it is missing. One that is there is left as it is, but must not let others put
 * files into it.
 * @throws ConfigError; DiskFull
 */
export function socketFolder(socketPath: string, mend = MEND): void {
  const folder = dirname(socketPath);
  try {
    makeFolder(folder);
    if ((statSync(folder).mode & WRITABLE_BY_OTHERS) !== 0) {
      throw new ConfigError(`the socket cannot lie in ${folder}: anybody can write there: ${mend}`);
    }
  } catch (error) {
    throw unusable(folder, error);
  }
}

/**
 * Removes the socket file of a daemon that died. Called under the lock only.
 * @throws AlreadyRunning when somebody answers on it; ConfigError when something else lies there.
 */
export async function removeStaleSocket(socketPath: string, mend = MEND): Promise<void> {
  const found = lstatSync(socketPath, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new ConfigError(`${socketPath} is no socket: move it away, or ${mend}`);
  if (await answers(socketPath)) {
    throw new AlreadyRunning(`another daemon serves ${socketPath} from another state folder`);
  }
  unlinkSync(socketPath);
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else
        reject(
          new ConfigError(`the socket ${socketPath} cannot be examined: ${error.message}`, { cause: error }),
        );
    });
  });
}
