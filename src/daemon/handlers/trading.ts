import { RpcError } from '../../protocol/errors.ts';
import type { SessionHost } from '../../session/host.ts';
import type { Connection } from '../connection.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { done, type HandlerContext } from './context.ts';
import { isOut, tradeTotals } from './views.ts';

export function tradingHandlers({ host }: HandlerContext): HandlersOf<'trading', Connection> {
  return {
    'positions.list': () => ({ positions: host.positions() }),
    'positions.close': async ({ symbol, tradeId }, { peer }) =>
      done(
        await host.command({ name: 'closePosition', tradeId: tradeId ?? tradeOf(host, symbol) }, peer.client),
      ),
    'orders.list': ({ all, symbol, limit }) => {
      known(host, symbol);
      const orders = host.engine
        .orders()
        .filter((order) => (all || isOut(order)) && (symbol === undefined || order.symbol === symbol));
      return { orders: orders.slice(-limit) };
    },
    'orders.cancel': async ({ orderId }, { peer }) =>
      done(await host.command({ name: 'cancelOrder', orderId }, peer.client)),
    'reconcile.list': () => ({ foreign: host.engine.foreign() }),
    'reconcile.adopt': async ({ symbol }, { peer }) =>
      done(await host.command({ name: 'adopt', symbol }, peer.client)),
    'reconcile.ignore': async ({ symbol }, { peer }) =>
      done(await host.command({ name: 'ignore', symbol }, peer.client)),
    'trades.list': ({ limit }) => ({
      session: host.history.session()?.id ?? null,
      trades: host.trades(limit),
      totals: tradeTotals(host.engine.trades()),
      openPositions: host.positions(),
    }),
    'levels.list': ({ symbol }) => {
      known(host, symbol);
      return { levels: host.engine.levels(symbol ?? null) };
    },
    'candles.list': ({ symbol, limit }) => {
      const candles = host.engine.candles(symbol, limit);
      if (candles === null) throw foreign(host, symbol);
      return { symbol, timeframe: '15m', candles };
    },
    'scanner.candidates': () => host.engine.scan(),
    'account.get': () => ({ account: host.engine.account() }),
    'engine.explain': ({ symbol }) => {
      const explanation = host.engine.explain(symbol ?? null);
      if (explanation === null) throw foreign(host, symbol);
      return explanation;
    },
    'engine.diagnostics': () => host.engine.diagnostics(),
  };
}

/** @throws RpcError POSITION_UNKNOWN */
function tradeOf(host: SessionHost, symbol: string | undefined): number {
  const found = host.positions().find((position) => position.symbol === symbol);
  if (found) return found.tradeId;
  known(host, symbol);
  throw RpcError.of('POSITION_UNKNOWN', `no position in ${symbol} is open`);
}

/** @throws RpcError SYMBOL_UNKNOWN */
function known(host: SessionHost, symbol: string | undefined): void {
  if (symbol !== undefined && !host.engine.symbols().includes(symbol)) throw foreign(host, symbol);
}

/** SYMBOL_UNKNOWN, with the symbol that was meant where there is one. */
function foreign(host: SessionHost, symbol = ''): RpcError {
  const symbols = host.engine.symbols();
  if (symbols.length === 0) {
    return RpcError.of('SYMBOL_UNKNOWN', `${JSON.stringify(symbol)}: no session has run yet`);
  }
  const plain = (name: string): string => name.replace(/[^a-z0-9]/gi, '').toUpperCase();
  const meant = symbols.find((name) => plain(name) === plain(symbol));
  return RpcError.of(
    'SYMBOL_UNKNOWN',
    `the session trades no ${JSON.stringify(symbol)}${meant === undefined ? '' : `: write ${meant}`}`,
  );
}
