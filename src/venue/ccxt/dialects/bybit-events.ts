/** What Bybit does to a derivatives account by itself: all of it is in the list of executions. */
import type { VenueClose } from '../../../engine/input.ts';
import type { VenueEvent } from '../../broker.ts';
import { times } from '../decimal.ts';
import type { EventQuery } from '../dialect.ts';
import type { CcxtExchange, CcxtOrder, Params } from '../exchange.ts';
import { listIn, partOf, textIn } from '../raw.ts';
import { Incomplete } from '../records.ts';
import { type Listing, spans } from './spans.ts';

/** Of fills. */
export const LISTING: Listing = { longest: 7 * 86_400_000 - 1, most: 100 };
const ORDER_PAGE = 50;

const CLOSES: Readonly<Record<string, VenueClose>> = { BustTrade: 'liquidation', AdlTrade: 'deleveraging' };

export async function bybitEvents(query: EventQuery): Promise<readonly VenueEvent[]> {
  const { exchange, type, since, now } = query;
  if (type === 'spot') return [];
  const events: VenueEvent[] = [];
  for (const [from, to] of spans(since, now, LISTING.longest))
    for (const execution of await executions(exchange, from, to)) {
      const event = await eventOf(execution, query);
      if (event !== null) events.push(event);
    }
  return events;
}

export async function bybitIdsSince({
  exchange,
  type,
  since,
  now,
}: EventQuery): Promise<(string | undefined)[]> {
  const category = type === 'spot' ? 'spot' : 'linear';
  const open = await exchange.fetchOpenOrders(undefined, undefined, undefined, {
    type: type === 'spot' ? 'spot' : 'swap',
    paginate: true,
  });
  const ids = open.map(({ clientOrderId }) => clientOrderId);
  for (const [startTime, endTime] of spans(since, now, LISTING.longest)) {
    const span = { category, startTime, endTime };
    for (const order of await pages(exchange, 'v5/order/history', { ...span, limit: ORDER_PAGE }))
      ids.push(textIn(order, 'orderLinkId'));
  }
  return ids;
}

function executions(exchange: CcxtExchange, startTime: number, endTime: number): Promise<unknown[]> {
  const span = { category: 'linear', startTime, endTime };
  return pages(exchange, 'v5/execution/list', { ...span, limit: LISTING.most });
}

async function pages(exchange: CcxtExchange, path: string, params: Params): Promise<unknown[]> {
  const found: unknown[] = [];
  let cursor: string | undefined;
  do {
    const answer = await exchange.request(path, 'private', 'GET', {
      ...params,
      ...(cursor !== undefined && { cursor }),
    });
    const result = partOf(answer, 'result');
    found.push(...listIn(result, 'list'));
    cursor = textIn(result, 'nextPageCursor');
  } while (cursor !== undefined);
  return found;
}

async function eventOf(execution: unknown, query: EventQuery): Promise<VenueEvent | null> {
  const text = (key: string): string => {
    const value = textIn(execution, key);
    if (value === undefined) throw new Incomplete(`an execution without its ${key}`);
    return value;
  };
  const symbol = query.symbolOf(text('symbol'));
  if (symbol === undefined) return null;
  const kind = text('execType');
  const mark = { id: text('execId'), happenedAt: Number(text('execTime')), symbol };
  // Whatever an account pays is above zero here, as a fee.
  if (kind === 'Funding') return { ...mark, kind: 'funding', amount: times(text('execFee'), '-1') };
  const attachedTo = kind === 'Trade' ? await entryOf(execution, symbol, query) : null;
  const cause = attachedTo === null ? CLOSES[kind] : 'attached_stop';
  if (cause === undefined) return null;
  const figures = { price: text('execPrice'), quantity: text('execQty'), fee: text('execFee') };
  return { ...mark, kind: 'closed', cause, attachedTo, ...figures };
}

/** The entry that a stop came with which has traded; null for any other trade. */
async function entryOf(
  execution: unknown,
  symbol: string,
  { exchange, now }: EventQuery,
): Promise<string | null> {
  const orderId = textIn(execution, 'orderId');
  if (!isAttached(execution) || orderId === undefined) return null;
  const params = { orderId };
  const live = await exchange.fetchOpenOrders(symbol, undefined, undefined, params);
  const [order] =
    live.length > 0
      ? live
      : await exchange.fetchCanceledAndClosedOrders(symbol, undefined, undefined, params);
  // Older orders are not shown without their time any more: it is then left to the comparison of what is held.
  if (order === undefined && now - Number(textIn(execution, 'execTime')) > LISTING.longest) return null;
  if (order === undefined) throw new Incomplete(`the stop ${orderId} has traded and is not there yet`);
  return attachedTo(order) ?? null;
}

/** An order, or a fill of one, that the exchange has made for an entry. */
export function isAttached(info: unknown): boolean {
  return (
    textIn(info, 'orderLinkId') === undefined && textIn(info, 'createType')?.endsWith('StopLoss') === true
  );
}

export function attachedTo({ info }: CcxtOrder): string | undefined {
  return isAttached(info) ? textIn(info, 'parentOrderLinkId') : undefined;
}
