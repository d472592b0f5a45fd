import { BASE, backOff, MINUTE, SECOND } from '../../market/time.ts';
import type { Broker, Push } from '../../venue/broker.ts';
import { PaperBroker } from '../../venue/paper/paper-broker.ts';
import { assumedCosts } from '../../venue/simulated/costs.ts';
import { DEFAULT_COSTS } from '../../venue/simulated/matching.ts';
import type { Clock } from './clock.ts';
import type { LiveVenue } from './live-venue.ts';
import type { MarketSide } from './market-side.ts';

/** From one try to have candles that did not come to the next. */
const AGAIN = { first: SECOND, most: MINUTE } as const;

/**
 * Real quotes, and an account that is no more than paper.
 * @param warnings what is told at the start.
 */
export function paperVenue(side: MarketSide, warnings: readonly string[]): LiveVenue {
  const { subscribe, ...market } = side;
  let account: PaperBroker | null = null;
  let told: ((push: Push) => void) | null = null;
  let failed: ((error: unknown) => void) | null = null;
  let closed = false;
  let fetching = false;
  const broker = (): PaperBroker => {
    if (account === null) throw new Error('the account on paper is not open yet');
    return account;
  };
  /** What fails here is the account, not the market. */
  const safely = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      if (failed === null) throw error;
      failed(error);
    }
  };
  /** The feed gives up a candle that has not come until the next one closes. */
  const lost = (): number => {
    const { owedFrom } = broker();
    const now = market.clock.now();
    return owedFrom === 0 || owedFrom + 2 * BASE > now ? 0 : Math.ceil((now - owedFrom) / BASE);
  };
  const fetchLost = async (): Promise<void> => {
    if (fetching) return;
    fetching = true;
    for (let tries = 0; !closed && lost() > 0; tries += 1) {
      // The exchange tells of each failure.
      // Others may come to be owed one meanwhile.
      const { owed } = broker();
      const had = await market.history(lost(), owed).catch(() => null);
      if (closed) return;
      if (had !== null) safely(() => broker().catchUp(had, owed));
      if (lost() > 0) {
        const wait = backOff(AGAIN.first, AGAIN.most, tries);
        await new Promise<void>((resolve) => market.clock.after(wait, resolve));
      }
    }
    fetching = false;
  };
  return {
    ...market,
    know: (before) => {
      market.know(before);
      broker().list(market.instruments, market.gone);
    },
    warnings,
    assumed: [
      ...market.assumed,
      ...assumedCosts(DEFAULT_COSTS),
      'all: the spread of a quote where it is wider',
    ],
    broker: later(broker, market.clock),
    account: null,
    equity: null,
    funds: async () => null,
    listen: ({ push, missed: _, failed: fails, ...listener }) => {
      told = push;
      failed = fails;
      subscribe({
        ...listener,
        bars: (bars, phase) => {
          // What was hit in the candle was hit before anybody decides on it.
          safely(() => broker().closed(bars));
          listener.bars(bars, phase);
          void fetchLost();
        },
        book: (symbol, book) => {
          safely(() => broker().quote(symbol, book));
          listener.book(symbol, book);
        },
        listed: () => {
          broker().list(market.instruments, market.gone);
          listener.listed();
        },
      });
    },
    paper: {
      open: (record) => {
        account = new PaperBroker({
          instruments: market.instruments,
          record,
          now: () => market.clock.now(),
          // In a turn of its own, as word of a real exchange comes.
          push: (push) => market.clock.after(0, () => told?.(push)),
        });
      },
      get owedFrom() {
        return broker().owedFrom;
      },
      get owed() {
        return broker().owed;
      },
      catchUp: (history, owed) => broker().catchUp(history, owed),
    },
    close: () => {
      closed = true;
      account?.[Symbol.dispose]();
      market.close();
    },
  };
}

/** A broker that is there once its account has been opened. */
function later(broker: () => PaperBroker, clock: Clock): Broker {
  const soon =
    <T>(answer: (value: T) => void) =>
    (value: T): void => {
      clock.after(0, () => answer(value));
    };
  return {
    capabilities: { amend: true },
    validityMs: 0,
    submit: (order, clientId, answer) => broker().submit(order, clientId, soon(answer)),
    cancel: (symbol, clientId, answer) => broker().cancel(symbol, clientId, soon(answer)),
    amend: (symbol, clientId, change, answer) => broker().amend(symbol, clientId, change, soon(answer)),
    lookUp: (symbol, clientId, answer) => broker().lookUp(symbol, clientId, soon(answer)),
    fillsSince: (symbol, since, answer) => broker().fillsSince(symbol, since, soon(answer)),
    idsSince: (since, answer) => broker().idsSince(since, soon(answer)),
    account: (answer) => broker().account(soon(answer)),
    acts: null,
  };
}
