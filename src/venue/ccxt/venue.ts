/**
 * One exchange by ccxt: its markets, its time, and, with keys, its broker. Two instances of the exchange's class share
 * the markets and the rate limit: one without keys for what is public, one that signs and reads exact decimals.
 */
import { setMaxListeners } from 'node:events';
import type { Credentials } from '../../config/credentials.ts';
import type { VenueFigures } from '../../engine/input.ts';
import type { Instrument, InstrumentType } from '../../market/instrument.ts';
import { HOUR, type Millis } from '../../market/time.ts';
import { candlePage, lackToTrade, streamAbilities } from './abilities.ts';
import { type LiveAccount, openAccount } from './account.ts';
import { type BudgetUse, RequestBudget } from './budget.ts';
import { type BaseUrls, connect, govern } from './connect.ts';
import { dialectOf } from './dialects.ts';
import type { CcxtExchange } from './exchange.ts';
import { VenueHealth, type VenueTrouble } from './health.ts';
import { instrumentsOf, noneOfKind } from './instruments.ts';
import { loadExchange } from './library.ts';
import { Listings } from './listings.ts';
import { MarketData, type MarketState } from './market-data.ts';
import { keepMarkets } from './reload-markets.ts';
import type { StreamState, StreamWatch } from './stream-watch.ts';
import { type MarketFigures, marketFigures } from './tickers.ts';
import { machineTimer, type Timer } from './time.ts';
import { answerOf, troubleOf } from './troubles.ts';
import { VenueUnusable } from './unusable.ts';
import { type Skew, VenueClock } from './venue-clock.ts';

