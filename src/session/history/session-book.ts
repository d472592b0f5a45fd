/**
 * The sessions, newest last: what each was started with and by whom, what came of it, and its checkpoints. Held in
 * memory, the oldest given up; the journal keeps what they came to.
 */
import { basename } from 'node:path';
import type { Archive, Shape } from '../../archive/archive.ts';
import type { Preset } from '../../config/preset.ts';
import { presetHash } from '../../config/preset-hash.ts';
import type { Mode } from '../../engine/input.ts';
import type { Millis } from '../../market/time.ts';
import type { EndReason } from '../event-log.ts';
import { optionsOf, type Session } from '../session.ts';
import { Checkpoints } from './checkpoints.ts';
import { newest, Ring } from './ring.ts';

/** A moment in both times. */
export interface Moment {
  /** Venue time. */
  readonly at: Millis;
  readonly wallAt: Millis;
}

export interface SessionStart extends Moment {
  readonly by: string;
}

export interface SessionOptions {
  /** Those asked for; null = all that the venue has. */
  readonly symbols: readonly string[] | null;
  readonly from: Millis | null;
  readonly to: Millis | null;
  /** null = the venue's own. */
  readonly seed: number | null;
  /** Venue time over wall time; 0 = as fast as it goes. */
  readonly speed: number;
  /** Start equity in quote. */
  readonly equity: string;
  /** Name of the folder of candles: where it lies is not for clients. */
  readonly data: string | null;
}

/** What came of a session so far, or in the end. */
export interface SessionFigures {
  readonly bars: number;
  readonly signals: number;
  readonly trades: number;
  /** Trades that made more than nothing, and those that lost. */
  readonly won: number;
  readonly lost: number;
  readonly openPositions: number;
  /** Exact decimals in quote. */
  readonly netProfit: string;
  readonly fees: string;
  readonly equity: string;
  readonly totalR: number;
  /** Largest fall of cumulated R from its peak, zero or negative. */
  readonly maxDrawdownR: number;
  /** Deepest fall of marked equity from its peak, as a share of the peak. */
  readonly maxDrawdown: number;
}

export interface SessionSummary {
  readonly id: string;
  readonly ordinal: number;
  readonly state: 'running' | 'ended';
  readonly preset: { readonly name: string; readonly hash: string };
  readonly mode: Mode;
  readonly venue: string;
  readonly options: SessionOptions;
  /** Symbols that the venue gave. */
  readonly symbols: number;
  readonly started: SessionStart;
  /** Who stopped the engine last, `venue` when its data had ended; null while it runs, and when nobody did. */
  readonly stoppedBy: string | null;
  readonly ended: (Moment & { readonly reason: EndReason; readonly message: string }) | null;
  /** null when the engine refused the start: nothing was traded then. */
  readonly figures: SessionFigures | null;
}

export interface SessionDetail extends Omit<SessionSummary, 'preset'> {
  /** `values`: every parameter that it traded by; what the hash was made of. */
  readonly preset: {
    readonly name: string;
    readonly hash: string;
    readonly values: Omit<Preset, '$schema'>;
  };
  /** The first start, and the newest of those that went on with the account after a stop that left positions open. */
  readonly starts: readonly SessionStart[];
}

/** Starts of one session that are kept besides the first. */
const MAX_STARTS = 50;

/** What a session was started as. */
interface Beginning {
  readonly id: string;
  readonly ordinal: number;
  readonly preset: Preset;
  readonly presetHash: string;
  readonly mode: Mode;
  readonly venue: string;
  readonly options: SessionOptions;
  readonly symbols: number;
  readonly started: SessionStart;
}

function beginningOf(
  ordinal: number,
  { id, request, drive, speed }: Session,
  started: SessionStart,
): Beginning {
  return {
    id,
    ordinal,
    preset: request.preset,
    presetHash: presetHash(request.preset),
    mode: request.mode,
    venue: request.venue,
    options: {
      ...optionsOf(request, speed),
      data: request.data === undefined ? null : basename(request.data),
    },
    symbols: drive.market.instruments.length,
    started,
  };
}

const startShape: Shape<SessionStart> = (a, start) => a.json(start);

