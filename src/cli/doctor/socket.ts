/** The control socket: there, for its owner alone, and answering. */
import { dirname } from 'node:path';
import { CallTimeout, type ControlClient, connect } from '../../protocol/client.ts';
import { NotReachable, RpcError } from '../../protocol/errors.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import { CLIENT_NAME } from '../connection.ts';
import { type Finding, fail, pass, warn } from './finding.ts';
import { look, lookAtLink } from './look.ts';

export type DaemonAnswer = ResultOf<'daemon.hello'> & { readonly venues: readonly string[] };

const OTHERS = 0o077;
const WRITABLE_BY_ALL = 0o002;
const PATIENCE_MS = 3_000;

/** What the daemon at the socket says of itself; null when none is there, a text when it does not answer as one. */
export async function askDaemon(
  socketPath: string,
  timeoutMs = PATIENCE_MS,
): Promise<DaemonAnswer | string | null> {
  let client: ControlClient | null = null;
  try {
    client = await connect({ socketPath, client: CLIENT_NAME });
    const hello = await client.call('daemon.hello', { client: CLIENT_NAME }, { timeoutMs });
    const { venues } = await client.call('daemon.info', {}, { timeoutMs });
    return { ...hello, venues };
  } catch (error) {
    if (error instanceof NotReachable) return null;
    if (error instanceof CallTimeout || error instanceof RpcError) return error.message;
    throw error;
  } finally {
    client?.destroy();
  }
}

/** @param daemon what `askDaemon` has found. */
export function checkSocket(socketPath: string, daemon: DaemonAnswer | string | null): Finding {
  const folder = look(dirname(socketPath));
  if (folder !== null && typeof folder !== 'string' && (folder.mode & WRITABLE_BY_ALL) !== 0)
    return fail(
      'socket',
      `${dirname(socketPath)}: anybody can write there, and no daemon serves in such a folder`,
      'set BREAKOUT_SOCKET to a path in a folder of your own',
    );
  const found = lookAtLink(socketPath);
  if (typeof found === 'string')
    return fail('socket', `${socketPath}: it cannot be seen (${found})`, 'set BREAKOUT_SOCKET');
  const bytes = `${Buffer.byteLength(socketPath)} bytes long`;
  if (!found) return pass('socket', `${socketPath}: not there, no daemon runs; its path is ${bytes}`);
  if (!found.isSocket())
    return fail('socket', `${socketPath}: it is no socket`, 'move it away, or set BREAKOUT_SOCKET');
  if (typeof daemon === 'string')
    return fail(
      'socket',
      `${socketPath}: the daemon does not answer as it should: ${daemon}`,
      'its log has the reason; `breakout daemon stop`, or kill the process that the line `lock` names',
    );
  if (daemon === null && found.uid !== process.getuid?.())
    return fail(
      'socket',
      `${socketPath}: it belongs to user ${found.uid}, and this user cannot connect`,
      'ask as that user, or set BREAKOUT_SOCKET',
    );
  if (daemon === null)
    return warn(
      'socket',
      `${socketPath}: left behind by a daemon that is gone`,
      'nothing: the next start removes it',
    );
  const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
  return (found.mode & OTHERS) === 0
    ? pass('socket', `${socketPath}: pid ${daemon.pid} answers, mode ${mode}, ${bytes}`)
    : fail('socket', `${socketPath}: mode ${mode} lets others command the bot`, `chmod 600 ${socketPath}`);
}

/** @param version of this package. */
export function checkVersion(version: string, daemon: DaemonAnswer | string | null): Finding {
  if (daemon === null || typeof daemon === 'string') return pass('version', `${version}; no daemon answers`);
  return daemon.version === version
    ? pass('version', `${version}, and so is the daemon`)
    : warn(
        'version',
        `this is ${version}, the daemon that runs is ${daemon.version}`,
        '`breakout daemon stop`, then start it again: positions stay protected at the venue',
      );
}
