/**
 * The backtest: the kernel straight over recorded candles, in the same lock-step as the daemon's replay. What
 * differs is only that nothing waits.
 */
import type { Preset } from '../config/preset.ts';
import { Engine } from '../engine/engine.ts';
import type { Trade } from '../engine/output.ts';
import type { HaltRecord } from '../engine/run.ts';
import type { ConditionCount, PositionView } from '../engine/view.ts';
import { toMarket } from '../market/instrument.ts';
import type { Millis } from '../market/time.ts';
import { Lockstep } from '../session/lockstep.ts';
import type { BarPath, BarSource } from '../venue/ports.ts';
import { assumedCosts } from '../venue/simulated/costs.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../venue/simulated/matching.ts';
import { type Summary, summarise } from './report.ts';

export interface BacktestOptions {
  readonly preset: Preset;
  readonly source: BarSource & { rewind(): void };
  /** Start equity in quote, a plain decimal. */
  readonly equity: string;
  /** Called now and then with the close times done and to come. */
  readonly progress?: (done: number, total: number | null) => void;
}

export interface BacktestTrade extends Trade {
  /** Its result hung on the order of a candle's extremes. */
  readonly ambiguous: boolean;
}

export interface OtherPath {
  readonly trades: number;
  readonly totalR: number;
  readonly netProfit: string;
}

export interface BacktestReport {
  readonly preset: string;
  readonly from: Millis;
  readonly to: Millis;
  readonly symbols: readonly string[];
  /** Symbol-bars, and the wall time that the kernel took over them. */
  readonly bars: number;
  readonly wallMs: number;
  readonly barsPerSecond: number;
  readonly summary: Summary & {
    readonly ambiguousTrades: number;
    /** The same run with the other extreme first wherever that could matter; null when nothing was ambiguous. */
    readonly otherPath: OtherPath | null;
    readonly signals: number;
    readonly scans: number;
    readonly gaps: number;
    readonly missingBars: number;
  };
  readonly trades: readonly BacktestTrade[];
  readonly openPositions: readonly PositionView[];
  readonly halts: readonly HaltRecord[];
  /** How often a condition could not be judged because the venue never gives its figure. */
  readonly notEvaluated: Readonly<Record<string, number>>;
  /** How often each condition passed and failed. */
  readonly conditions: Readonly<Record<string, ConditionCount>>;
  readonly assumed: readonly string[];
}

/** Close times between two calls of `progress`. */
const PROGRESS_EVERY = 512;

/** Runs the kernel over the whole source, twice when a trade was ambiguous. */
export function runBacktest(options: BacktestOptions): BacktestReport {
  const { preset, source } = options;
  const first = runKernel(options);
  const ambiguous = first.ambiguous;
  let otherPath: OtherPath | null = null;
  if (ambiguous.size > 0) {
    source.rewind();
    const other = runKernel({ preset, source, equity: options.equity }, 'other');
    const summary = summarise({ trades: other.engine.trades(), startEquity: options.equity });
    otherPath = { trades: summary.trades, totalR: summary.totalR, netProfit: summary.netProfit };
  }
  const { engine, drawdown } = first;
  const metrics = engine.metrics();
  const conditions = engine.conditions();
  const { bars } = first;
  const trades = engine.trades().map((trade) => ({ ...trade, ambiguous: ambiguous.has(trade.id) }));
  return {
    preset: preset.name,
    from: source.startsAt,
    to: engine.now,
    symbols: source.instruments.map((i) => i.symbol),
    bars,
    wallMs: first.wallMs,
    barsPerSecond: Math.round(bars / (first.wallMs / 1000)),
    summary: {
      ...summarise({ trades, startEquity: options.equity, markedDrawdown: drawdown }),
      ambiguousTrades: trades.filter((t) => t.ambiguous).length,
      otherPath,
      signals: metrics?.totalSignals ?? 0,
      scans: metrics?.scans ?? 0,
      gaps: metrics?.gaps ?? 0,
      missingBars: metrics?.missingBars ?? 0,
    },
    trades,
    openPositions: engine.positions(),
    halts: engine.halts(),
    notEvaluated: Object.fromEntries(
      Object.entries(conditions).flatMap(([name, c]) => (c.notEvaluated > 0 ? [[name, c.notEvaluated]] : [])),
    ),
    conditions,
    assumed: [...source.assumed, ...assumedCosts(DEFAULT_COSTS)],
  };
}

/** One run of the kernel over the source. */
export interface Pass {
  readonly bars: number;
  readonly engine: Engine;
  readonly ambiguous: ReadonlySet<number>;
  readonly drawdown: number;
  readonly wallMs: number;
}

/** The kernel over the whole source, once. `path` says which extreme of a candle comes first where it matters. */
export function runKernel(options: BacktestOptions, path: BarPath = 'nearer'): Pass {
  const { preset, source, equity, progress } = options;
  const engine = new Engine();
  const matching = simulatedMatching({
    markets: source.instruments.map(toMarket),
    costs: DEFAULT_COSTS,
    path,
  });
  const lockstep = new Lockstep({ engine, source, matching });
  const began = performance.now();
  lockstep.open();
  lockstep.command(1, 'backtest', { name: 'start', preset, mode: 'paper', equity, account: 'fresh' });
  for (let done = 1; lockstep.stepBar(); done++) {
    if (progress !== undefined && done % PROGRESS_EVERY === 0) progress(done, source.total);
  }
  lockstep.command(2, 'venue', { name: 'stop', flatten: false });
  const wallMs = performance.now() - began;
  const bars = engine.metrics()?.bars ?? 0;
  return { engine, bars, ambiguous: matching.ambiguousTrades, drawdown: engine.drawdown(), wallMs };
}