/** One session as it is written down. */
export class SessionRecord {
  readonly checkpoints = new Checkpoints();
  /** The engine took the start: its figures are this session's. */
  begun = false;
  stoppedBy: string | null = null;
  ended: SessionSummary['ended'] = null;
  /** As they were when the session ended. */
  figures: SessionFigures | null = null;
  won = 0;
  lost = 0;
  readonly #beginning: Beginning;
  readonly #later = new Ring<SessionStart>(MAX_STARTS);

  private constructor(beginning: Beginning) {
    this.#beginning = beginning;
  }

  /** The record of a session that begins. */
  static of(ordinal: number, session: Session, started: SessionStart): SessionRecord {
    return new SessionRecord(beginningOf(ordinal, session, started));
  }

  static readonly shape: Shape<SessionRecord> = (a, record) => {
    const there = new SessionRecord(a.json(record === undefined ? undefined : record.#beginning));
    const kept = record ?? there;
    kept.#archive(a);
    return kept;
  };

  get id(): string {
    return this.#beginning.id;
  }

  get ordinal(): number {
    return this.#beginning.ordinal;
  }

  get preset(): Preset {
    return this.#beginning.preset;
  }

  /** The start equity, an exact decimal. */
  get equity(): string {
    return this.#beginning.options.equity;
  }

  startedAgain(start: SessionStart): void {
    this.stoppedBy = null;
    this.#later.push(start);
  }

  /** `figures`: as they are now. */
  summary(figures: SessionFigures | null): SessionSummary {
    const { id, ordinal, preset, presetHash, mode, venue, options, symbols, started } = this.#beginning;
    return {
      id,
      ordinal,
      state: this.ended === null ? 'running' : 'ended',
      preset: { name: preset.name, hash: presetHash },
      mode,
      venue,
      options,
      symbols,
      started,
      stoppedBy: this.stoppedBy,
      ended: this.ended,
      figures,
    };
  }

  detail(figures: SessionFigures | null): SessionDetail {
    const summary = this.summary(figures);
    const { $schema: _, ...values } = this.preset;
    return {
      ...summary,
      preset: { ...summary.preset, values },
      starts: [this.#beginning.started, ...this.#later.items()],
    };
  }

  #archive(a: Archive): void {
    a.section('SessionRecord');
    this.checkpoints.archive(a);
    this.begun = a.flag(this.begun);
    this.stoppedBy = a.json(this.stoppedBy);
    this.ended = a.json(this.ended);
    this.figures = a.json(this.figures);
    this.won = a.number(this.won);
    this.lost = a.number(this.lost);
    this.#later.archive(a, startShape);
  }
}

const CAPACITY = 100;

/** The newest sessions keep their checkpoints whole, the older ones those that come once and the newest of the others. */
const WHOLE = 10;
const CHECKPOINTS_OF_OLDER = 100;

export class SessionBook {
  readonly #records: Ring<SessionRecord>;
  #ordinal = 0;

  constructor(capacity = CAPACITY) {
    this.#records = new Ring(capacity);
  }

  /** Opens the record of a session. */
  open(session: Session, started: SessionStart): SessionRecord {
    this.#ordinal += 1;
    const record = SessionRecord.of(this.#ordinal, session, started);
    this.#add(record);
    return record;
  }

  /** Takes over a record of before; in the order of their beginning. One that is held already is put in its place. */
  restore(record: SessionRecord): void {
    this.#ordinal = Math.max(this.#ordinal, record.ordinal);
    if (!this.#records.replace(({ id }) => id === record.id, record)) this.#add(record);
  }

  /** Ordinal of the newest session; 0 before the first. */
  get ordinal(): number {
    return this.#ordinal;
  }

  #add(record: SessionRecord): void {
    this.#records.push(record);
    const records = this.#records.items();
    records[records.length - 1 - WHOLE]?.checkpoints.shrink(CHECKPOINTS_OF_OLDER);
  }

  get(id: string): SessionRecord | undefined {
    return this.#records.items().find((record) => record.id === id);
  }

  /** The newest `limit` with an ordinal below `before`, newest first. */
  list(limit: number, before = Number.POSITIVE_INFINITY): SessionRecord[] {
    const wanted = this.#records.items().filter(({ ordinal }) => ordinal < before);
    return newest(wanted, limit).reverse();
  }
}
