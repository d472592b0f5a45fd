import { RpcError } from '../../protocol/errors.ts';
import type { Connection } from '../connection.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { HandlerContext } from './context.ts';

export function historyHandlers({ host }: HandlerContext): HandlersOf<'history', Connection> {
  const { history } = host;
  return {
    'sessions.list': ({ limit, before }) => ({ sessions: history.sessions(limit, before) }),
    'sessions.get': ({ id }) => ({ session: history.session(id) ?? refuse(id) }),
    'sessions.checkpoints': ({ id, limit, since }) => history.checkpoints(limit, id, since) ?? refuse(id),
    'signals.list': ({ limit, symbol, since }) => history.signals(limit, symbol, since),
    'equity.series': ({ limit, since }) => history.equity(limit, since),
  };
}

function refuse(id: string | undefined): never {
  throw RpcError.of(
    'SESSION_UNKNOWN',
    id === undefined ? 'no session has been started yet' : `there is no session ${JSON.stringify(id)}`,
  );
}
