import { fstatSync } from 'node:fs';

/** systemd names the device and inode of the stream that it keeps; a variable that was only inherited names another. */
export function keptByJournal({ JOURNAL_STREAM }: NodeJS.ProcessEnv): boolean {
  if (!JOURNAL_STREAM) return false;
  try {
    const { dev, ino } = fstatSync(process.stdout.fd, { bigint: true });
    return JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    // stdout is closed: nobody keeps it.
    return false;
  }
}
