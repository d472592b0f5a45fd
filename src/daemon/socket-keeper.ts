/**
 * Keeps the socket files where clients look for them. One that somebody removed (a cleaner of temporary files, another
 * instance's folder) would leave a daemon that trades and that nobody can reach.
 */
import { errorFields, type Log } from '../telemetry/log.ts';
import type { ControlServer } from './control-server.ts';

const LOOK_EVERY_MS = 1_000;

/** Looks until it is disposed of. What stays wrong is said once, until it changes. */
export function keepSockets(server: ControlServer, log: Log, everyMs = LOOK_EVERY_MS): Disposable {
  let said = '';
  let looking = false;
  const warn = (message: string, fields: Readonly<Record<string, unknown>>): void => {
    const saying = `${message} ${JSON.stringify(fields)}`;
    if (saying !== said) log.warn(message, fields);
    said = saying;
  };
  const look = async (): Promise<void> => {
    const losses = await server.mendSockets();
    const taken = losses.filter(({ now }) => now === 'taken');
    for (const { path, now } of losses) {
      if (now === 'made anew') log.warn('the socket file was gone and has been made anew', { path });
      else warn('the socket file is not ours any more: clients reach something else there', { path });
    }
    if (taken.length === 0) said = '';
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch((error) => warn('the socket file is gone and cannot be made anew', errorFields(error)))
      .finally(() => {
        looking = false;
      });
  }, everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
