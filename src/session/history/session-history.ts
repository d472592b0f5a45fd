/**
 * Writes down what the host goes through: the book of sessions with their checkpoints and, of the newest session,
 * its signals and its equity. It listens to the events; of the candles it is told only that one close has passed.
 */
import type { Archive, Shape } from '../../archive/archive.ts';
import { readArchive } from '../../archive/reader.ts';
import { writeArchive } from '../../archive/writer.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EngineState } from '../../engine/state.ts';
import type { Millis } from '../../market/time.ts';
import type { EventLog, PublishedEvent } from '../event-log.ts';
import type { Session } from '../session.ts';
import type { Checkpoint, CheckpointFigures } from './checkpoints.ts';
import { EquityCurve, type EquityPoint, type EquitySeries } from './equity-curve.ts';
import { Milestones } from './milestones.ts';
import {
  SessionBook,
  type SessionDetail,
  type SessionFigures,
  SessionRecord,
  type SessionStart,
  type SessionSummary,
} from './session-book.ts';
import { SignalLog, type SignalView } from './signal-log.ts';

type Watched = Pick<Engine, 'now' | 'status' | 'metrics' | 'trades' | 'equity' | 'drawdown'>;

/** What belongs to the newest session alone. */
interface Present {
  readonly record: SessionRecord;
  readonly milestones: Milestones;
  readonly signals: SignalLog;
  /** The state that the events have come to. */
  state: EngineState;
}

/** Version of what `saveRecord` writes. */
const VERSION = 1;

const presentShape: Shape<Present> = (a, present) => {
  const loaded: Present = {
    record: SessionRecord.shape(a, present?.record),
    milestones: present?.milestones ?? new Milestones(),
    signals: present?.signals ?? new SignalLog(),
    state: a.json(present?.state),
  };
  loaded.milestones.archive(a);
  loaded.signals.archive(a);
  return loaded;
};

/** Told of what is written down, as it is. */
export interface HistoryKeeper {
  checkpoint(checkpoint: Checkpoint): void;
  equity(point: EquityPoint): void;
}

export class SessionHistory {
  readonly #engine: Watched;
  readonly #wallNow: () => Millis;
  readonly #book = new SessionBook();
  readonly #curve: EquityCurve;
  #present: Present | null = null;
  readonly #keeper: HistoryKeeper | null;

  constructor(engine: Watched, events: EventLog, wallNow: () => Millis, keeper: HistoryKeeper | null = null) {
    this.#keeper = keeper;
    this.#engine = engine;
    this.#wallNow = wallNow;
    this.#curve = new EquityCurve(() => engine.equity());
    events.listen((published) => this.seen(published));
  }

