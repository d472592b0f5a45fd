/** Answers to the reads that the panes of figures show, and a pane drawn to text. */
import assert from 'node:assert/strict';
import type { ResourceHealth } from '../../../src/protocol/health-view.ts';
import type { ResultOf } from '../../../src/protocol/methods.ts';
import type { DiagnosticsResult, ExplanationResult } from '../../../src/protocol/trading-views.ts';
import type { MetricsResult, TradeResult } from '../../../src/protocol/views.ts';
import type { Pane } from '../../../src/tui/panes/pane.ts';
import type { ReadState, Reads } from '../../../src/tui/store/reads.ts';
import type { ViewState } from '../../../src/tui/store/state.ts';
import { glyphsFor } from '../../../src/tui/text/glyphs.ts';
import { fitted, type Line } from '../../../src/tui/text/line.ts';
import { themeOf } from '../../../src/tui/text/theme.ts';
import { aState, NOW } from '../samples.ts';

export function answered<T>(data: T): ReadState<T> {
  return { data, at: NOW - 500, error: null };
}

/** A connected view that has had these answers, and no others. */
export function having(reads: Reads): ViewState {
  return aState({ reads });
}

export interface Drawn {
  readonly width?: number;
  readonly height?: number;
  readonly ascii?: boolean;
  readonly selected?: string | null;
  readonly filter?: string;
  readonly symbol?: string | null;
}

/** The lines of a pane as they come. */
export function linesOf(pane: Pane, state: ViewState, drawn: Drawn = {}): readonly Line[] {
  const { width = 60, height = 12, ascii = false, selected = null, filter = '', symbol = null } = drawn;
  return pane.render({
    width,
    height,
    state,
    glyphs: glyphsFor(ascii),
    focused: false,
    selected,
    filter,
    symbol,
  });
}

