/** What the journal says was asked of the engine, and what of it must still hold. */
import type { Paths } from '../../src/config/paths.ts';
import type { PauseLatch } from '../../src/engine/view.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';

export interface Commanded {
  /** Of the newest session, oldest first. */
  readonly names: readonly string[];
  readonly paused: Pick<PauseLatch, 'by' | 'reason'> | null;
  readonly stopping: boolean;
  readonly panicking: boolean;
  /** Of its last reconciliation. */
  readonly findings: number;
}

/** By hand from the inputs, not by the engine: it is what is on trial. */
export function commandsOf(paths: Paths): Commanded | null {
  using journal = openJournalForReading(paths.journalFile);
  const session = journal.lastSession();
  if (session === null) return null;
  const names: string[] = [];
  let paused: Commanded['paused'] = null;
  let stopping = false;
  let panicking = false;
  let findings = 0;
  for (const { input } of journal.entries(session.id, session.prunedTo)) {
    if (input.kind === 'reconciliation') findings = input.findings.length;
    if (input.kind !== 'command') continue;
    const { command, by } = input;
    names.push(command.name);
    if (command.name === 'pause') paused ??= { by, reason: command.reason };
    if (command.name === 'resume') paused = null;
    if (command.name === 'stop') stopping = true;
    if (command.name === 'start') stopping = false;
    if (command.name === 'emergencyStop') panicking = true;
    if (command.name === 'reset') panicking = false;
    if (command.name === 'stop' || command.name === 'emergencyStop') paused = null;
  }
  return { names, paused, stopping, panicking, findings };
}
