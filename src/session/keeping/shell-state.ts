/** What the shell round the engine has written up of the session that runs, for snapshots. */
import { readArchive } from '../../archive/reader.ts';
import { writeArchive } from '../../archive/writer.ts';
import type { SessionHistory } from '../history/session-history.ts';
import type { PendingCommands } from '../pending-commands.ts';
import type { Session } from '../session.ts';

const VERSION = 1;

export interface ShellParts {
  readonly history: SessionHistory;
  readonly pending: PendingCommands;
  readonly session: Session | null;
}

export function saveShell({ history, pending, session }: ShellParts): Uint8Array {
  return writeArchive(VERSION, (a) => {
    a.number(pending.lastId);
    a.number(session?.closes ?? 0);
    a.number(session?.startedAt ?? 0);
    history.archive(a);
  });
}

/** @throws ArchiveError */
export function restoreShell(saved: Uint8Array, { history, pending, session }: ShellParts): void {
  readArchive(saved, VERSION, (a) => {
    pending.skipTo(a.number(undefined));
    const closes = a.number(undefined);
    const startedAt = a.number(undefined);
    if (session !== null) {
      session.closes = closes;
      session.startedAt = startedAt;
    }
    history.archive(a);
  });
}
