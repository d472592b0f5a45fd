/** Values as the daemon answers with them, for tests of the view that need no daemon. */
import type { PositionResult, StatusResult } from '../../src/protocol/views.ts';

export function aStatus(over: Partial<StatusResult> = {}): StatusResult {
  return {
    state: 'MANAGING',
    preset: 'breakout_v1',
    mode: 'paper',
    startedAt: '2024-03-31T08:00:00.000Z',
    slots: 3,
    freeSlots: 2,
    openPositions: 1,
    pendingEntries: 0,
    latencyMs: 0.42,
    dailyR: 1.25,
    consecutiveLosses: 1,
    equity: '10125.40',
    venue: 'sim',
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
