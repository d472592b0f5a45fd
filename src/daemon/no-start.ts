/** Why a daemon cannot start or go on with what it left, for whoever started it: a code, and what a supervisor is told. */
import { JournalError } from '../journal/journal-error.ts';
import { RecoveryFailed } from '../session/keeping/recovery.ts';
import { VenueFileError } from '../venue/simulated/kept/venue-file-error.ts';

export interface NoStart {
  readonly code: string;
  /** One line: the file, and the mend. */
  readonly message: string;
  readonly exitCode: number;
}

/** EX_CONFIG: it does not get better by being tried again. */
const NEEDS_A_PERSON = 78;

/** Space comes back by itself: a supervisor is to try again. */
const TRY_AGAIN = 1;

/** Null for a failure that nobody has foreseen. */
export function whyNoStart(error: unknown): NoStart | null {
  if (error instanceof JournalError) {
    const { code, message } = error;
    return { code, message, exitCode: code === 'JOURNAL_FULL' ? TRY_AGAIN : NEEDS_A_PERSON };
  }
  if (error instanceof VenueFileError) {
    const { message, full } = error;
    return { code: 'VENUE_FILE', message, exitCode: full ? TRY_AGAIN : NEEDS_A_PERSON };
  }
  if (error instanceof RecoveryFailed)
    return { code: 'RECOVERY_FAILED', message: error.message, exitCode: NEEDS_A_PERSON };
  return null;
}
