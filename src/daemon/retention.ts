/** Drops what need not be kept: once the daemon is ready, and again and again while it runs. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config/settings-schema.ts';
import type { Journal } from '../journal/journal.ts';
import { DAY, type Millis } from '../market/time.ts';
import { errorFields, type Logger } from '../telemetry/log.ts';

/** A simulated market at thousands of times real time writes some MiB a minute. */
const EVERY_MS = 60_000;

const MIB = 2 ** 20;

export interface RetentionOptions {
  readonly journal: Pick<Journal, 'prune' | 'session'>;
  /** The folder of simulated venues' own books, a file for each session. */
  readonly venueDir: string;
  /** As the settings have it now. */
  readonly policy: () => Settings['journal'];
  readonly log: Logger;
}

/** @returns what ends it. */
export function keepSmall({ journal, venueDir, policy, log }: RetentionOptions): Disposable {
  const prune = (): void => {
    try {
      const { input_days, max_mb } = policy();
      const dropped = journal.prune({ inputDays: input_days, maxBytes: max_mb * MIB });
      if (dropped.inputs > 0) log.info('old inputs dropped', { ...dropped });
      const books = dropBooks(venueDir, journal, Date.now() - input_days * DAY);
      if (books > 0) log.info('books of simulated venues dropped', { sessions: books });
    } catch (error) {
      // Nothing hangs on it: it is tried again.
      log.warn('old inputs could not be dropped', errorFields(error));
    }
  };
  const timer = setInterval(prune, EVERY_MS).unref();
  prune();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Books of a session that was over before then: nothing trades by them any more. @returns how many */
function dropBooks(venueDir: string, journal: Pick<Journal, 'session'>, before: Millis): number {
  let dropped = 0;
  for (const file of booksIn(venueDir)) {
    const ended = journal.session(file.slice(0, -BOOKS.length))?.ended ?? null;
    if (ended === null || ended.wallAt >= before) continue;
    for (const end of ['', '-wal', '-shm']) rmSync(join(venueDir, `${file}${end}`), { force: true });
    dropped += 1;
  }
  return dropped;
}

const BOOKS = '.sqlite';

function booksIn(venueDir: string): string[] {
  try {
    return readdirSync(venueDir).filter((file) => file.endsWith(BOOKS));
  } catch (error) {
    // Nobody has traded on a simulated venue yet.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
