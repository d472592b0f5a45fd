/**
 * Leads a new engine along a session of the journal and holds every output against what was recorded, and its state
 * against the snapshots on the way. It reads and writes nothing else: a daemon may be writing the journal meanwhile.
 */
import { ArchiveError } from '../../archive/archive.ts';
import { Engine } from '../../engine/engine.ts';
import type { Input } from '../../engine/input.ts';
import type { Output } from '../../engine/output.ts';
import { exactJson, parseExactJson } from '../../journal/codec/exact-json.ts';
import type { JournalReader } from '../../journal/journal-reader.ts';
import type { StoredSession, StoredSnapshot } from '../../journal/rows.ts';
import type { Millis } from '../../market/time.ts';
import { type Difference, type RecordedStep, retrace } from './retrace.ts';

export interface ReplayOptions {
  readonly journal: Pick<JournalReader, 'entries' | 'snapshots'>;
  readonly session: StoredSession;
  /** Venue time: what came later is not applied. Null = to the end. */
  readonly until: Millis | null;
  readonly progress?: (done: number, total: number) => void;
}

/** What the engine was before the first input that is replayed. */
export type Beginning =
  /** A new one. */
  | 'new'
  /** What the session before had left. */
  | 'continued'
  /** Older inputs are no longer kept: the first snapshot after them. */
  | 'pruned';

export interface FirstDifference {
  readonly seq: number;
  readonly at: Millis;
  /** The bars of a close time without their columns. */
  readonly input: object;
  /** `outputs`: what it answered; `state`: what it was afterwards, where a snapshot was taken. */
  readonly of: 'outputs' | 'state';
  /** Place of the first output that differs, from 0; null for a state. */
  readonly nth: number | null;
  readonly recorded: Output | null;
  readonly now: Output | null;
}

export interface Replayed {
  readonly begins: Beginning;
  /** Ordinal of the input before the first that was applied. */
  readonly after: number;
  /** Of the last that was. */
  readonly seq: number;
  /** All that was recorded was applied. */
  readonly whole: boolean;
  readonly inputs: number;
  readonly outputs: number;
  readonly bars: number;
  /** States that were held against a snapshot. */
  readonly snapshots: number;
  readonly wallMs: number;
  readonly difference: FirstDifference | null;
  /** As it is after the last input. */
  readonly engine: Engine;
}

/** There is nothing that this session could be replayed from. */
export class CannotReplay extends Error {
  override readonly name = 'CannotReplay';
}

/** @throws CannotReplay; what the journal throws */
export function replaySession({ journal, session, until, progress }: ReplayOptions): Replayed {
  const began = performance.now();
  const snapshots = journal.snapshots(session.id);
  const { engine, begins, after } = beginningOf(session, snapshots);
  const total = session.lastSeq - after;
  const counted = { outputs: 0, bars: 0, snapshots: 0, done: 0 };
  let stateDiffers: FirstDifference | null = null;
  const result = retrace({
    engine,
    steps: journal.entries(session.id, after),
    from: after,
    write: exactJson,
    onDifference: 'stop',
    // What a daemon writes meanwhile is not waited for.
    until: ({ seq, input }) =>
      stateDiffers === null && seq <= session.lastSeq && (until === null || input.at <= until),
    seen: (step, outputs) => {
      counted.outputs += outputs.length;
      counted.done += 1;
      if (step.input.kind === 'bars') counted.bars += step.input.bars.count;
      progress?.(counted.done, total);
      const snapshot = snapshots.find(({ seq }) => seq === step.seq);
      if (snapshot === undefined || !isOfThisVersion(snapshot)) return;
      counted.snapshots += 1;
      if (!Buffer.from(snapshot.state).equals(engine.save())) stateDiffers = differenceOfState(step);
    },
  });
  return {
    begins,
    after,
    seq: result.seq,
    whole: result.seq >= session.lastSeq,
    inputs: result.steps,
    outputs: counted.outputs,
    bars: counted.bars,
    snapshots: counted.snapshots,
    wallMs: performance.now() - began,
    difference: result.difference === null ? stateDiffers : firstDifference(result.difference),
    engine,
  };
}

function beginningOf(
  { id, prunedTo }: StoredSession,
  snapshots: readonly StoredSnapshot[],
): { engine: Engine; begins: Beginning; after: number } {
  const engine = new Engine();
  const from = snapshots.find(({ seq }) => (prunedTo === 0 ? seq === 0 : seq >= prunedTo));
  if (from === undefined) {
    if (prunedTo === 0) return { engine, begins: 'new', after: 0 };
    throw new CannotReplay(
      `the inputs of session ${id} up to ${prunedTo} are no longer kept, nor a snapshot after them: ` +
        'its trades and fills are all that is left of it',
    );
  }
  try {
    engine.restore(from.state);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw new CannotReplay(`session ${id} begins with a state that cannot be read: ${error.message}`, {
      cause: error,
    });
  }
  return { engine, begins: prunedTo === 0 ? 'continued' : 'pruned', after: from.seq };
}

/** A snapshot of another version of the program says nothing of this one. */
function isOfThisVersion({ state }: StoredSnapshot): boolean {
  try {
    new Engine().restore(state);
    return true;
  } catch (error) {
    if (error instanceof ArchiveError) return false;
    throw error;
  }
}

function differenceOfState({ seq, input }: RecordedStep): FirstDifference {
  return { seq, at: input.at, input: shown(input), of: 'state', nth: null, recorded: null, now: null };
}

function firstDifference({ seq, input, recorded, now }: Difference): FirstDifference {
  const before = parseExactJson<Output[]>(recorded);
  const after = parseExactJson<Output[]>(now);
  let nth = 0;
  while (nth < before.length && nth < after.length && exactJson(before[nth]) === exactJson(after[nth]))
    nth += 1;
  return {
    seq,
    at: input.at,
    input: shown(input),
    of: 'outputs',
    nth,
    recorded: before[nth] ?? null,
    now: after[nth] ?? null,
  };
}

function shown(input: Input): object {
  if (input.kind !== 'bars') return input;
  const { kind, at, phase, bars } = input;
  return { kind, at, phase, closeTime: bars.closeTime, symbols: bars.count };
}
