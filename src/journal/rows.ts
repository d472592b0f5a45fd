/** What goes into the journal and what comes out of it. */
import type { Preset } from '../config/preset.ts';
import type { Input, Mode } from '../engine/input.ts';
import type { Output } from '../engine/output.ts';
import type { Millis } from '../market/time.ts';

/** What is needed to open a session's venue again as it was. */
export interface SessionRequest {
  /** Absolute path of a folder of candles. */
  readonly data: string | null;
  readonly symbols: readonly string[] | null;
  readonly from: Millis | null;
  readonly to: Millis | null;
  readonly seed: number | null;
  /** Venue time over wall time; 0 = as fast as it goes. */
  readonly speed: number;
  /** Start equity in quote, a plain decimal. */
  readonly equity: string;
  /** The exchange's test environment was asked for, or refused; missing: as the settings say. */
  readonly sandbox?: boolean;
  /** The account that was confirmed, by the name that is shown of it; missing where none was. */
  readonly account?: string;
  /** On an exchange: what kind of markets are traded, and in which coin. */
  readonly markets?: string;
}

export interface SessionRow {
  readonly id: string;
  readonly ordinal: number;
  readonly preset: Preset;
  readonly presetHash: string;
  readonly mode: Mode;
  readonly venue: string;
  readonly request: SessionRequest;
  /** Wall time. */
  readonly startedAt: Millis;
  readonly by: string;
}

export interface SessionEnding {
  readonly reason: string;
  readonly message: string;
  /** Venue time. */
  readonly at: Millis;
  readonly wallAt: Millis;
  /** What the session came to, as whoever shows it wrote it down. */
  readonly record: Uint8Array;
}

export type StoredSession = SessionRow & {
  readonly ended: SessionEnding | null;
  /** Ordinal of the last input that is kept; 0 when there is none. */
  readonly lastSeq: number;
  /** Inputs up to this ordinal were pruned; 0 = none was. */
  readonly prunedTo: number;
};

/** `live`: from the venue; `command`: from a person or script; `recovery`: a correction made at a restart. */
export type Origin = 'live' | 'command' | 'recovery';

export interface JournalEntry {
  readonly session: string;
  /** Ordinal of the input within its session: 1, 2, 3 … without a gap. */
  readonly seq: number;
  readonly input: Input;
  readonly outputs: readonly Output[];
  readonly origin: Origin;
  readonly wallAt: Millis;
  /** Order id -> client order id, for the submits among the outputs. */
  readonly clientIds?: ReadonlyMap<number, string>;
}

export interface StoredEntry {
  readonly seq: number;
  readonly input: Input;
  /** The outputs as they were stored: see `exactJson`. */
  readonly outputsText: string;
  readonly origin: Origin;
  readonly wallAt: Millis;
}

export interface CheckpointRow {
  readonly seq: number;
  readonly name: string;
  readonly at: Millis;
  readonly wallAt: Millis;
  readonly state: string;
  readonly figures: object;
  readonly note: string;
}

export interface EquityRow {
  readonly at: Millis;
  readonly equity: number;
  readonly realised: number;
}

export interface SnapshotRow {
  readonly session: string;
  /** The last input that the state contains. */
  readonly seq: number;
  readonly at: Millis;
  readonly wallAt: Millis;
  readonly state: Uint8Array;
  readonly hash: string;
  /** What the shell round the engine had written up by then. */
  readonly shell: Uint8Array;
}

export interface StoredSnapshot {
  readonly seq: number;
  readonly at: Millis;
  readonly state: Uint8Array;
  readonly hash: string;
  readonly shell: Uint8Array;
  /** A newer one was damaged: this is the one before. */
  readonly fellBack: boolean;
}
