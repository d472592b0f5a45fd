import type { Outstanding } from '../engine/engine.ts';
import type { Command, Finding, Input } from '../engine/input.ts';
import type { Output } from '../engine/output.ts';
import type { Instrument } from '../market/instrument.ts';
import type { Millis } from '../market/time.ts';
import type { VenueReading } from '../telemetry/health/venue-reading.ts';

/** Where an input comes from: the venue, a person or script, or a recovery that corrects the books. */
export type Origin = 'live' | 'command' | 'recovery';

/** Whether something is being driven, as a watchdog asks. */
export interface Pulse {
  readonly running: boolean;
  /** Wall milliseconds for which the next slice is overdue; 0 while its time has not come. */
  readonly overdueMs: number;
}

/** What a session trades on. */
export interface SessionMarket {
  /** Sorted by symbol; the position is the symbol's index. */
  readonly instruments: readonly Instrument[];
  /** In words, what the venue did not say and had to be assumed. */
  readonly assumed: readonly string[];
  /** What is not as it should be, and was no reason to refuse the start; missing where there is nothing of the kind. */
  readonly warnings?: readonly string[];
  /** The account of real orders, by the name that a start confirms; missing where none is traded. */
  readonly account?: string;
  /** Venue time of its beginning. */
  readonly startsAt: Millis;
  /** Close times there are to come, when known. */
  readonly total: number | null;
  /** Trade ordinals whose outcome hung on the order of a bar's extremes. */
  readonly ambiguousTrades: ReadonlySet<number>;
}

/** The kind of its markets and the coin that they are quoted in: the settings say which, and a session has one. */
export function marketsOf({ type, quote }: Pick<Instrument, 'type' | 'quote'>): string {
  return `${type} ${quote}`;
}

/** What an engine brings along that was led to where the last host of its session stood. */
export interface TakenUp {
  readonly outstanding: Outstanding;
  /** Findings of before. */
  readonly known: readonly Finding[];
  /** Order ordinals up to this one may be in use at the venue though nothing is known of them; 0: none. */
  readonly ordersTaken: number;
}

/** Carries a session's engine along its market: in lock-step with simulated candles, or as an exchange tells it. */
export interface Drive extends Disposable {
  /** The market's time. */
  readonly now: Millis;
  readonly pulse: Pulse;
  readonly market: SessionMarket;
  /** How it stands with the exchange behind it; null where there is none. */
  readonly reading: VenueReading | null;
  /** Tells the engine what the venue is. Before anything else in a new session. */
  open(): void;
  /** A command at the present venue time, with all that follows from it at once. */
  command(id: number, by: string, command: Command): void;
  /** An input that the market does not bring about. */
  apply(input: Input, origin: Origin): void;
  /** Something outside failed: the engine cancels its entries and goes to ERROR. */
  fault(reason: string): void;
  /** Instead of `open`, after a restart: own books are held against the venue's, and corrected. Nothing runs on yet. */
  takeUp(taken: TakenUp): Promise<readonly Finding[]>;
  start(): void;
  stop(): void;
  /** Before an orderly end: entries are withdrawn, all else stays as it is, and nothing runs on. */
  leave(): Promise<void>;
}

/** How a drive is bound to the host of its session. */
export interface DriveHooks {
  /** Sees every input with the outputs it caused, in order. `input.bars` may be reused: what is kept must be copied. */
  readonly observe: (input: Input, outputs: readonly Output[], origin: Origin) => void;
  /** Called before anything goes to the venue: what has been observed so far has to be safe by then. */
  readonly beforeSending: () => void;
  /** Why no entry may be sent just now; null when it may. */
  readonly entriesRefused: () => string | null;
  /** Asked between two steps: `yield` lets others have their turn, `stop` ends the driving. */
  readonly afterStep: () => 'go on' | 'yield' | 'stop';
  /** The market has come to its end. */
  readonly dataEnded: () => void;
  /** A step threw. The driving has stopped. */
  readonly failed: (error: unknown) => void;
}
