import { type ControlClient, connect } from '../protocol/client.ts';
import type { Context } from './context.ts';

/** The name that the daemon records as the author of this client's commands. */
export const CLIENT_NAME = 'cli';

/**
 * Connects, lets `use` ask what it needs and wait for the answers, and hangs up. Never starts a daemon.
 * @throws NotReachable when none answers.
 */
export async function withDaemon<T>(
  { paths }: Context,
  use: (client: ControlClient) => Promise<T>,
): Promise<T> {
  const client = await connect({ socketPath: paths.socketPath, client: CLIENT_NAME });
  try {
    return await use(client);
  } finally {
    // What was asked is answered: an end in order would make every command wait for a daemon that is busy.
    client.destroy();
  }
}
