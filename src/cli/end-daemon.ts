import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ResultOf } from '../protocol/methods.ts';
import { withDaemon } from './connection.ts';
import type { Context } from './context.ts';
import { CliError } from './exit.ts';

/** The engine's orderly stop has limits of its own; a daemon that lives on after this is told of. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 20;

export type Ended = ResultOf<'daemon.stop'> & { readonly pid: number };

/**
 * Stops the daemon and returns when its process is gone, so that the next one can start at once.
 * @throws NotReachable when none answers; CliError when it does not end.
 */
export async function endDaemon(context: Context): Promise<Ended> {
  const { answer, pid } = await withDaemon(context, async (client) => {
    const hello = await client.call('daemon.hello', {});
    return { pid: hello.pid, answer: await client.call('daemon.stop', {}, { timeoutMs: PATIENCE_MS }) };
  });
  const deadline = Date.now() + PATIENCE_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new CliError(
        'DAEMON_STOPPING',
        `the daemon (pid ${pid}) has not ended within ${PATIENCE_MS / 1000} s`,
      );
    }
    await delay(LOOK_EVERY_MS);
  }
  return { ...answer, pid };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return !isZombie(pid);
}

/** A process that has ended and that nobody has collected: in containers without an init they stay for good. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // It was collected between the two looks.
    return true;
  }
}
