/** What an account holds and what it has open, of one moment. */
import type { InstrumentType } from '../../market/instrument.ts';
import type { AccountBooks } from '../broker.ts';
import type { ClientIds } from './client-ids.ts';
import { decimal, isZero, plus, times } from './decimal.ts';
import type { Dialect } from './dialect.ts';
import type { CcxtExchange, CcxtMarket } from './exchange.ts';
import { contractSizeOf } from './instruments.ts';

interface BooksOptions {
  readonly exchange: CcxtExchange;
  readonly dialect: Dialect;
  readonly ids: ClientIds;
  readonly type: InstrumentType;
  readonly markets: ReadonlyMap<string, CcxtMarket>;
}

type Positions = AccountBooks['positions'];

/**
 * Positions and orders are two requests: the positions are asked for before and after, and only when they are the same
 * do the orders between belong to them.
 * @returns null when the account changed under the looks.
 */
export async function accountBooks(options: BooksOptions): Promise<AccountBooks | null> {
  const { exchange, dialect, ids, type } = options;
  const before = await positionsOf(options);
  const orders = await dialect.openOrders(exchange, type);
  const after = await positionsOf(options);
  if (!sameQuantities(before, after)) return null;
  return {
    positions: after,
    open: orders.map((order) => {
      const attachedTo = ids.fromVenue(dialect.attachedTo?.(order));
      return {
        clientId: ids.fromVenue(order.clientOrderId),
        symbol: order.symbol ?? 'unknown',
        ...(attachedTo !== null && { attachedTo }),
      };
    }),
  };
}

function positionsOf(options: BooksOptions): Promise<Positions> {
  return options.type === 'spot' ? balances(options) : positions(options);
}

async function positions({ exchange }: BooksOptions): Promise<Positions> {
  const held = new Map<string, { quantity: string; price: string | null }>();
  for (const { symbol, contracts, side, entryPrice } of await exchange.fetchPositions()) {
    const count = decimal(contracts);
    const market = symbol === undefined ? undefined : exchange.markets?.[symbol];
    if (symbol === undefined || count === null || isZero(count)) continue;
    const quantity = times(count, market === undefined ? '1' : contractSizeOf(market));
    const signed = side === 'short' ? times(quantity, '-1') : quantity;
    // Of a hedged account both sides count: what is left of them is held.
    const other = held.get(symbol);
    held.set(symbol, {
      quantity: other === undefined ? signed : plus(other.quantity, signed),
      price: decimal(entryPrice),
    });
  }
  return held;
}

/** On spot a position is what there is of the base coin. */
async function balances({ exchange, markets }: BooksOptions): Promise<Positions> {
  const { total = {} } = await exchange.fetchBalance();
  const held = new Map<string, { quantity: string; price: string | null }>();
  for (const { symbol, base } of markets.values()) {
    const quantity = decimal(total[base]);
    if (quantity !== null && !isZero(quantity)) held.set(symbol, { quantity, price: null });
  }
  return held;
}

function sameQuantities(a: Positions, b: Positions): boolean {
  return a.size === b.size && [...a].every(([symbol, { quantity }]) => b.get(symbol)?.quantity === quantity);
}
