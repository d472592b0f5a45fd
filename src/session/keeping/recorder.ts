/**
 * Writes a session down while it happens: every input with what the engine made of it, before anything goes out.
 * What must be safe at once is committed at once; the rest waits a moment for company. When the disk is full a reserve
 * serves exits, and entries are refused; when that is used up too nothing is sent any more.
 */
import { createHash } from 'node:crypto';
import type { Input } from '../../engine/input.ts';
import type { Output } from '../../engine/output.ts';
import { point } from '../../faults/point.ts';
import { GroupCommit } from '../../journal/group-commit.ts';
import type { Journal } from '../../journal/journal.ts';
import type { SessionEnding, SessionRow } from '../../journal/rows.ts';
import type { Millis } from '../../market/time.ts';
import type { Origin } from '../drive.ts';
import type { Checkpoint } from '../history/checkpoints.ts';
import type { EquityPoint } from '../history/equity-curve.ts';
import { Latency } from '../latency.ts';
import { clientOrderId } from './client-order-id.ts';

/** What a snapshot is made of. */
export interface Saved {
  readonly engine: Uint8Array;
  /** What the shell round the engine has written up. */
  readonly shell: Uint8Array;
}

/** What a session is written to. */
export type SessionJournal = Pick<
  Journal,
  | 'append'
  | 'checkpoint'
  | 'close'
  | 'commit'
  | 'endSession'
  | 'equity'
  | 'openSession'
  | 'refillReserve'
  | 'snapshot'
  | 'uncommitted'
  | 'useReserve'
>;

export interface RecorderOptions {
  readonly journal: SessionJournal;
  readonly wallNow: () => Millis;
  /** The state after the last input. */
  readonly save: () => Saved;
  /** A commit failed and went through with the reserve: from now on entries are refused. */
  readonly onReserve: (error: unknown) => void;
  /** Nothing can be committed any more: nothing is sent, and the process has to end. */
  readonly onLost: (error: unknown) => void;
}

/** Inputs and wall time from one snapshot to the next: what a recovery has to lead the engine along at most. */
const SNAPSHOT_INPUTS = 5_000;
const SNAPSHOT_MS = 5 * 60_000;

/** Name under which the state before the first session is kept. */
export const IDLE = 'idle';

