/** What each method of the table does. Parameters come checked, defaults filled in. */
import type { Connection } from './connection.ts';
import type { Handlers } from './dispatcher.ts';
import type { HandlerContext } from './handlers/context.ts';
import { daemonHandlers } from './handlers/daemon.ts';
import { discoverHandlers } from './handlers/discover.ts';
import { engineHandlers } from './handlers/engine.ts';
import { eventHandlers } from './handlers/events.ts';
import { healthHandlers } from './handlers/health.ts';
import { historyHandlers } from './handlers/history.ts';
import { logHandlers } from './handlers/logs.ts';
import { presetHandlers } from './handlers/presets.ts';
import { tradingHandlers } from './handlers/trading.ts';

export function handlers(context: HandlerContext): Handlers<Connection> {
  return {
    ...engineHandlers(context),
    ...tradingHandlers(context),
    ...historyHandlers(context),
    ...healthHandlers(context),
    ...presetHandlers(context),
    ...eventHandlers(context),
    ...logHandlers(context),
    ...daemonHandlers(context),
    ...discoverHandlers(),
  };
}
