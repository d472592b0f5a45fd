/**
 * Failures of our own: the log has the detail, with the stack, under a reference; clients are told the reference.
 */
import { JournalCommitFailed } from '../journal/journal-error.ts';
import { currentRef, newRef } from '../telemetry/correlation.ts';
import { errorFields, type Logger } from '../telemetry/log.ts';
import { redactText } from '../telemetry/secrets.ts';
import { DataError } from '../venue/replay/data-error.ts';
import { VenueFileError } from '../venue/simulated/kept/venue-file-error.ts';

/** Logs what broke inside a session. @returns what clients may know of it. */
export function reportFault(error: unknown, log: Logger): string {
  const ref = currentRef() ?? newRef();
  log.error('session fault', { ref, ...errorFields(error) });
  return toldToPeople(error) ?? internal(ref);
}

/** Logs what nobody caught. @returns what clients may know of it. */
export function reportFatal(error: unknown, origin: string, log: Logger): string {
  const ref = newRef();
  log.error('fatal: the daemon cannot go on, and ends', { ref, origin, ...errorFields(error) });
  return toldToPeople(error) ?? internal(ref);
}

/** Some failures are written for whoever reads them; on a full disk the log could not even keep the others. */
function toldToPeople(error: unknown): string | null {
  const forPeople =
    error instanceof DataError || error instanceof JournalCommitFailed || error instanceof VenueFileError;
  return forPeople ? redactText(error.message) : null;
}

function internal(ref: string): string {
  return `an internal failure (the daemon's log has the detail under ref ${ref})`;
}
