/** The account of real money at an exchange: its broker, what it tells by itself, and how it is to be. */
import type { InstrumentType } from '../../market/instrument.ts';
import type { AccountFunds, Broker, Push } from '../broker.ts';
import { type AccountTerms, marginModeOf, setTerms } from './account-terms.ts';
import { CcxtBroker } from './broker.ts';
import type { CcxtExchange } from './exchange.ts';
import { feeValues } from './fee-values.ts';
import { fundsOf } from './funds.ts';
import type { VenueHealth } from './health.ts';
import type { Listings } from './listings.ts';
import { liveSupport } from './live-support.ts';
import { type Preflight, type PreflightFinding, preflight, termsFindings } from './preflight.ts';
import { hearPushes } from './pushes.ts';
import type { StreamWatch } from './stream-watch.ts';
import type { Timer } from './time.ts';
import { VenueUnusable } from './unusable.ts';
import type { VenueClock } from './venue-clock.ts';

export interface AccountListener {
  push(push: Push): void;
  /** Something may have been missed: own orders are to be looked up, holdings compared. */
  missed(): void;
}

export interface LiveAccount {
  readonly broker: Broker;
  /** Tells the listener of orders and fills until the venue is closed. Once only. */
  listen(listener: AccountListener): void;
  /** What the account holds in the quote coin; null when it cannot be had now. */
  funds(): Promise<AccountFunds | null>;
  /** Checks the account and changes nothing of it. */
  preflight(): Promise<Preflight>;
  /**
   * Sets what the terms ask for: in markets that are listed later too, before they are told of.
   * @returns what could not be set
   */
  hold(terms: AccountTerms): Promise<readonly PreflightFinding[]>;
  /** `cross`, `isolated`, or where each is, in words; null where the exchange does not tell, or cannot be asked now. */
  marginMode(): Promise<string | null>;
  /** Of symbols that are listed now, those that the terms cannot be had for. */
  unfit(symbols: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface AccountParts {
  readonly exchange: string;
  readonly type: InstrumentType;
  readonly quote: string;
  readonly timer: Timer;
  readonly log: (level: 'warn' | 'info', message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Reads what is public. */
  readonly feed: CcxtExchange;
  /** Signs. */
  readonly desk: CcxtExchange;
  readonly end: AbortController;
  readonly clock: VenueClock;
  readonly health: VenueHealth;
  readonly failed: (error: unknown) => void;
  readonly listings: Listings;
  /** Gets the streams of the account, by name. */
  readonly told: Map<string, StreamWatch>;
}

/** @throws VenueUnusable */
export function openAccount(parts: AccountParts): LiveAccount {
  const { desk, feed, clock, health, failed, listings, type, quote, timer, end, log, exchange: id } = parts;
  const support = liveSupport(id, type);
  if (typeof support === 'string') throw new VenueUnusable(support);
  const { dialect, ids } = support;
  desk.setMarketsFromExchange(feed);
  const feeValue = feeValues(feed, quote, timer, failed);
  const { markets } = listings;
  const broker = new CcxtBroker({
    exchange: desk,
    dialect,
    ids,
    type,
    markets,
    now: () => clock.now(),
    feeValue,
    failed,
    worked: () => health.worked(),
  });
  let listening = false;
  let held: AccountTerms = {};
  return {
    broker,
    listen: ({ push, missed }) => {
      if (listening) throw new Error('the account is listened to already');
      listening = true;
      hearPushes({
        exchange: desk,
        dialect,
        ids,
        markets,
        notes: broker.notes,
        feeValue,
        timer,
        push,
        missed,
        failed,
        opened: (name, watch) => parts.told.set(name, watch),
        signal: end.signal,
      }).catch(failed);
    },
    funds: async () => {
      try {
        return fundsOf(await desk.fetchBalance(), dialect, quote);
      } catch (error) {
        failed(error);
        return null;
      }
    },
    preflight: () =>
      preflight({
        exchange: desk,
        dialect,
        type,
        quote,
        symbols: listings.traded.map(({ symbol }) => symbol),
        skew: clock.skew,
        now: clock.now(),
      }),
    hold: async (terms) => {
      held = terms;
      if (type === 'spot') return [];
      const symbols = listings.traded.map(({ symbol }) => symbol);
      return termsFindings({ exchange: desk, dialect, symbols, terms });
    },
    marginMode: async () => {
      if (type === 'spot') return null;
      try {
        return await marginModeOf(
          desk,
          dialect,
          listings.traded.map(({ symbol }) => symbol),
        );
      } catch (error) {
        failed(error);
        return null;
      }
    },
    unfit: async (symbols) => {
      if (type === 'spot') return new Set();
      try {
        const unmet = await setTerms({ exchange: desk, dialect, symbols, terms: held });
        for (const { message, symbols: left } of unmet)
          log('warn', left.length === 0 ? message : `${message}; not traded`, { exchange: id });
        return new Set(unmet.flatMap((each) => each.symbols));
      } catch (error) {
        failed(error);
        return new Set(symbols);
      }
    },
  };
}
