/**
 * The sessions of this daemon's life, newest last: what each was started with and by whom, what came of it, and
 * its checkpoints. Held in memory, the oldest given up.
 */
import { basename } from 'node:path';
import type { Preset } from '../config/preset.ts';
import { presetHash } from '../config/preset-hash.ts';
import type { Mode } from '../engine/input.ts';
import type { Millis } from '../market/time.ts';
import { Checkpoints } from './checkpoints.ts';
import type { EndReason } from './event-log.ts';
import { newest, Ring } from './ring.ts';
import type { Session } from './session.ts';

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

/** One session as it is written down. */
export class SessionRecord {
  readonly id: string;
  readonly ordinal: number;
  readonly preset: Preset;
  readonly checkpoints = new Checkpoints();
  /** The engine took the start: its figures are this session's. */
  begun = false;
  stoppedBy: string | null = null;
  ended: SessionSummary['ended'] = null;
  /** As they were when the session ended. */
  figures: SessionFigures | null = null;
  won = 0;
  lost = 0;
  readonly #presetHash: string;
  readonly #mode: Mode;
  readonly #venue: string;
  readonly #options: SessionOptions;
  readonly #symbols: number;
  readonly #started: SessionStart;
  readonly #later = new Ring<SessionStart>(MAX_STARTS);

  constructor(ordinal: number, { id, request, source, speed }: Session, started: SessionStart) {
    this.id = id;
    this.ordinal = ordinal;
    this.preset = request.preset;
    this.#presetHash = presetHash(request.preset);
    this.#mode = request.mode;
    this.#venue = request.venue;
    this.#options = {
      symbols: request.symbols ?? null,
      from: request.from ?? null,
      to: request.to ?? null,
      seed: request.seed ?? null,
      speed,
      equity: request.equity,
      data: request.data === undefined ? null : basename(request.data),
    };
    this.#symbols = source.instruments.length;
    this.#started = started;
  }

  /** The start equity, an exact decimal. */
  get equity(): string {
    return this.#options.equity;
  }

  startedAgain(start: SessionStart): void {
    this.stoppedBy = null;
    this.#later.push(start);
  }

  /** `figures`: as they are now. */
  summary(figures: SessionFigures | null): SessionSummary {
    return {
      id: this.id,
      ordinal: this.ordinal,
      state: this.ended === null ? 'running' : 'ended',
      preset: { name: this.preset.name, hash: this.#presetHash },
      mode: this.#mode,
      venue: this.#venue,
      options: this.#options,
      symbols: this.#symbols,
      started: this.#started,
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
      starts: [this.#started, ...this.#later.items()],
    };
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
    const record = new SessionRecord(this.#ordinal, session, started);
    this.#records.push(record);
    const records = this.#records.items();
    records[records.length - 1 - WHOLE]?.checkpoints.shrink(CHECKPOINTS_OF_OLDER);
    return record;
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