export interface CcxtVenueOptions {
  /** ccxt's id, e.g. `bybit`. */
  readonly exchange: string;
  readonly type: InstrumentType;
  readonly quote: string;
  /** Unified or the exchange's own names; every market of that kind when missing. */
  readonly symbols?: readonly string[] | undefined;
  /** Without them there is no broker: paper on real quotes. */
  readonly credentials?: Credentials | undefined;
  /** The exchange's own test environment. */
  readonly sandbox?: boolean | undefined;
  readonly urls?: BaseUrls | undefined;
  readonly log?: (level: 'warn' | 'info', message: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly timer?: Timer;
  /** How often the markets are read again. */
  readonly reloadMs?: number;
}

/** Exchanges announce what they list or delist days before. */
const RELOAD_MS = 4 * HOUR;

export interface VenueState {
  readonly market: MarketState;
  /** What the exchange tells of the account by itself. */
  readonly account: readonly StreamState[];
  readonly budget: BudgetUse;
  readonly skew: Skew | null;
  readonly troubles: readonly VenueTrouble[];
  readonly last: VenueTrouble | null;
  readonly errors: ReadonlyMap<VenueTrouble['trouble'], number>;
}

export interface CcxtVenue {
  readonly id: string;
  /** The position is the symbol's index, for good: what is listed later comes behind, and what is gone stays. */
  readonly instruments: readonly Instrument[];
  /** Symbols that were listed and are not any more. */
  readonly gone: ReadonlySet<string>;
  /** Instruments of a session that goes on: those that are not listed any more are known again, as gone. */
  know(before: readonly Instrument[]): void;
  /** Calls `listed` whenever the exchange lists other markets, or on other terms, until the venue is closed. Once only. */
  onListed(listed: () => void): void;
  /** Symbols that were asked for and cannot be had, with the reason. */
  readonly refused: readonly string[];
  readonly figures: VenueFigures;
  /** How long it takes at least to ask for the candles of a close; 0 where they are streamed. */
  readonly candlesTakeMs: Millis;
  readonly clock: VenueClock;
  readonly market: MarketData;
  /** null without keys. */
  readonly account: LiveAccount | null;
  /** Last price and volume by symbol; null where that cannot be had now, or not at once. */
  figuresNow(): Promise<ReadonlyMap<string, MarketFigures> | null>;
  /** What is the matter just now. */
  readonly troubles: readonly VenueTrouble[];
  readonly skew: Skew | null;
  /** How it stands with the exchange, all of it. */
  readonly state: VenueState;
  close(): Promise<void>;
}

/**
 * Loads the exchange's module, measures its clock and reads its markets.
 * @throws VenueUnusable; ccxt's errors when it cannot be reached.
 */
export async function openCcxtVenue(options: CcxtVenueOptions): Promise<CcxtVenue> {
  const { exchange: id, type, quote, credentials, timer = machineTimer, log = () => undefined } = options;
  const exchange = await loadExchange(id);
  if (exchange === null) throw new VenueUnusable(`ccxt has no exchange ${JSON.stringify(id)}`);
  const feed = connect(exchange, { ...options, credentials: undefined, exact: false });
  const desk = credentials === undefined ? null : connect(exchange, { ...options, exact: true });
  const instances = desk === null ? [feed] : [feed, desk];
  const end = new AbortController();
  // Every stream and every wait listens to it.
  setMaxListeners(0, end.signal);
  try {
    return await assemble({ ...options, timer, log, feed, desk, instances, end, type, quote });
  } catch (error) {
    end.abort();
    await closeAll(instances);
    throw error;
  }
}

interface Parts extends CcxtVenueOptions {
  readonly timer: Timer;
  readonly log: NonNullable<CcxtVenueOptions['log']>;
  readonly feed: CcxtExchange;
  readonly desk: CcxtExchange | null;
  readonly instances: readonly CcxtExchange[];
  readonly end: AbortController;
}

async function assemble(parts: Parts): Promise<CcxtVenue> {
  const { feed, desk, timer, end, log, type, exchange: id } = parts;
  const lack = lackToTrade(feed);
  if (lack !== null) throw new VenueUnusable(`${id} cannot be traded here: ccxt has no ${lack} of it`);
  const health = new VenueHealth(timer, log);
  const budget = new RequestBudget(timer, feed.rateLimit);
  const clock = new VenueClock({ timer, fetchTime: () => feed.fetchTime() });
  for (const instance of parts.instances) govern(instance, budget, () => clock.now());
  const failed = (error: unknown): void => {
    health.failed(error);
    const answer = answerOf(error);
    const trouble = troubleOf(error);
    if (answer.kind === 'later' && trouble === 'rate_limit') budget.close(answer.afterMs);
    if (trouble === 'clock') clock.measure().catch((again: unknown) => health.failed(again));
  };
  if (parts.urls?.wsPublic.startsWith('ws:') === true)
    await Promise.all(parts.instances.map((instance) => instance.loadHttpProxyAgent()));
  if (feed.has.fetchTime === true) await clock.measure();
  const found = instrumentsOf(await feed.loadMarkets(), parts);
  if (found.list.length === 0) {
    const { refused, unusable } = found;
    throw new VenueUnusable(
      refused.length > 0 ? refused.join('; ') : noneOfKind(id, parts, feed.markets ?? {}, unusable),
    );
  }
  if (feed.has.fetchTime === true) void clock.keep(end.signal, failed);
  const dialect = dialectOf(id);
  const listings = new Listings(found);
  const abilities = streamAbilities(feed, type);
  const market = new MarketData({
    exchange: feed,
    dialect,
    clock,
    listings,
    abilities,
    page: candlePage(feed, type),
    failed,
    signal: end.signal,
  });
  const told = new Map<string, StreamWatch>();
  const account =
    desk === null ? null : openAccount({ ...parts, desk, clock, health, failed, listings, told });
  let listed: (() => void) | null = null;
  return {
    id,
    instruments: listings.instruments,
    gone: listings.gone,
    know: (before) => {
      const markets = feed.markets ?? {};
      const unknown = listings.know(before, markets);
      if (unknown.length === 0) return;
      feed.setMarkets([...Object.values(markets), ...unknown]);
      desk?.setMarketsFromExchange(feed);
    },
    onListed: (told) => {
      if (listed !== null) throw new Error('what is listed is told to somebody already');
      listed = told;
      const changed = (): void => {
        told();
        market.relisted().catch(failed);
      };
      const everyMs = parts.reloadMs ?? RELOAD_MS;
      void keepMarkets({
        feed,
        desk,
        choice: parts,
        listings,
        everyMs,
        timer,
        unfit: async (symbols) => (await account?.unfit(symbols)) ?? new Set(),
        failed,
        changed,
        signal: end.signal,
      });
    },
    refused: found.refused,
    figures: market.figures,
    candlesTakeMs: abilities.candles === 'none' ? found.list.length * feed.rateLimit : 0,
    clock,
    market,
    account,
    figuresNow: async () => {
      try {
        return await marketFigures(
          feed,
          listings.traded.map(({ symbol }) => symbol),
        );
      } catch (error) {
        failed(error);
        return null;
      }
    },
    get troubles() {
      return health.troubles;
    },
    get skew() {
      return clock.skew;
    },
    get state() {
      return {
        market: market.state,
        account: [...told].map(([name, watch]) => watch.state(name)),
        budget: budget.use,
        skew: clock.skew,
        troubles: health.troubles,
        last: health.last,
        errors: health.errors,
      };
    },
    close: async () => {
      end.abort();
      await closeAll(parts.instances);
    },
  };
}

async function closeAll(instances: readonly CcxtExchange[]): Promise<void> {
  await Promise.all(instances.map((instance) => instance.close()));
}
