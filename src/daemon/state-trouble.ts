/** Why a daemon does not start, or not go on, over what it finds in its state folder. */
import { JournalError } from '../journal/journal-error.ts';
import { RecoveryFailed } from '../session/recovery.ts';

export interface StateTrouble {
  /** For scripts. */
  readonly code: string;
  readonly message: string;
  /** Trying again may help. */
  readonly mayPass: boolean;
}

/** Null for any other error. */
export function stateTrouble(error: unknown): StateTrouble | null {
  if (error instanceof JournalError) {
    // Space comes back by itself; nothing else that is wrong with a journal does.
    return { code: error.code, message: error.message, mayPass: error.code === 'JOURNAL_FULL' };
  }
  if (error instanceof RecoveryFailed)
    return { code: 'RECOVERY_FAILED', message: error.message, mayPass: false };
  return null;
}
