/**
 * What the view knows, as one immutable value. Lists are bounded. `connection` and `heardAt` say how far it can be
 * trusted: what `isStale` calls old is never shown as current.
 */
import type { EventNotification } from '../../protocol/events.ts';
import type { OrderResult } from '../../protocol/trading-views.ts';
import type { PositionResult, StatusResult } from '../../protocol/views.ts';
import type { Tone } from '../text/line.ts';
import type { Reads } from './reads.ts';

export type FailureKind =
  /** Nothing listens at the socket. */
  | 'no_daemon'
  /** The socket belongs to another user. */
  | 'denied'
  /** The connection broke. */
  | 'lost'
  /** The daemon speaks another protocol. */
  | 'version'
  /** The view did not keep up and was cut off by the daemon. */
  | 'lagged'
  /** The daemon is ending, or has no room. */
  | 'refused';

export interface ConnectionFailure {
  readonly kind: FailureKind;
  readonly message: string;
}

export interface DaemonIdentity {
  readonly version: string;
  readonly instance: string;
  readonly pid: number;
}

export type Connection =
  | { readonly phase: 'connecting'; readonly attempt: number; readonly failure: ConnectionFailure | null }
  | { readonly phase: 'live'; readonly since: number; readonly daemon: DaemonIdentity }
  | {
      readonly phase: 'waiting';
      readonly attempt: number;
      /** Wall time of the next attempt. */
      readonly retryAt: number;
      readonly failure: ConnectionFailure;
    };

/** A line of the event log: what the daemon published, or what the view itself has to say. */
export type LogEntry =
  | { readonly kind: 'event'; readonly id: string; readonly told: EventNotification }
  | {
      readonly kind: 'notice';
      readonly id: string;
      /** The venue's time where there is one, as the events round it; else wall time. Epoch ms. */
      readonly at: number;
      readonly tone: Tone;
      readonly text: string;
    };

export interface LivePrice {
  readonly price: string;
  /** The venue's time. */
  readonly at: number;
}

export interface ViewState {
  /** Wall time of the last tick, epoch ms: what ages are reckoned from. */
  readonly now: number;
  readonly connection: Connection;
  /** Wall time at which the daemon was last heard of; null before the first time. */
  readonly heardAt: number | null;
  /** Of the last event: where a new subscription goes on. */
  readonly stream: string | null;
  readonly seq: number;
  readonly status: StatusResult | null;
  readonly positions: readonly PositionResult[];
  /** Those that are out. */
  readonly orders: readonly OrderResult[];
  /** The newest price of each symbol. */
  readonly prices: ReadonlyMap<string, LivePrice>;
  /** All events and notices, oldest first. */
  readonly events: readonly LogEntry[];
  /** Those that say something to a person watching. */
  readonly news: readonly LogEntry[];
  readonly reads: Reads;
}

/** Longest lists that are held. */
export const MOST_EVENTS = 1_000;
export const MOST_NEWS = 500;

/** A daemon that answers nothing for so long is not to be taken for present. */
export const SILENT_MS = 5_000;

export function initialState(now: number): ViewState {
  return {
    now,
    connection: { phase: 'connecting', attempt: 0, failure: null },
    heardAt: null,
    stream: null,
    seq: 0,
    status: null,
    positions: [],
    orders: [],
    prices: new Map(),
    events: [],
    news: [],
    reads: {},
  };
}

/** True when what is shown may no longer be how things stand. */
export function isStale({ connection, heardAt, now }: ViewState): boolean {
  return connection.phase !== 'live' || heardAt === null || now - heardAt > SILENT_MS;
}

/** How the engine's trading is meant to be taken: the three words that a screen never leaves out. */
export function tradingWord(status: StatusResult | null): 'LIVE' | 'PAPER' | 'SIM' | 'IDLE' {
  if (status === null || status.mode === null) return 'IDLE';
  if (status.mode === 'live') return 'LIVE';
  return status.venue === 'sim' ? 'SIM' : 'PAPER';
}
