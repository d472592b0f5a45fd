/** Values as the daemon answers with them, for tests of the view that need no daemon. */
import type { EventNotification, WireEvent } from '../../src/protocol/events.ts';
import type { PositionResult, StatusResult } from '../../src/protocol/views.ts';
import { applyEvents } from '../../src/tui/store/reduce.ts';
import { initialState, type ViewState } from '../../src/tui/store/state.ts';

export function aStatus(over: Partial<StatusResult> = {}): StatusResult {
  return {
    state: 'MANAGING',
    preset: 'breakout_v1',
    mode: 'paper',
    startedAt: '2024-03-31T08:00:00.000Z',
    slots: 3,
    freeSlots: 1,
    openPositions: 2,
    pendingEntries: 0,
    latencyMs: 0.42,
    dailyR: 1.25,
    consecutiveLosses: 1,
    equity: '10125.40',
    venue: 'sim',
    account: null,
    session: 's-1',
    at: Date.UTC(2024, 2, 31, 12, 5),
    speed: 3600,
    progress: { done: 49, total: null },
    ended: null,
    stopping: false,
    pausedBy: null,
    haltedBy: null,
    ...over,
  };
}

export function aPosition(over: Partial<PositionResult> = {}): PositionResult {
  return {
    tradeId: 7,
    symbol: 'SOLUSDT',
    side: 'long',
    strategy: 'momentum',
    quantity: '2',
    entry: '100',
    mark: '101',
    stop: '95',
    protectedQuantity: '2',
    targets: [
      { purpose: 'tp1', price: '105', quantity: '1' },
      { purpose: 'tp2', price: '110', quantity: '1' },
    ],
    openedAt: Date.UTC(2024, 2, 31, 11, 50),
    unrealisedPnl: '2',
    unrealisedR: 0.2,
    risk: '10',
    level: '99.5',
    ...over,
  };
}

/** Wall time of every sample, epoch ms. */
export const NOW = Date.UTC(2024, 2, 31, 14, 0, 0);

const at = Date.UTC(2024, 2, 31, 12, 0, 0);

function event(seq: number, told: WireEvent): EventNotification {
  const time = at + seq * 60_000;
  return { subscription: 1, seq, session: 's-1', at: time, wallAt: NOW - 1_000, event: told };
}

/** A session that trades, connected, with two positions. */
export function aState(over: Partial<ViewState> = {}): ViewState {
  const start: ViewState = {
    ...initialState(NOW),
    connection: {
      phase: 'live',
      since: NOW - 60_000,
      daemon: { version: '0.1.0', instance: 'default', pid: 4711 },
    },
    heardAt: NOW - 300,
    stream: 'stream',
    status: aStatus(),
    positions: [
      aPosition(),
      aPosition({
        tradeId: 8,
        symbol: 'BTCUSDT',
        side: 'short',
        strategy: 'retest',
        quantity: '0.015',
        entry: '64210.5',
        mark: '64480.0',
        stop: '64800.0',
        protectedQuantity: '0.015',
        targets: [{ purpose: 'tp2', price: '62900.0', quantity: '0.015' }],
        openedAt: Date.UTC(2024, 2, 31, 9, 5),
        unrealisedPnl: '-4.04',
        unrealisedR: -0.46,
        risk: '8.84',
        level: '64300.0',
      }),
    ],
  };
  const told = applyEvents({ ...start, ...over }, [
    event(1, {
      type: 'session',
      change: 'started',
      preset: 'breakout_v1',
      mode: 'paper',
      venue: 'sim',
      symbols: 36,
      total: null,
      assumed: [],
    }),
    event(2, {
      type: 'signal',
      signalId: 1,
      symbol: 'SOLUSDT',
      side: 'long',
      strategy: 'momentum',
      levelId: 3,
      level: '99.5',
      price: '100',
      stop: '95',
      confidence: 0.79,
      reason: 'close beyond the level',
    }),
    event(3, {
      type: 'fill',
      orderId: 1,
      tradeId: 7,
      symbol: 'SOLUSDT',
      side: 'buy',
      purpose: 'entry',
      price: '100',
      quantity: '2',
      fee: '0.1',
    }),
    event(4, {
      type: 'refused',
      signalId: 2,
      symbol: 'LINKUSDT',
      rejection: { code: 'free_slot', value: 0, threshold: 1 },
    }),
  ]);
  // The sample's session has gone on since it was started: its positions are those above.
  return { ...told, positions: over.positions ?? start.positions, orders: over.orders ?? [] };
}
