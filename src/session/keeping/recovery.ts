/**
 * Back to where a session stood: the newest snapshot, then every input since, each held against what came of it then.
 * What went on outside meanwhile is the reconciliation's business.
 */
import { ArchiveError } from '../../archive/archive.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Finding } from '../../engine/input.ts';
import { point } from '../../faults/point.ts';
import { exactJson } from '../../journal/codec/exact-json.ts';
import type { Journal } from '../../journal/journal.ts';
import type { StoredSnapshot } from '../../journal/rows.ts';
import { stateHash } from './recorder.ts';
import { type Difference, type RecordedStep, type RetraceOptions, retrace } from './retrace.ts';

/** The session cannot be taken up again by this program. The message says what a person can do. */
export class RecoveryFailed extends Error {
  override readonly name = 'RecoveryFailed';
}

export interface Recovered {
  /** Ordinals of the last input, and of the snapshot that it began from. */
  readonly seq: number;
  readonly snapshotSeq: number;
  /** Inputs that the engine was led along. */
  readonly steps: number;
  readonly difference: Difference | null;
}

export interface RestoreOptions {
  readonly journal: Pick<Journal, 'lastSnapshot' | 'entries'>;
  readonly engine: Pick<Engine, 'apply' | 'save' | 'restore'>;
  readonly session: string;
  /** It is not over. */
  readonly goesOn: boolean;
  /** Called between the snapshot, where there is one, and the steps after it. */
  readonly snapshotTaken?: () => void;
  /** Takes over what the shell had written up by a snapshot. */
  readonly restoreShell: (saved: Uint8Array) => void;
  /** Called for each step after the snapshot. */
  readonly seen: (step: RecordedStep, outputs: Parameters<NonNullable<RetraceOptions['seen']>>[1]) => void;
}

/** @throws RecoveryFailed; JournalError for a damaged journal */
export function restoreSession(options: RestoreOptions): Recovered {
  const { journal, engine, session, seen } = options;
  const snapshot = journal.lastSnapshot(session);
  const from = snapshot === null ? 0 : takeOver(snapshot, options);
  options.snapshotTaken?.();
  FAULT: point({ place: 'recovery.restored' });
  const { steps, seq, difference } = retrace({
    engine,
    steps: journal.entries(session, from),
    from,
    write: exactJson,
    // The venue is the judge of what became of it: what differs is told, and entries wait for a person.
    onDifference: 'go on',
    seen,
  });
  return { seq, snapshotSeq: from, steps, difference };
}

function takeOver(snapshot: StoredSnapshot, options: RestoreOptions): number {
  const { engine, session, restoreShell } = options;
  try {
    engine.restore(snapshot.state);
    restoreShell(snapshot.shell);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw new RecoveryFailed(
      `session ${session} was saved by another version of this program (${error.message}): ${mendOf(options)}`,
      { cause: error },
    );
  }
  if (stateHash(engine.save()) !== snapshot.hash) {
    throw new RecoveryFailed(
      `the state of session ${session} after input ${snapshot.seq} is not the one that was saved: keep the state folder as it is and report it`,
    );
  }
  return snapshot.seq;
}

function mendOf({ goesOn }: RestoreOptions): string {
  return goesOn
    ? 'let that version stop it, with --flatten if nothing is to stay open'
    : 'it is over, and a halt or a panic of its time may still hold: look at it with that version, then move the journal out of the state folder to begin anew';
}

/** What the operator hears of an engine that no longer decides as it did. */
export function findingOf({ seq, recorded, now }: Difference): Finding {
  return {
    code: 'DECISIONS_DIFFER',
    symbol: null,
    message: `input ${seq} led to another decision before the restart (${excerpt(recorded, now)}): was the program changed? resume when the positions are as they should be`,
  };
}

/** Long enough to recognise the outputs, short enough for a line. */
const EXCERPT = 120;

function excerpt(recorded: string, now: string): string {
  let same = 0;
  while (same < recorded.length && recorded[same] === now[same]) same += 1;
  const from = Math.max(0, same - EXCERPT / 2);
  return `${recorded.slice(from, from + EXCERPT)} -> ${now.slice(from, from + EXCERPT)}`;
}
