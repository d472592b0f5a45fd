/**
 * What lets sessions outlive their host: the recorder, the venue's own books, and the way back. The host tells it of
 * every input; at its start it gives back what the last host left.
 */
import { ArchiveError } from '../../archive/archive.ts';
import { Engine } from '../../engine/engine.ts';
import type { Finding, Input, InputOf } from '../../engine/input.ts';
import type { Output } from '../../engine/output.ts';
import { point } from '../../faults/point.ts';
import type { Journal } from '../../journal/journal.ts';
import type { StoredSession } from '../../journal/rows.ts';
import type { Millis } from '../../market/time.ts';
import { KeptVenue } from '../../venue/simulated/kept/kept-venue.ts';
import type { VenueRecord } from '../../venue/simulated/kept/record.ts';
import type { Origin } from '../drive.ts';
import type { HistoryKeeper, SessionHistory } from '../history/session-history.ts';
import type { PaperAccount } from '../live/live-venue.ts';
import type { PendingCommands } from '../pending-commands.ts';
import { Refusal } from '../refusal.ts';
import type { Session, SessionEnd } from '../session.ts';
import { startedEvent } from '../session-events.ts';
import type { OpenVenue } from '../venues.ts';
import { IDLE, Recorder, type Saved } from './recorder.ts';
import { findingOf, type Recovered, restoreSession } from './recovery.ts';
import type { RecordedStep } from './retrace.ts';
import { restoreShell, saveShell } from './shell-state.ts';
import { endOf, sessionRow } from './stored-session.ts';

/** Where sessions are kept. */
export interface Keeping {
  readonly journal: Journal;
  /** The own books of a session's simulated venue. */
  readonly venueRecord: (session: string, of: 'new' | 'kept') => VenueRecord;
  /** The journal takes nothing any more, or a step failed in its middle: nothing is sent, and the process has to end. */
  readonly onLost: (error: unknown) => void;
}

export interface KeeperOptions {
  readonly keeping: Keeping;
  readonly engine: Engine;
  readonly history: () => SessionHistory;
  readonly pending: PendingCommands;
  readonly session: () => Session | null;
  readonly wallNow: () => Millis;
  /** Told of what failed; returns what clients may know of it. */
  readonly onFault: (error: unknown) => string;
}

/** Sessions that are over and still listed. */
const PAST_SESSIONS = 100;

export class Keeper implements HistoryKeeper {
  readonly #options: KeeperOptions;
  readonly #recorder: Recorder;
  /** The engine brings something along that a new session has to begin with. */
  #used = false;
  /** Steps of before are gone through again: they are written down already. */
  #retracing = false;
  /** A session is restored and its books are not held against the venue's yet. */
  #takingUp = false;
  /** How often records of the session that goes on were lost, and somebody said to go on without them. */
  #losses = 0;
  /** Why the journal fell back on its reserve, until the engine has been told. */
  #reserveUsed: string | null = null;

