import type { Millis } from '../market/time.ts';
import type { CommandName, Mode } from './input.ts';
import type { HaltRule, Side } from './output.ts';
import type { EngineState } from './state.ts';

/** Who holds the engine paused, since when and why. */
export interface PauseLatch {
  readonly by: string;
  readonly at: Millis;
  readonly reason: string;
}

/** What halted entries: a kill-switch rule with its figures, or a panic. */
export interface HaltLatch {
  readonly rule: HaltRule | 'panic';
  readonly by: string;
  readonly at: Millis;
  readonly reason: string;
  readonly value: number | null;
  readonly limit: number | null;
  readonly release: 'manual' | 'next_utc_day';
}

export interface StatusView {
  readonly state: EngineState;
  readonly preset: string | null;
  readonly mode: Mode | null;
  /** Venue time of the start. */
  readonly startedAt: Millis | null;
  /** Venue time of the last input. */
  readonly at: Millis | null;
  /** Positions that may be open at once, and how many more may be opened now. */
  readonly slots: number;
  readonly freeSlots: number;
  readonly openPositions: number;
  readonly pendingEntries: number;
  /** Realised R of the UTC day. */
  readonly dailyR: number;
  readonly consecutiveLosses: number;
  readonly equity: string | null;
  readonly pausedBy: PauseLatch | null;
  readonly haltedBy: HaltLatch | null;
  /** True while a stop waits for entry orders to end and fills to be protected. */
  readonly stopping: boolean;
}

export interface PositionView {
  readonly tradeId: number;
  readonly symbol: string;
  readonly side: Side;
  readonly strategy: 'momentum' | 'retest';
  readonly quantity: string;
  readonly entry: string;
  readonly mark: string;
  /** Stop price confirmed by the venue, null while none is. */
  readonly stop: string | null;
  readonly protectedQuantity: string;
  readonly targets: readonly {
    readonly purpose: 'tp1' | 'tp2';
    readonly price: string;
    readonly quantity: string;
  }[];
  readonly openedAt: Millis;
  readonly unrealisedPnl: string;
  readonly unrealisedR: number;
  readonly risk: string;
  readonly level: string;
}

export interface MetricsView {
  /** Base close times handled in state SCANNING or later. */
  readonly cycleCount: number;
  readonly scans: number;
  readonly totalSignals: number;
  readonly totalTrades: number;
  readonly dailyPnlR: number;
  readonly totalR: number;
  /** Largest fall of cumulated R from its peak, zero or negative. */
  readonly maxDrawdownR: number;
  readonly fees: string;
  readonly netProfit: string;
  readonly equity: string;
  readonly bars: number;
  readonly gaps: number;
  readonly missingBars: number;
  readonly lateBars: number;
}

export interface CommandView {
  readonly command: CommandName;
  readonly allowed: boolean;
  /** Why it is not allowed now; empty when it is. */
  readonly reason: string;
}

export interface TransitionView {
  /** Ordinal within the session. */
  readonly seq: number;
  readonly at: Millis;
  readonly from: EngineState;
  readonly to: EngineState;
  readonly reason: string;
  readonly by: string;
}

/** How often a condition was judged, how often it said no, how often it could not be judged at all. */
export interface ConditionCount {
  readonly passed: number;
  readonly failed: number;
  readonly notEvaluated: number;
}
