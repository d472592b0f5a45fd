import type { Broker, Push } from '../../venue/broker.ts';
import { PaperBroker } from '../../venue/paper/paper-broker.ts';
import { assumedCosts } from '../../venue/simulated/costs.ts';
import { DEFAULT_COSTS } from '../../venue/simulated/matching.ts';
import type { Clock } from './clock.ts';
import type { LiveVenue } from './live-venue.ts';
import type { MarketSide } from './market-side.ts';

/** Real quotes, and an account that is no more than paper. */
export function paperVenue(side: MarketSide): LiveVenue {
  const { subscribe, ...market } = side;
  let account: PaperBroker | null = null;
  let told: ((push: Push) => void) | null = null;
  const broker = (): PaperBroker => {
    if (account === null) throw new Error('the account on paper is not open yet');
    return account;
  };
  return {
    ...market,
    know: (before) => {
      market.know(before);
      broker().list(market.instruments, market.gone);
    },
    warnings: [],
    assumed: [...market.assumed, ...assumedCosts(DEFAULT_COSTS)],
    broker: later(broker, market.clock),
    account: null,
    equity: null,
    free: async () => null,
    listen: ({ push, missed: _, ...listener }) => {
      told = push;
      subscribe({
        ...listener,
        book: (symbol, book) => {
          broker().quote(symbol, book);
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
      get metTo() {
        return broker().metTo;
      },
      missed: (bars) => broker().missed(bars),
    },
    close: () => {
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
