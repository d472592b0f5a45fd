import type { Connection } from '../connection.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { HandlerContext } from './context.ts';

export function tradingHandlers({ host }: HandlerContext): HandlersOf<'trading', Connection> {
  return {
    'positions.list': () => ({ positions: host.positions() }),
    'trades.list': () => ({
      session: host.status().session,
      trades: host.trades(),
      openPositions: host.positions(),
    }),
  };
}
