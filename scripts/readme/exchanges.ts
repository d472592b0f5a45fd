/** The exchanges that ccxt reaches by WebSocket, and what of this program each can carry, read from its own tables. */
import type { InstrumentType } from '../../src/market/instrument.ts';
import { can, lackToTrade, orderAbilities, streamAbilities } from '../../src/venue/ccxt/abilities.ts';
import { clientIds } from '../../src/venue/ccxt/client-ids.ts';
import { dialectOf } from '../../src/venue/ccxt/dialects.ts';
import type { Describes } from '../../src/venue/ccxt/exchange.ts';
import { exchangeIds, loadExchange } from '../../src/venue/ccxt/library.ts';
import { table } from './table.ts';

export async function exchanges(): Promise<string> {
  const rows: { readonly rank: number; readonly row: readonly string[] }[] = [];
  for (const id of exchangeIds()) {
    const exchange = await loadExchange(id);
    if (exchange !== null) rows.push(rowOf(new exchange({})));
  }
  rows.sort((a, b) => a.rank - b.rank);
  return table(
    ['exchange', 'kind', 'perpetuals', 'spot', 'candles', 'own orders', 'what is lacking'],
    rows.map(({ row }) => row),
  );
}

const KINDS = ['supported', 'spot only', 'possible', 'paper only', 'not usable'] as const;
type Kind = (typeof KINDS)[number];

function rowOf(exchange: Describes): { rank: number; row: readonly string[] } {
  const perpetuals = missing(exchange, 'linear');
  const spot = missing(exchange, 'spot');
  const kind = kindOf(exchange, perpetuals, spot);
  const { candles, orders, fills } = streamAbilities(exchange, can(exchange, 'swap') ? 'linear' : 'spot');
  const lacking = perpetuals ?? spot ?? [];
  return {
    rank: KINDS.indexOf(kind),
    row: [
      `\`${exchange.id}\``,
      kind,
      kind === 'not usable' ? 'none' : wordOf(perpetuals, isWritten(exchange, 'linear')),
      kind === 'not usable' ? 'none' : wordOf(spot, isWritten(exchange, 'spot')),
      candles === 'none' ? 'asked for' : candles === 'batch' ? 'streamed, many at once' : 'streamed',
      orders && fills ? 'streamed' : 'asked for',
      kind === 'supported' ? '' : lacking.join(', '),
    ],
  };
}

function kindOf(exchange: Describes, perpetuals: Lacks, spot: Lacks): Kind {
  if (lackToTrade(exchange) !== null) return 'not usable';
  const whole = (lacks: Lacks): boolean => lacks !== null && lacks.length === 0;
  if (whole(perpetuals) && isWritten(exchange, 'linear')) return 'supported';
  if (whole(spot) && isWritten(exchange, 'spot')) return 'spot only';
  return whole(perpetuals) || whole(spot) ? 'possible' : 'paper only';
}

/** What of a live session's needs is not there; null where there is no such market at all. */
type Lacks = readonly string[] | null;

function missing(exchange: Describes, type: InstrumentType): Lacks {
  if (!can(exchange, type === 'spot' ? 'spot' : 'swap')) return null;
  const abilities = orderAbilities(exchange, type);
  const some = (...methods: readonly string[]): boolean => methods.some((method) => can(exchange, method));
  const lack = lackToTrade(exchange);
  const needs: readonly (readonly [boolean, string])[] = [
    [lack === null, lack ?? ''],
    [abilities.trigger !== null, 'stop orders'],
    [type === 'spot' || abilities.reduceOnly, 'reduce-only'],
    [clientIds(exchange.id) !== null, 'a known form of client order ids'],
    [some('fetchOrder', 'fetchOpenOrder'), 'looking up an order'],
    [some('fetchOpenOrders'), 'open orders'],
    [some('fetchMyTrades', 'fetchOrderTrades'), 'own fills'],
    [some(type === 'spot' ? 'fetchBalance' : 'fetchPositions'), type === 'spot' ? 'balances' : 'positions'],
  ];
  return needs.flatMap(([there, what]) => (there ? [] : [what]));
}

/** Whether this program knows how orders are looked up there. */
function isWritten(exchange: Describes, type: InstrumentType): boolean {
  return dialectOf(exchange.id)?.types.includes(type) === true;
}

function wordOf(lacks: Lacks, written: boolean): string {
  if (lacks === null) return 'none';
  if (lacks.length > 0) return 'paper';
  return written ? 'live' : 'possible';
}
