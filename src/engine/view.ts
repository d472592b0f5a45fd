import type { Millis } from '../market/time.ts';
import type { Condition, ConditionEntry, Stage, Unit } from '../strategy/conditions.ts';
import type { LevelLife } from '../strategy/level.ts';
import type { CommandName, Mode } from './input.ts';
import type { HaltRule, OrderPurpose, OrderSide, OrderType, Side, Strategy } from './output.ts';
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

/** A position, or orders, at the venue that this bot did not make. */
export interface ForeignView {
  readonly symbol: string;
  /** Signed base quantity. */
  readonly quantity: string;
  readonly price: string | null;
  readonly orders: number;
  /** Null while nobody has said: entries wait for it. */
  readonly decision: 'adopt' | 'ignore' | null;
  readonly by: string | null;
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
  readonly strategy: Strategy;
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
  /** Came again, and were passed over. */
  readonly repeatedBars: number;
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

/** An own order. Prices and quantities are exact decimals. */
export interface OrderView {
  readonly id: number;
  readonly tradeId: number;
  readonly symbol: string;
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly purpose: OrderPurpose;
  /** As amended. */
  readonly quantity: string;
  readonly filled: string;
  readonly price: string | null;
  /** As amended. */
  readonly stopPrice: string | null;
  readonly reduceOnly: boolean;
  readonly status: 'submitted' | 'unknown' | 'working' | 'filled' | 'cancelled' | 'rejected';
  /** A cancel was sent and is not answered yet. */
  readonly cancelling: boolean;
  readonly sentAt: Millis;
  /** Of the last report on it. */
  readonly updatedAt: Millis;
}

export interface LevelView {
  readonly id: number;
  readonly symbol: string;
  readonly side: Side;
  readonly price: string;
  readonly life: LevelLife;
  readonly touches: number;
  readonly strength: number;
  /** Close of the first candle that touched it. */
  readonly bornAt: Millis;
  readonly brokenAt: Millis | null;
  /** Last close of the symbol. */
  readonly close: string;
  /** What is left to the level in the direction of the break, in ATR(14) of 15 m; negative once beyond; null before warm-up. */
  readonly distanceAtr: number | null;
}

export interface CandidateView {
  readonly rank: number;
  readonly symbol: string;
  readonly score: number;
  readonly close: string;
  /** What the scan measured, by name; null where the venue does not give it or has none right now. */
  readonly figures: Readonly<Record<string, number | null>>;
  readonly armedLevels: number;
  /** The armed level nearest to the last close. */
  readonly nearest: LevelView | null;
}

export interface ScanView {
  /** Close time of the scan; null before the first. */
  readonly at: Millis | null;
  readonly markets: number;
  readonly universe: number;
  readonly passed: number;
  readonly candidates: readonly CandidateView[];
}

/** A limit of the preset and how much of it is used. */
export interface LimitView {
  readonly limit: string;
  readonly value: number;
  readonly max: number;
  /** What both are: a share of equity, a count, or a multiple of equity. */
  readonly unit: 'share' | 'count' | 'multiple';
}

/** The account in quote: exact decimals where the ledger has them, numbers where marks come in. */
export interface AccountView {
  readonly startEquity: string;
  /** Start equity and the net result of closed trades. */
  readonly equity: string;
  readonly realised: string;
  readonly fees: string;
  readonly funding: string;
  /** Of open trades, realised parts included, marked to the last close. */
  readonly openResult: number;
  readonly markedEquity: number;
  /** What positions are sized on: capped by the free balance where the venue tells it. */
  readonly sizingEquity: number;
  readonly available: number | null;
  /** Loss if every stop is hit. */
  readonly openRisk: number;
  readonly openNotional: number;
  /** One R for the next trade. */
  readonly riskPerTrade: number;
  readonly dailyR: number;
  readonly limits: readonly LimitView[];
}

/** One condition, as it was judged last for a symbol. */
export interface JudgementView {
  readonly condition: Condition;
  readonly stage: Stage;
  readonly verdict: 'passed' | 'failed' | 'not_evaluated';
  readonly value: number | null;
  readonly threshold: number | null;
  readonly needs: ConditionEntry['needs'];
  readonly unit: Unit;
  readonly label: string;
  /** By how much of the threshold it failed; null where it did not, or where that has no meaning. */
  readonly miss: number | null;
  readonly at: Millis;
  readonly text: string;
}

/**
 * How far a symbol came: not scanned yet, out of the universe, out by a filter, out by its rank, a candidate without a level,
 * waiting at a level, an entry out, a position open.
 */
export type SymbolPlace =
  | 'unseen'
  | 'universe'
  | 'filters'
  | 'rank'
  | 'levels'
  | 'waiting'
  | 'entry'
  | 'position';

export interface SymbolView {
  readonly symbol: string;
  readonly place: SymbolPlace;
  readonly candidate: boolean;
  readonly text: string;
  /** What failed where it stands. */
  readonly blocking: readonly JudgementView[];
  /** Those that are watched; all of them where one symbol was asked for. */
  readonly levels: readonly LevelView[];
  /** Everything judged; only where one symbol was asked for. */
  readonly judgements: readonly JudgementView[];
}

export interface ExplainView {
  /** What keeps any entry from being sent. */
  readonly entries: { readonly allowed: boolean; readonly reasons: readonly string[] };
  /** Those that came furthest first. */
  readonly symbols: readonly SymbolView[];
}

export interface FunnelStep {
  readonly step: string;
  /** In the last scan, or now; null where that has no meaning. */
  readonly last: number | null;
  /** Over the whole account. */
  readonly total: number;
  /** Of the step before; null for the first. */
  readonly share: number | null;
}

export interface ConditionView extends ConditionCount {
  readonly condition: Condition;
  readonly stage: Stage;
  readonly label: string;
  /** Of what could be judged; null when nothing could. */
  readonly passRate: number | null;
}

export interface NearMiss {
  readonly symbol: string;
  readonly condition: Condition;
  readonly stage: Stage;
  readonly miss: number;
  readonly at: Millis;
  readonly text: string;
}

export interface DiagnosticsView {
  readonly scans: number;
  readonly cycles: number;
  readonly funnel: readonly FunnelStep[];
  readonly conditions: readonly ConditionView[];
  /** Nearest first. */
  readonly nearMisses: readonly NearMiss[];
}

/** A closed 15 m candle. */
export interface CandleView {
  readonly closeTime: Millis;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}
