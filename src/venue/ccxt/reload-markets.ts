/** Reads an exchange's markets again and again, for as long as it is open. */
import { MINUTE, type Millis } from '../../market/time.ts';
import type { CcxtExchange } from './exchange.ts';
import { type InstrumentChoice, type Instruments, instrumentsOf } from './instruments.ts';
import type { Listings } from './listings.ts';
import { pause, type Timer } from './time.ts';

export interface ReloadOptions {
  /** Reads the markets, and the ones that share them. */
  readonly feed: CcxtExchange;
  readonly desk: CcxtExchange | null;
  readonly choice: InstrumentChoice;
  readonly listings: Listings;
  readonly everyMs: Millis;
  readonly timer: Timer;
  /** Of symbols that are new, those that cannot be traded as the account is to be; asked for again the next time. */
  readonly unfit: (symbols: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly failed: (error: unknown) => void;
  readonly changed: () => void;
  readonly signal: AbortSignal;
}

/** What is missing has to be missing twice: replies are not always whole. */
const CONFIRM_MS: Millis = MINUTE;

/** Ends when the signal does. */
export async function keepMarkets(options: ReloadOptions): Promise<void> {
  const { listings, everyMs, timer, failed, changed, signal } = options;
  while (!signal.aborted) {
    await pause(timer, everyMs, signal);
    if (signal.aborted) return;
    try {
      let found = await read(options);
      const missing = listings.missingIn(found);
      if (missing.size > 0) {
        await pause(timer, CONFIRM_MS, signal);
        if (signal.aborted) return;
        found = await read(options);
      }
      const gone = new Set([...listings.missingIn(found)].filter((symbol) => missing.has(symbol)));
      if (listings.update(await fit(found, options), gone)) changed();
    } catch (error) {
      failed(error);
    }
  }
}

async function fit(found: Instruments, { listings, unfit }: ReloadOptions): Promise<Instruments> {
  const known = new Set(listings.traded.map(({ symbol }) => symbol));
  const fresh = found.list.map(({ symbol }) => symbol).filter((symbol) => !known.has(symbol));
  if (fresh.length === 0) return found;
  const left = await unfit(fresh);
  if (left.size === 0) return found;
  return {
    ...found,
    list: found.list.filter(({ symbol }) => !left.has(symbol)),
    markets: new Map([...found.markets].filter(([symbol]) => !left.has(symbol))),
  };
}

/** ccxt forgets markets that are gone; what is open there has to be found and closed all the same. */
async function read({ feed, desk, choice, listings }: ReloadOptions): Promise<Instruments> {
  const markets = await feed.loadMarkets(true);
  const found = instrumentsOf(markets, choice);
  const forgotten = [...listings.markets].filter(([symbol]) => markets[symbol] === undefined);
  if (forgotten.length > 0)
    feed.setMarkets([
      ...Object.values(markets),
      ...forgotten.map(([, market]) => ({ ...market, active: false })),
    ]);
  desk?.setMarketsFromExchange(feed);
  return found;
}