  constructor(options: KeeperOptions) {
    const { keeping, wallNow, onFault } = options;
    this.#options = options;
    this.#recorder = new Recorder({
      journal: keeping.journal,
      wallNow,
      save: () => this.#saved(),
      onReserve: (error) => {
        const told = onFault(error);
        this.#reserveUsed = keeping.journal.saysFull(error) ? 'no space is left on its disk' : told;
      },
      onLost: keeping.onLost,
    });
  }

  get retracing(): boolean {
    return this.#retracing;
  }

  /** How the journal takes what it is given. */
  get journal(): { readonly commitMs: number | null; readonly inReserve: boolean } {
    return { commitMs: this.#recorder.commits.recentMean, inReserve: this.entriesRefused !== null };
  }

  get entriesRefused(): string | null {
    return this.#recorder.entriesRefused;
  }

  /** The venue with books of its own, where they say that it stood. */
  venue(venue: OpenVenue, session: string, of: 'new' | 'kept'): KeptVenue {
    const record = this.#options.keeping.venueRecord(session, of);
    try {
      return new KeptVenue({ ...venue, record: this.#withReserve(record), beforeKeeping: () => this.safe() });
    } catch (error) {
      record[Symbol.dispose]();
      throw error;
    }
  }

  /** The account on paper of a venue that goes by its own clock. */
  paper(account: PaperAccount, session: string, of: 'new' | 'kept'): void {
    const record = this.#options.keeping.venueRecord(session, of);
    try {
      account.open(this.#withReserve(record));
    } catch (error) {
      record[Symbol.dispose]();
      throw error;
    }
  }

  /** The disk has space again, after the reserve was used: entries may be sent. @throws Refusal while it has not */
  refill(): void {
    if (!this.#recorder.refill())
      throw new Refusal(
        'START_FAILED',
        'the disk that the journal lies on is still full: free some, then retry again',
      );
  }

  /** The venue's books lie on the same disk as the journal: when it is full, the reserve serves both. */
  #withReserve(record: VenueRecord): VenueRecord {
    const recorder = this.#recorder;
    return {
      where: record.where,
      load: () => record.load(),
      request: (row) => recorder.withReserve(() => record.request(row)),
      reached: (place) => recorder.withReserve(() => record.reached(place)),
      snapshot: (bars, state) => recorder.withReserve(() => record.snapshot(bars, state)),
      [Symbol.dispose]: () => record[Symbol.dispose](),
    };
  }

  begin(session: Session, by: string): void {
    const before = this.#used ? this.#saved() : null;
    this.#recorder.begin(sessionRow(session, this.#options.history().ordinal + 1, by), before);
    this.#used = true;
  }

  observed(input: Input, outputs: readonly Output[], origin: Origin): void {
    this.#recorder.observed(input, outputs, origin);
  }

  /** Something was asked of an engine that has no venue. */
  withoutVenue(input: Input, outputs: readonly Output[]): void {
    this.#used = true;
    if (this.#recorder.inSession) this.#recorder.observed(input, outputs, 'command');
    else this.#recorder.idle(this.#saved(), input.at);
  }

  checkpoint(checkpoint: Parameters<HistoryKeeper['checkpoint']>[0]): void {
    this.#recorder.checkpoint(checkpoint);
  }

  equity(point: Parameters<HistoryKeeper['equity']>[0]): void {
    this.#recorder.equity(point);
  }

  /** All that was observed is durable when this returns. @throws when it cannot be */
  safe(): void {
    this.#recorder.safe();
  }

  /** Between two steps of a session. */
  afterStep({ drive }: Session): void {
    const reason = this.#reserveUsed;
    if (reason !== null) {
      this.#reserveUsed = null;
      drive.fault(`the journal cannot be written: ${reason}`);
    }
    this.#recorder.snapshotWhenDue(drive.now);
  }

  ended({ drive }: Session, { reason, message, wallAt }: SessionEnd): void {
    this.#recorder.end({ reason, message, at: drive.now, wallAt }, this.#options.history().saveRecord());
  }

  /** The session that runs is left as it is, for the next host; so is what came after the end of one that is over. */
  leave(session: Session | null): void {
    // Until its books agree with the venue's a session is found again as it was: what differs is not saved as if it did not.
    if (!this.#takingUp) this.#recorder.snapshot(session?.drive.now ?? this.#options.engine.now);
    this.#recorder.close();
  }

  /**
   * A step failed in its middle: what the engine is now is no state that inputs lead to. The next host finds it where
   * the inputs before led it, in ERROR.
   */
  leaveBroken(session: Session, reason: string): void {
    this.safe();
    if (session.ended) {
      this.#recorder.close();
      return;
    }
    const engine = new Engine();
    restoreSession({
      journal: this.#options.keeping.journal,
      engine,
      session: session.id,
      goesOn: true,
      restoreShell: () => undefined,
      seen: () => undefined,
    });
    const input = { kind: 'fault', at: Math.max(engine.now, session.drive.now), reason } as const;
    this.#recorder.observed(input, engine.apply(input), 'live');
    this.#recorder.close();
  }

  /** A failure that the session does not survive in this process. */
  inDoubt(error: unknown): void {
    this.#options.keeping.onLost(error);
  }

  /** The newest session of the journal; what is known of those that are over is listed again. */
  past(): StoredSession | null {
    const { keeping, history, onFault } = this.#options;
    for (const { ended } of keeping.journal.sessions(PAST_SESSIONS).reverse()) {
      if (ended === null || ended.record.length === 0) continue;
      try {
        history().restoreRecord(ended.record);
      } catch (error) {
        // One of another version is not listed; its rows are in the journal all the same.
        if (!(error instanceof ArchiveError)) throw error;
        onFault(error);
      }
    }
    return keeping.journal.lastSession();
  }

  /**
   * Leads the engine to where it was. `session`: the one that goes on; null when the newest is over, or none was.
   * @returns what is known, and how the newest session ended when it has.
   * @throws RecoveryFailed; JournalError
   */
  restore(stored: StoredSession | null, session: Session | null): Recovered & { ended: SessionEnd | null } {
    const { keeping, engine, history, pending } = this.#options;
    const id = stored?.id ?? IDLE;
    this.#retracing = true;
    // Of the last steps the milestones may not have been written: all are again, each in its own place.
    this.#recorder.resume(id, 0, 0);
    try {
      const restored = restoreSession({
        journal: keeping.journal,
        engine,
        session: id,
        goesOn: session !== null,
        restoreShell: (saved) => restoreShell(saved, { history: history(), pending, session }),
        snapshotTaken: () => {
          // What was saved last may be of the session before.
          if (stored !== null && session !== null && history().session()?.id !== session.id)
            this.#startedThen(session, stored.by, stored.startedAt);
        },
        seen: (step, outputs) => this.#again(id, session, step, outputs),
      });
      this.#recorder.resume(id, restored.seq, restored.snapshotSeq);
      this.#losses = stored === null ? 0 : keeping.journal.losses();
      this.#used = restored.seq > 0;
      return { ...restored, ended: stored?.ended ? endOf(stored.ended) : null };
    } finally {
      this.#retracing = false;
    }
  }

  /** Goes on with a session that was restored: its books are held against the venue's. */
  async takeUp(session: Session, { difference }: Recovered): Promise<readonly Finding[]> {
    const { drive } = session;
    this.#takingUp = true;
    const findings = await drive.takeUp({
      outstanding: this.#options.engine.outstanding(),
      known: difference === null ? [] : [findingOf(difference)],
      ordersTaken: this.#losses * LOST_ORDERS,
    });
    this.#takingUp = false;
    this.#recorder.snapshot(drive.now);
    this.safe();
    FAULT: point({ place: 'recovery.saved', session: session.id });
    return findings;
  }

  /** A step that the engine was led along: what is written up of it is written up again. */
  #again(
    id: string,
    session: Session | null,
    { input, wallAt }: RecordedStep,
    outputs: readonly Output[],
  ): void {
    const history = this.#options.history();
    if (input.kind === 'command') this.#options.pending.skipTo(input.id);
    if (session !== null && isContinuation(input, outputs)) {
      session.startedAt = wallAt;
      this.#startedThen(session, input.by, wallAt, input.at);
    }
    if (input.kind === 'bars' && input.phase === 'live') {
      if (session !== null) session.closes += 1;
      history.closed(input.at);
    }
    // After its end as well: a panic or a reset is written up with the session that it came after.
    for (const output of outputs)
      if (output.kind === 'event')
        history.seen({ seq: 0, session: id, at: output.at, wallAt, event: output.event });
  }

  /** A start of before is written up again: the host announced it, and no input says so. */
  #startedThen(session: Session, by: string, wallAt: Millis, at = session.drive.market.startsAt): void {
    const history = this.#options.history();
    history.started(session, by, wallAt, at);
    const event = startedEvent(session, session.request);
    history.seen({ seq: 0, session: session.id, at, wallAt, event });
  }

  #saved(): Saved {
    const { engine, history, pending, session } = this.#options;
    return {
      engine: engine.save(),
      shell: saveShell({ history: history(), pending, session: session() }),
    };
  }
}

/** Client order ids hang on ordinals, and no id is given twice: more orders than a log holds that can be lost. */
const LOST_ORDERS = 100_000;

/** A start that went on with the session; one that was refused is no start. */
function isContinuation(input: Input, outputs: readonly Output[]): input is InputOf<'command'> {
  if (input.kind !== 'command' || input.command.name !== 'start') return false;
  return (
    input.command.account === 'continue' && !outputs.some((output) => output.kind === 'reply' && output.error)
  );
}
