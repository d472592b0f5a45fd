/** The adapter on an emulated exchange over real HTTP and WebSocket. Time stands still until it is told to pass. */
import {
  type Emulator,
  type EmulatorOptions,
  startEmulator,
} from '../../../scripts/exchange-emulator/emulator.ts';
import type { BarColumns } from '../../../src/market/bars.ts';
import type { BookSummary } from '../../../src/market/book.ts';
import { BASE, MINUTE } from '../../../src/market/time.ts';
import type { AccountBooks, Answer, LookUp, OwnFill, Push, VenueEvent } from '../../../src/venue/broker.ts';
import type { LiveAccount } from '../../../src/venue/ccxt/account.ts';
import { type CcxtVenue, openCcxtVenue } from '../../../src/venue/ccxt/venue.ts';
import { EmulatedTimer, meanwhile } from './emulated-timer.ts';

/** Where each protocol tells its time: a request that costs nothing. */
const TIME_PATHS = { bybit: '/v5/market/time', binance: '/fapi/v1/time' } as const;

export interface Bars {
  readonly closeTime: number;
  readonly phase: 'live' | 'late';
  /** By symbol: open, high, low, close, volume. */
  readonly rows: ReadonlyMap<string, readonly number[]>;
}

export interface Emulated extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly control: Emulator['control'];
  readonly venue: CcxtVenue;
  readonly account: LiveAccount;
  readonly bars: readonly Bars[];
  readonly books: ReadonlyMap<string, readonly BookSummary[]>;
  readonly feed: readonly string[];
  readonly corrected: readonly string[];
  readonly pushes: readonly Push[];
  readonly missed: () => number;
  /** How often the exchange was found to list other markets, or on other terms. */
  readonly listed: () => number;
  listen(): void;
  listenToAccount(): void;
  /** Lets time pass, `step` at a time, until it is so. @throws after so much of it. */
  until(what: string, done: () => boolean, ms?: number, step?: number): Promise<void>;
  submit(
    ...args: Parameters<LiveAccount['broker']['submit']> extends [...infer A, unknown] ? A : never
  ): Promise<Answer>;
  lookUp(symbol: string, clientId: string): Promise<LookUp>;
  amend(
    symbol: string,
    clientId: string,
    change: { quantity: string; stopPrice: string | null },
  ): Promise<Answer>;
  cancel(symbol: string, clientId: string): Promise<Answer>;
  accountBooks(): Promise<AccountBooks | null>;
  /** What the exchange did by itself since then. */
  events(since: number): Promise<readonly VenueEvent[] | null>;
  detach(symbol: string): Promise<boolean>;
  ids(since: number): Promise<readonly string[]>;
  fills(symbol: string, since: number): Promise<readonly OwnFill[] | null>;
  /** The promise's value: time passes until it is there, because the rate limit gives way only so. */
  during<T>(promise: Promise<T>): Promise<T>;
}

export async function emulated(
  options: EmulatorOptions & {
    readonly type?: 'linear' | 'spot';
    readonly graceMs?: number;
    /** Markets that are not listed at the beginning. */
    readonly unlisted?: readonly string[];
  } = {},
): Promise<Emulated> {
  const emulator = await startEmulator({ symbols: ['BTCUSDT', 'ETHUSDT'], ...options });
  const { control } = emulator;
  for (const symbol of options.unlisted ?? []) control.setListed(symbol, false);
  const timer = new EmulatedTimer(control);
  const venue = await openCcxtVenue({
    exchange: options.protocol === 'binance' ? 'binanceusdm' : 'bybit',
    type: options.type ?? 'linear',
    quote: 'USDT',
    credentials: { apiKey: emulator.apiKey, secret: emulator.secret, source: 'test' },
    urls: { rest: emulator.restUrl, wsPublic: emulator.streamUrl, wsPrivate: emulator.streamUrl },
    timer,
    reloadMs: 10 * MINUTE,
  });
  const { account } = venue;
  if (account === null) throw new Error('no account');
  const { broker } = account;
  const bars: Bars[] = [];
  const books = new Map<string, BookSummary[]>();
  const feed: string[] = [];
  const corrected: string[] = [];
  const pushes: Push[] = [];
  let missed = 0;
  let listed = 0;
  const during = <T>(promise: Promise<T>): Promise<T> =>
    meanwhile(promise, () => {
      control.advance(20);
      timer.fire();
    });
  const asked = <T>(ask: (resolve: (value: T) => void) => void): Promise<T> => during(new Promise(ask));
  const name = (symbol: number): string => venue.instruments[symbol]?.symbol ?? '?';
  return {
    emulator,
    control,
    venue,
    account,
    bars,
    books,
    feed,
    corrected,
    pushes,
    missed: () => missed,
    listed: () => listed,
    listen: () => {
      venue.onListed(() => {
        listed += 1;
      });
      venue.market.subscribe(
        {
          bars: (columns, phase) =>
            bars.push({ closeTime: columns.closeTime, phase, rows: rowsOf(columns, name) }),
          book: (symbol, book) => books.set(name(symbol), [...(books.get(name(symbol)) ?? []), book]),
          feed: (symbol, status) => feed.push(`${symbol === null ? 'all' : name(symbol)} ${status}`),
          corrected: (symbol, was, is) => corrected.push(`${name(symbol)} ${was.close} ${is.close}`),
        },
        options.graceMs ?? 10_000,
      );
    },
    listenToAccount: () =>
      account.listen({
        push: (push) => pushes.push(push),
        missed: () => {
          missed += 1;
        },
      }),
    until: async (what, done, ms = 3_600_000, step?: number) => {
      const end = control.now() + ms;
      while (!done()) {
        if (control.now() >= end) throw new Error(`${what} did not come about`);
        // Small steps where something happens, large ones between.
        const sinceClose = control.now() % BASE;
        control.advance(step ?? (sinceClose < 15_000 || sinceClose >= BASE - 10_000 ? 1_000 : 10_000));
        timer.fire();
        // A request and its answer: what the sockets had is read by then.
        await (await fetch(`${emulator.restUrl}${TIME_PATHS[options.protocol ?? 'bybit']}`)).text();
        timer.fire();
      }
    },
    submit: (order, clientId) => asked((resolve) => broker.submit(order, clientId, resolve)),
    lookUp: (symbol, clientId) => asked((resolve) => broker.lookUp(symbol, clientId, resolve)),
    amend: (symbol, clientId, change) => asked((resolve) => broker.amend(symbol, clientId, change, resolve)),
    cancel: (symbol, clientId) => asked((resolve) => broker.cancel(symbol, clientId, resolve)),
    during,
    accountBooks: () => asked((resolve) => broker.account(resolve)),
    events: (since) => asked((resolve) => broker.acts?.events(since, resolve)),
    ids: (since) =>
      asked<readonly string[] | null>((resolve) => broker.idsSince(since, resolve)).then((ids) => ids ?? []),
    fills: (symbol, since) => asked((resolve) => broker.fillsSince(symbol, since, resolve)),
    detach: (symbol) => asked((resolve) => broker.acts?.detach(symbol, () => true, resolve)),
    [Symbol.asyncDispose]: async () => {
      await venue.close();
      await emulator.stop();
    },
  };
}

function rowsOf(bars: BarColumns, name: (symbol: number) => string): ReadonlyMap<string, readonly number[]> {
  return new Map(
    Array.from({ length: bars.count }, (_, i) => [
      name(bars.symbol[i] ?? -1),
      [bars.open, bars.high, bars.low, bars.close, bars.volume].map((column) => column[i] ?? Number.NaN),
    ]),
  );
}
