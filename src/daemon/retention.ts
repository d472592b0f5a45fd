/** Drops what the journal need not keep: once the daemon is ready, and once a day. */
import type { Journal } from '../journal/journal.ts';
import { errorFields, type Logger } from '../telemetry/log.ts';

const DAY_MS = 86_400_000;

export interface RetentionOptions {
  readonly journal: Pick<Journal, 'prune'>;
  /** Days that inputs are kept. */
  readonly inputDays: () => number;
  readonly log: Logger;
}

/** @returns what ends it. */
export function keepJournalSmall({ journal, inputDays, log }: RetentionOptions): Disposable {
  const prune = (): void => {
    try {
      const dropped = journal.prune({ inputDays: inputDays() });
      if (dropped.inputs > 0) log.info('old inputs dropped', { ...dropped });
    } catch (error) {
      // Nothing hangs on it: it is tried again tomorrow.
      log.warn('old inputs could not be dropped', errorFields(error));
    }
  };
  const timer = setInterval(prune, DAY_MS).unref();
  prune();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
