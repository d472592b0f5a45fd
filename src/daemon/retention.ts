/** Drops what the journal need not keep: once the daemon is ready, and again and again while it runs. */
import type { Settings } from '../config/settings-schema.ts';
import type { Journal } from '../journal/journal.ts';
import { errorFields, type Logger } from '../telemetry/log.ts';

/** A simulated market at thousands of times real time writes some MiB a minute. */
const EVERY_MS = 60_000;

const MIB = 2 ** 20;

export interface RetentionOptions {
  readonly journal: Pick<Journal, 'prune'>;
  /** As the settings have it now. */
  readonly policy: () => Settings['journal'];
  readonly log: Logger;
}

/** @returns what ends it. */
export function keepJournalSmall({ journal, policy, log }: RetentionOptions): Disposable {
  const prune = (): void => {
    try {
      const { input_days, max_mb } = policy();
      const dropped = journal.prune({ inputDays: input_days, maxBytes: max_mb * MIB });
      if (dropped.inputs > 0) log.info('old inputs dropped', { ...dropped });
    } catch (error) {
      // Nothing hangs on it: it is tried again.
      log.warn('old inputs could not be dropped', errorFields(error));
    }
  };
  const timer = setInterval(prune, EVERY_MS).unref();
  prune();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
