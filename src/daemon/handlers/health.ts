import type { Connection } from '../connection.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { HandlerContext } from './context.ts';

export function healthHandlers({ monitoring }: HandlerContext): HandlersOf<'health', Connection> {
  return {
    'engine.resourceHealth': () => monitoring.health(),
    'metrics.prometheus': () => monitoring.prometheus(),
  };
}
