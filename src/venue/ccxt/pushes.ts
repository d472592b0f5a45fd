/**
 * What the exchange tells of orders and fills without being asked. It is an early word, and the exchange's records are
 * the truth: whatever is not whole, or may have been missed, is only said to have changed.
 */
import { backOff, type Millis } from '../../market/time.ts';
import type { Push } from '../broker.ts';
import type { ClientIds } from './client-ids.ts';
import type { Dialect } from './dialect.ts';
import type { CcxtExchange, CcxtMarket, CcxtOrder, CcxtTrade } from './exchange.ts';
import type { OrderNotes } from './order-notes.ts';
import { type FeeValue, fillOf, Incomplete } from './records.ts';
import { StreamWatch } from './stream-watch.ts';
import { pause, type Timer } from './time.ts';

export interface PushOptions {
  readonly exchange: CcxtExchange;
  readonly dialect: Dialect;
  readonly ids: ClientIds;
  readonly markets: ReadonlyMap<string, CcxtMarket>;
  readonly notes: OrderNotes;
  readonly feeValue: FeeValue;
  readonly timer: Timer;
  readonly push: (push: Push) => void;
  /** The stream was down and is up again, or there is none and it is time to ask: what was missed has to be looked up. */
  readonly missed: () => void;
  readonly failed: (error: unknown) => void;
  /** A stream is listened to, by its name. */
  readonly opened: (name: string, watch: StreamWatch) => void;
  readonly signal: AbortSignal;
}

const RETRY = { first: 500, most: 30_000 } as const;

/** Where an exchange tells nothing by itself it is asked so often. */
const POLL_MS: Millis = 5_000;

/** Ends when `signal` does. */
export async function hearPushes(options: PushOptions): Promise<void> {
  const { exchange, signal } = options;
  const streams: Promise<void>[] = [];
  if (exchange.has.watchOrders === true)
    streams.push(
      listen(
        options,
        'orders',
        () => exchange.watchOrders(),
        (orders) => {
          for (const each of orders) ordered(options, each);
        },
      ),
    );
  if (exchange.has.watchMyTrades === true)
    streams.push(
      listen(
        options,
        'fills',
        () => exchange.watchMyTrades(),
        (trades) => {
          for (const each of trades) traded(options, each);
        },
      ),
    );
  if (streams.length < 2)
    streams.push(
      (async () => {
        while (!signal.aborted) {
          await pause(options.timer, POLL_MS, signal);
          if (!signal.aborted) options.missed();
        }
      })(),
    );
  await Promise.all(streams);
}

async function listen<T>(
  { timer, missed, failed, opened, signal }: PushOptions,
  name: string,
  watch: () => Promise<T>,
  heard: (news: T) => void,
): Promise<void> {
  let tries = 0;
  const stream = new StreamWatch(timer);
  opened(name, stream);
  while (!signal.aborted) {
    try {
      const news = await watch();
      if (signal.aborted) return;
      if (tries > 0) missed();
      tries = 0;
      stream.heard();
      // Nothing may be awaited here: what comes between two calls of watch is not told.
      heard(news);
    } catch (error) {
      if (signal.aborted) return;
      const wait = backOff(RETRY.first, RETRY.most, tries);
      stream.failed(error, wait);
      failed(error);
      tries += 1;
      await pause(timer, wait, signal);
      stream.tries();
      // A stream says nothing of the time that it was down, and may be long in saying anything.
      missed();
    }
  }
}

function ordered({ ids, notes, push }: PushOptions, order: CcxtOrder): void {
  const clientId = ids.fromVenue(order.clientOrderId);
  if (clientId === null) return;
  if (order.id !== undefined) notes.named(order.id, clientId);
  notes.shown(clientId);
  if (order.status === 'open') push({ kind: 'accepted', clientId });
  else push({ kind: 'changed', clientId });
}

function traded(
  { ids, notes, dialect, markets, feeValue, push, missed, failed }: PushOptions,
  trade: CcxtTrade,
): void {
  const named = ids.fromVenue(dialect.clientIdOf(trade));
  const clientId = named ?? (trade.order === undefined ? undefined : notes.clientIdOf(trade.order));
  const market = markets.get(trade.symbol ?? '');
  if (market === undefined) return;
  if (clientId === undefined) {
    if (dialect.byVenue(trade)) missed();
    return;
  }
  try {
    push({ kind: 'fill', clientId, fill: fillOf(trade, market, feeValue) });
  } catch (error) {
    if (!(error instanceof Incomplete)) failed(error);
    push({ kind: 'changed', clientId });
  }
}
