import type { Preset } from '../config/preset.ts';
import type { Finding } from '../engine/input.ts';
import type { EngineState } from '../engine/state.ts';
import type { Millis } from '../market/time.ts';
import type { Keeping } from './keeping/keeper.ts';
import type { AnyVenue, VenueRequest } from './venues.ts';

export type OpenRequest = VenueRequest & {
  /** The session was begun before, and its venue is to be had back. */
  readonly goesOn?: boolean;
  /** The account that one that goes on was begun on, by its name; missing where that is not known. */
  readonly account?: string | undefined;
  /** The markets that it was begun on, as `marketsOf` names them. */
  readonly markets?: string | undefined;
  /** What is to be traded by. */
  readonly preset?: Preset;
};

export interface SessionHostOptions {
  /** Where venues come from; tests bring their own. */
  readonly open?: (request: OpenRequest) => Promise<AnyVenue>;
  readonly wallNow?: () => Millis;
  /** Wall time that a command may take before its sender is told so. */
  readonly commandBoundMs?: number;
  /** Told of what failed inside and stopped a session; returns what clients may know of it. */
  readonly onFault?: (error: unknown) => string;
  /**
   * Keeps every other process from trading an account; what it returns is disposed of when the session ends. Throws
   * Refusal ACCOUNT_IN_USE. Without it accounts are not locked.
   */
  readonly lockAccount?: (venue: string, account: string) => Disposable;
  /** Keeps sessions beyond this process; without it they end with the host. */
  readonly keeping?: Keeping;
}

/** What a recovery found and did. */
export interface RecoveryReport {
  /** Null when there was no session to go on with. */
  readonly session: string | null;
  readonly state: EngineState;
  readonly openPositions: number;
  /** Inputs that the engine was led along after its snapshot. */
  readonly steps: number;
  readonly findings: readonly Finding[];
}
