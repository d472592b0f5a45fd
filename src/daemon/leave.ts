/** The way out when an orderly end is not waited for. */
import { writeSync } from 'node:fs';
import { closeLog, type Log } from '../telemetry/log.ts';

/** The log's last lines are given this long to be written. */
const LAST_WORDS_MS = 500;

export interface Leaving {
  readonly log: Log;
  /** Frees what the next daemon needs: the socket and the lock. It must not wait. */
  readonly free: () => void;
}

/**
 * Ends the process now, whatever is under way. Positions stay with their protection at the venue; an entry order that
 * has not been cancelled yet stays too, until the next daemon finds it.
 */
export function leave({ log, free }: Leaving, code: number, why: string): void {
  const message = `${why}: the daemon ends at once; positions stay protected at the venue`;
  say(message);
  log.error(message, { exitCode: code });
  const exit = (): never => process.exit(code);
  setTimeout(exit, LAST_WORDS_MS);
  try {
    free();
  } finally {
    closeLog(log).then(exit, exit);
  }
}

/** Past the streams, which a full disk or a closed terminal may have broken. */
export function say(message: string): void {
  try {
    writeSync(process.stderr.fd, `breakout daemon: ${message}\n`);
  } catch {
    // There is nobody to tell; the log is told all the same.
  }
}