export function textOf(lines: readonly Line[]): string {
  return lines
    .map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

export function textDrawn(pane: Pane, state: ViewState, drawn: Drawn = {}): string {
  return textOf(linesOf(pane, state, drawn));
}

/** The tone of the span that has a text in it. */
export function toneOf(lines: readonly Line[], text: string): string {
  const found = lines.flat().find((span) => span.text.includes(text));
  assert.ok(found, `${JSON.stringify(text)} is not in\n${textOf(lines)}`);
  return found.tone;
}

/** At every size that a pane can have: no more lines than there are rows, one cell for each character, ASCII where it is asked for. */
export function holdsItsPlace(pane: Pane, state: ViewState, drawn: Drawn = {}): void {
  for (const width of [40, 52, 60, 79, 96, 119, 120, 150, 200, 300]) {
    for (const height of [0, 1, 2, 3, 5, 8, 13, 30, 58]) {
      const lines = linesOf(pane, state, { ...drawn, width, height });
      assert.ok(lines.length <= height, `${lines.length} lines in ${width}x${height}`);
      for (const line of lines) {
        const text = fitted(line, width)
          .map((span) => span.text)
          .join('');
        assert.equal(text.length, width);
        assert.doesNotMatch(text, /undefined|NaN|Infinity|\p{Cc}/u);
      }
    }
    const plain = linesOf(pane, state, { ...drawn, width, height: 30, ascii: true });
    const theme = themeOf({ color: false, ascii: true });
    for (const line of plain) {
      const text = line.map((span) => span.text).join('');
      assert.match(text, /^[\x20-\x7e]*$/, 'the theme would have to guess');
      assert.doesNotMatch(theme.paint(line), /\?/);
    }
  }
}

export function someMetrics(over: Partial<MetricsResult> = {}): MetricsResult {
  return {
    uptime: 5_405,
    cycleCount: 1_234,
    avgLatencyMs: 0.51,
    latency: { count: 1_234, p50Ms: 0.42, p99Ms: 1.87, maxMs: 14.2 },
    totalSignals: 9,
    totalTrades: 4,
    dailyPnlR: 1.25,
    totalR: 2.3,
    maxDrawdownR: -1.04,
    fees: '12.304',
    netProfit: '125.4',
    equity: '10125.40',
    scans: 82,
    bars: 44_424,
    gaps: 0,
    missingBars: 0,
    lateBars: 0,
    repeatedBars: 0,
    ...over,
  };
}

export function someHealth(over: Partial<ResourceHealth> = {}): ResourceHealth {
  return {
    status: 'healthy',
    issues: [],
    measuredAt: new Date(NOW - 3_000).toISOString(),
    cpuPercent: 12.34,
    cpu: { windowSeconds: 5, cores: 2, load: [0.52, 0.41, 0.3] },
    memoryPercent: 6.1,
    memoryUsedMb: 125.4,
    heapUsedMb: 48.2,
    memory: { limitMb: 2_048, limitOf: 'cgroup', availableMb: 1_400, heapLimitMb: 1_024 },
    diskUsagePercent: 41.7,
    diskFreeMb: 51_200,
    stateFolderWritable: true,
    eventLoopLagMs: 11.9,
    eventLoop: { meanMs: 1.1, p50Ms: 1, p99Ms: 11.9, maxMs: 30.4, windowSeconds: 60 },
    openHandles: 9,
    openFiles: { open: 31, limit: 1_024 },
    feedAgeSeconds: 0.2,
    feedExpectedSeconds: 0.25,
    journalLagMs: 0.38,
    venue: null,
    recovery: null,
    connections: 2,
    subscribers: 4,
    eventBacklog: 0,
    notMeasured: [],
    ...over,
  };
}

export function aTrade(over: Partial<TradeResult> = {}): TradeResult {
  return {
    id: 1,
    symbol: 'SOLUSDT',
    side: 'long',
    strategy: 'momentum',
    openedAt: Date.UTC(2024, 2, 31, 8, 30),
    closedAt: Date.UTC(2024, 2, 31, 9, 0),
    entry: '100',
    exit: '110',
    quantity: '2',
    fees: '0.2',
    funding: '0',
    pnl: '19.8',
    r: 1.98,
    risk: '10',
    initialStop: '95',
    level: '99.5',
    exitReason: 'tp2',
    maxR: 2.1,
    minR: -0.1,
    addedOn: false,
    ambiguous: false,
    ...over,
  };
}

type Equity = ResultOf<'equity.series'>;

const STARTED = Date.UTC(2024, 2, 31, 8, 0);

/** Four hours of it: up, down, up. */
export function someEquity(over: Partial<Equity> = {}): Equity {
  const values = [10_000, 10_020, 10_060, 10_030, 9_980, 10_010, 10_080, 10_120];
  return {
    session: 's-1',
    resolutionMs: 1_800_000,
    maxDrawdown: 0.00795,
    points: values.map((equity, i) => ({ at: STARTED + i * 1_800_000, equity, realised: 10_000 })),
    ...over,
  };
}

export function someTrades(trades: readonly TradeResult[]): ResultOf<'trades.list'> {
  const won = trades.filter(({ pnl }) => Number(pnl) > 0).length;
  const r = trades.reduce((sum, trade) => sum + trade.r, 0);
  const pnl = trades.reduce((sum, trade) => sum + Number(trade.pnl), 0).toFixed(2);
  const totals = { trades: trades.length, won, r, pnl };
  return { session: 's-1', trades, totals, openPositions: [] };
}

const judgedAt = Date.UTC(2024, 2, 31, 12, 0);

export function aDiagnosis(over: Partial<DiagnosticsResult> = {}): DiagnosticsResult {
  const step = (name: string, last: number | null, total: number, share: number | null) => ({
    step: name,
    last,
    total,
    share,
  });
  return {
    scans: 82,
    cycles: 1_234,
    funnel: [
      step('markets', 36, 2_952, null),
      step('universe', 30, 2_460, 0.8333),
      step('filters passed', 6, 500, 0.2033),
      step('candidates', 5, 410, 0.82),
      step('levels to watch', 3, 220, 0.5366),
      step('signals', null, 9, 0.0409),
      step('entries sent', 0, 5, 0.5556),
      step('positions opened', 2, 4, 0.8),
    ],
    conditions: [],
    nearMisses: [
      {
        symbol: 'LINKUSDT',
        condition: 'min_volume_surge_1h',
        stage: 'filters',
        miss: 0.042,
        at: judgedAt,
        text: 'LINKUSDT: volume of one hour 1.92 times its mean, needs at least 2',
      },
    ],
    ...over,
  };
}

export function anExplanation(over: Partial<ExplanationResult> = {}): ExplanationResult {
  return {
    entries: { allowed: true, reasons: [] },
    symbols: [
      {
        symbol: 'SOLUSDT',
        place: 'position',
        candidate: true,
        text: 'a position is open',
        blocking: [],
        levels: [],
        judgements: [],
      },
      {
        symbol: 'LINKUSDT',
        place: 'filters',
        candidate: false,
        text: 'volume of one hour 1.92 times its mean, needs at least 2',
        blocking: [
          {
            condition: 'min_volume_surge_1h',
            stage: 'filters',
            verdict: 'failed',
            value: 1.92,
            threshold: 2,
            needs: 'at least',
            unit: 'multiple',
            label: 'volume of one hour',
            miss: 0.042,
            at: judgedAt,
            text: 'volume of one hour 1.92 times its mean, needs at least 2',
          },
        ],
        levels: [],
        judgements: [],
      },
    ],
    ...over,
  };
}

type Log = ResultOf<'logs.tail'>;
type LogLine = Log['lines'][number];

export function aLogLine(over: Partial<LogLine> = {}): LogLine {
  return {
    seq: 1,
    timestamp: '2024-03-31T13:59:58.123Z',
    level: 'info',
    component: 'control',
    message: 'engine.pause done',
    ref: '1f2e3d4c',
    detail: { by: 'cli', ms: 2.1 },
    ...over,
  };
}

export function aLog(lines: readonly LogLine[]): Log {
  return { stream: 'stream', next: lines.length, lines, missed: 0 };
}

/** An exchange of which everything is wrong at once. */
export function troubledExchange(): NonNullable<ResourceHealth['venue']> {
  const up = {
    state: 'up',
    streams: 1,
    down: 0,
    downSeconds: null,
    retrySeconds: null,
    reason: null,
  } as const;
  const lost = {
    state: 'reconnecting',
    streams: 1,
    down: 1,
    downSeconds: 42,
    retrySeconds: 8,
    reason: 'connection closed by remote server',
  } as const;
  return {
    exchange: 'bybit',
    environment: 'test',
    streams: [
      { ...lost, name: 'candles', silentSeconds: 43, reconnects: 5 },
      { ...up, name: 'books', silentSeconds: 1, reconnects: 0 },
      { ...up, name: 'orders', silentSeconds: null, reconnects: 0 },
      { ...up, name: 'fills', silentSeconds: 600, reconnects: 1 },
    ],
    feed: { silentSeconds: 43, stale: true, staleSymbols: ['BTC/USDT:USDT'] },
    candles: { awaited: [{ symbol: 'BTC/USDT:USDT', closeTime: 1_767_225_600_000 }], missing: 2 },
    clock: { aheadMs: -37, errorMs: 4 },
    requests: { usedPercent: 62, waiting: 3, closedSeconds: null },
    unknownOrders: [{ orderId: 7, symbol: 'BTC/USDT:USDT', purpose: 'entry', seconds: 12 }],
    troubles: [],
    lastError: {
      trouble: 'network',
      message: 'the exchange does not answer: connection closed by remote server',
      agoSeconds: 42,
      times: 5,
    },
    errors: { network: 5, rate_limit: 1 },
  };
}