export class Recorder {
  /** How long commits took. */
  readonly commits = new Latency();
  readonly #options: RecorderOptions;
  readonly #group: GroupCommit;
  #session = IDLE;
  #seq = 0;
  #snapshotSeq = 0;
  #snapshotAt: Millis;
  #inReserve = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#snapshotAt = options.wallNow();
    this.#group = new GroupCommit({
      journal: this.#timed(options.journal),
      onError: (error) => this.#failed(error),
    });
  }

  /** Why no entry may be sent just now; null when it may. */
  get entriesRefused(): string | null {
    return this.#inReserve ? 'the journal cannot be written: only exits are sent' : null;
  }

  /** A new session. `before`: what the engine brings along from earlier ones; null for one that is new itself. */
  begin(row: SessionRow, before: Saved | null): void {
    const { journal, wallNow } = this.#options;
    this.#session = row.id;
    this.#seq = 0;
    this.#snapshotSeq = 0;
    journal.openSession(row);
    FAULT: point({ place: 'session.row' });
    if (before !== null) this.#snapshot(before, row.startedAt);
    this.#snapshotAt = wallNow();
    // Durable with the start itself: a session that has begun and was never started could be taken for one that goes on.
    FAULT: point({ place: 'session.opened', session: row.id });
  }

  /** Goes on with a recorded session, after its input `seq`. */
  resume(session: string, seq: number, snapshotSeq: number): void {
    this.#session = session;
    this.#seq = seq;
    this.#snapshotSeq = snapshotSeq;
  }

  /** Something was asked of an engine that has never had a venue: what came of it is kept as a snapshot alone. */
  idle(saved: Saved, at: Millis): void {
    this.#seq += 1;
    this.#snapshot(saved, at);
    this.safe();
  }

  /** There is a session, running or over, that inputs belong to. */
  get inSession(): boolean {
    return this.#session !== IDLE;
  }

  observed(input: Input, outputs: readonly Output[], origin: Origin): void {
    const { journal, wallNow } = this.#options;
    this.#seq += 1;
    const clientIds = this.#clientIds(outputs);
    journal.append({
      session: this.#session,
      seq: this.#seq,
      input,
      outputs,
      origin,
      wallAt: wallNow(),
      ...(clientIds !== null && { clientIds }),
    });
    // Whoever is told that a command is done may count on it.
    if (input.kind === 'command' || outputs.some(({ kind }) => kind === 'reply')) this.safe();
    else this.#group.soon();
  }

  checkpoint(checkpoint: Checkpoint): void {
    this.#options.journal.checkpoint(this.#session, checkpoint);
  }

  equity({ at, equity, realised }: EquityPoint): void {
    this.#options.journal.equity(this.#session, { at, equity, realised });
  }

  /** All that was observed is durable when this returns. @throws when it is not, and will not be. */
  safe(): void {
    this.#group.now();
  }

  /** Between two steps: a snapshot when it is time for one. */
  snapshotWhenDue(at: Millis): void {
    if (this.#seq - this.#snapshotSeq < SNAPSHOT_INPUTS) return;
    const now = this.#options.wallNow();
    if (now - this.#snapshotAt < SNAPSHOT_MS && this.#seq - this.#snapshotSeq < 10 * SNAPSHOT_INPUTS) return;
    this.snapshot(at);
  }

  /** Takes one now; it goes with the next commit. */
  snapshot(at: Millis): void {
    if (this.#seq === this.#snapshotSeq || this.#inReserve) return;
    this.#snapshot(this.#options.save(), at);
    this.#group.soon();
  }

  /** `record`: what is shown of the session from now on. */
  end(ending: Omit<SessionEnding, 'record'>, record: Uint8Array): void {
    this.#options.journal.endSession(this.#session, { ...ending, record });
    // In the reserve too: nothing comes after it that would need the space more.
    if (this.#seq !== this.#snapshotSeq) this.#snapshot(this.#options.save(), ending.at);
    this.safe();
  }

  /** Nothing follows: the last commit, and the mark of a clean end. */
  close(): void {
    this.#group.close();
    this.#options.journal.close();
  }

  #snapshot({ engine, shell }: Saved, at: Millis): void {
    const { journal, wallNow } = this.#options;
    this.#snapshotSeq = this.#seq;
    this.#snapshotAt = wallNow();
    journal.snapshot({
      session: this.#session,
      seq: this.#seq,
      at,
      wallAt: this.#snapshotAt,
      state: engine,
      hash: stateHash(engine),
      shell,
    });
  }

  /** The journal with each of its commits timed. */
  #timed(journal: SessionJournal): ConstructorParameters<typeof GroupCommit>[0]['journal'] {
    const { commits } = this;
    return {
      get uncommitted() {
        return journal.uncommitted;
      },
      commit() {
        if (journal.uncommitted === 0) return;
        const before = performance.now();
        journal.commit();
        commits.add(performance.now() - before);
      },
    };
  }

  /** Something else on the disk of the journal that must be durable. @throws when it cannot be, and will not */
  withReserve(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#again(write, error);
    }
  }

  /** Takes the reserve again once the disk has space, so that entries may be sent; false while it has not. */
  refill(): boolean {
    if (this.#inReserve && !this.#options.journal.refillReserve()) return false;
    this.#inReserve = false;
    return true;
  }

  #failed(error: unknown): void {
    this.#again(() => this.#options.journal.commit(), error);
  }

  /** Once more, with the space of the reserve. */
  #again(write: () => void, error: unknown): void {
    const { journal, onReserve, onLost } = this.#options;
    if (!this.#inReserve && journal.useReserve()) {
      this.#inReserve = true;
      try {
        write();
        onReserve(error);
        return;
      } catch {
        // The first failure says more than the one after it: it is told below.
      }
    }
    onLost(error);
    throw error;
  }

  #clientIds(outputs: readonly Output[]): Map<number, string> | null {
    let ids: Map<number, string> | null = null;
    for (const output of outputs) {
      if (output.kind !== 'submit') continue;
      ids ??= new Map();
      ids.set(output.order.id, clientOrderId(this.#session, output.order.id, 1));
    }
    return ids;
  }
}

/** SHA-256 of an engine's state, in hex. */
export function stateHash(state: Uint8Array): string {
  return createHash('sha256').update(state).digest('hex');
}