  /** A start, before anything of it is announced: of a new session, or of one that goes on. */
  started(session: Session, by: string, wallAt = this.#wallNow(), at = session.drive.now): void {
    const start: SessionStart = { by, at, wallAt };
    if (this.#present?.record.id === session.id) {
      this.#present.record.startedAgain(start);
      return;
    }
    this.#curve.clear();
    this.#present = {
      record: this.#book.open(session, start),
      milestones: new Milestones(),
      signals: new SignalLog(),
      state: 'IDLE',
    };
  }

  /** A base close has been delivered for trading. */
  closed(at: Millis): void {
    if (!this.#curve.closed(at)) return;
    const point = this.#curve.last;
    if (point !== null) this.#keeper?.equity(point);
  }

  /** Ordinal of the newest session; 0 before the first. */
  get ordinal(): number {
    return this.#book.ordinal;
  }

  /** What belongs to the newest session. Loaded, it takes the place of nothing. */
  archive(a: Archive): void {
    this.#curve.archive(a);
    this.#present = a.nullable(this.#present, presentShape);
    if (a.loading && this.#present !== null) this.#book.restore(this.#present.record);
  }

  /** What is shown of the newest session once it is over. */
  saveRecord(): Uint8Array {
    const record = this.#present?.record;
    if (record === undefined) throw new Error('no session has been');
    return writeArchive(VERSION, (a) => SessionRecord.shape(a, record));
  }

  /** Takes over the record of a session that is over; in the order of their beginning. @throws ArchiveError */
  restoreRecord(saved: Uint8Array): void {
    this.#book.restore(readArchive(saved, VERSION, (a) => SessionRecord.shape(a, undefined)));
  }

  /** The newest `limit` with an ordinal below `before`, newest first. */
  sessions(limit: number, before?: number): SessionSummary[] {
    return this.#book.list(limit, before).map((record) => record.summary(this.#figures(record)));
  }

  /** One session whole; the newest when no id is given. Undefined when there is none, or none of that id. */
  session(id?: string): SessionDetail | undefined {
    const record = this.#record(id);
    return record?.detail(this.#figures(record));
  }

  /** Undefined as with `session`. `dropped`: how many are no longer held. */
  checkpoints(
    limit: number,
    id?: string,
    since?: number,
  ): { session: string; dropped: number; checkpoints: Checkpoint[] } | undefined {
    const record = this.#record(id);
    if (record === undefined) return undefined;
    const { checkpoints } = record;
    return { session: record.id, dropped: checkpoints.dropped, checkpoints: checkpoints.list(limit, since) };
  }

  /** Signals of the newest session, oldest first. */
  signals(
    limit: number,
    symbol?: string,
    since?: number,
  ): { session: string | null; total: number; dropped: number; signals: SignalView[] } {
    const present = this.#present;
    if (present === null) return { session: null, total: 0, dropped: 0, signals: [] };
    const { record, signals } = present;
    return {
      session: record.id,
      total: signals.total,
      dropped: signals.dropped,
      signals: signals.list(limit, symbol, since),
    };
  }

  /** Equity of the newest session. `maxDrawdown` counts every close, not only the points. */
  equity(
    limit: number,
    since?: Millis,
  ): EquitySeries & { session: string | null; maxDrawdown: number | null } {
    const record = this.#present?.record;
    return {
      session: record?.id ?? null,
      maxDrawdown: record?.begun ? this.#engine.drawdown() : null,
      ...this.#curve.series(this.#engine.now, limit, since),
    };
  }

  #record(id: string | undefined): SessionRecord | undefined {
    return id === undefined ? this.#present?.record : this.#book.get(id);
  }

  /** Something was announced. */
  seen({ session, at, wallAt, event }: PublishedEvent): void {
    const present = this.#present;
    if (present === null || present.record.id !== session) return;
    // The daemon's, and not of the session.
    if (event.type === 'health') return;
    const { record } = present;
    if (event.type === 'state') {
      present.state = event.to;
      // The account is made as the engine begins to initialise; a later start goes on with it.
      if (event.from === 'IDLE' && event.to === 'INITIALIZING' && record.ended === null && !record.begun) {
        record.begun = true;
        this.#curve.begin(at);
      }
      if (event.to === 'STOPPED') record.stoppedBy = event.by;
    } else if (event.type === 'trade') {
      const pnl = Number(event.trade.pnl);
      if (pnl > 0) record.won += 1;
      else if (pnl < 0) record.lost += 1;
    } else if (event.type === 'session' && event.change === 'ended') {
      record.ended = { reason: event.reason, message: event.message, at, wallAt };
      record.figures = this.#measured(record);
    }
    present.signals.observe(at, wallAt, event);
    const passed = present.milestones.of(event);
    if (passed.length === 0) return;
    const figures = this.#checkpointFigures(present);
    for (const { name, note } of passed) {
      const checkpoint = record.checkpoints.add({ name, at, wallAt, state: present.state, figures, note });
      this.#keeper?.checkpoint(checkpoint);
    }
  }

  #figures(record: SessionRecord): SessionFigures | null {
    return record.ended === null ? this.#measured(record) : record.figures;
  }

  /** The engine's own figures, while they are this session's. */
  #measured({ begun, won, lost }: SessionRecord): SessionFigures | null {
    const metrics = begun ? this.#engine.metrics() : null;
    if (metrics === null) return null;
    const { bars, totalSignals, totalTrades, netProfit, fees, equity, totalR, maxDrawdownR } = metrics;
    return {
      bars,
      signals: totalSignals,
      trades: totalTrades,
      won,
      lost,
      openPositions: this.#engine.status().openPositions,
      netProfit,
      fees,
      equity,
      totalR,
      maxDrawdownR,
      maxDrawdown: this.#engine.drawdown(),
    };
  }

  /** Before the engine has taken the start, the account is what it is to start with. */
  #checkpointFigures({ record, signals }: Present): CheckpointFigures {
    if (!record.begun) {
      return { equity: record.equity, dailyR: 0, openPositions: 0, trades: 0, signals: 0 };
    }
    const { equity, dailyR, openPositions } = this.#engine.status();
    return {
      equity: equity ?? record.equity,
      dailyR,
      openPositions,
      trades: this.#engine.trades().length,
      signals: signals.total,
    };
  }
}
