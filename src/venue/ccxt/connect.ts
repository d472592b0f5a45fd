/** One instance of an exchange's class: where it sends to, whose clock it signs with, and what it may spend. */
import type { Credentials } from '../../config/credentials.ts';
import { type RequestBudget, RequestHeld } from './budget.ts';
import { mendCounts } from './counts.ts';
import type { CcxtClient, CcxtExchange } from './exchange.ts';
import { turns } from './lane.ts';
import type { ExchangeClass } from './library.ts';
import { VenueUnusable } from './unusable.ts';

/** Where an exchange is reached instead of its own addresses: an emulator, a proxy. Each an origin, with a path or none. */
export interface BaseUrls {
  readonly rest: string;
  readonly wsPublic: string;
  readonly wsPrivate: string;
}

export interface ConnectOptions {
  readonly type: 'linear' | 'spot';
  readonly quote: string;
  readonly credentials?: Credentials | undefined;
  readonly sandbox?: boolean | undefined;
  readonly urls?: BaseUrls | undefined;
  /** Decimals of answers as exact strings. */
  readonly exact: boolean;
}

/** A request that has not come back by then is given up: its fate is unknown. */
const TIMEOUT_MS = 8_000;

/** A signed request that arrives later than this is refused by the exchange. */
export const RECEIVE_WINDOW_MS = 5_000;

/** What ccxt remembers of each stream: enough for one burst, not for a history. */
const CACHES = { OHLCVLimit: 8, ordersLimit: 500, tradesLimit: 500 } as const;

/** @throws VenueUnusable where a test environment is asked for that is not there */
export function connect(exchange: ExchangeClass, options: ConnectOptions): CcxtExchange {
  const { type, quote, credentials, exact } = options;
  const instance = new exchange({
    enableRateLimit: true,
    timeout: TIMEOUT_MS,
    ...(exact ? { number: String } : {}),
    ...(credentials === undefined
      ? {}
      : {
          apiKey: credentials.apiKey,
          secret: credentials.secret,
          ...(credentials.passphrase === undefined ? {} : { password: credentials.passphrase }),
        }),
    options: {
      ...CACHES,
      defaultType: type === 'spot' ? 'spot' : 'swap',
      defaultSubType: 'linear',
      defaultSettle: quote,
      recvWindow: RECEIVE_WINDOW_MS,
      warnOnFetchOpenOrdersWithoutSymbol: false,
      // What is held is asked for by itself, each time anew.
      watchPositions: { fetchPositionsSnapshot: false },
    },
  });
  loadOnly(instance, type);
  mendCounts(instance, type);
  if (options.sandbox === true) {
    instance.setSandboxMode(true);
    // ccxt takes the test addresses also where it knows of none.
    if (!hasAddress(instance.urls.api))
      throw new VenueUnusable(
        `ccxt knows no test environment of ${instance.id}: leave out --sandbox, and \`sandbox\` in its settings`,
      );
  }
  if (options.urls !== undefined) {
    const moves = new Map<string, string>();
    instance.urls.api = moved(instance.urls.api, [], options.urls, moves);
    readErrorsAs(instance, moves);
  }
  return instance;
}

/** ccxt's words for each kind where it loads the markets of an exchange kind by kind; each exchange knows some of them. */
const KIND_WORDS = { linear: ['linear', 'swap'], spot: ['spot'] } as const;

/** Loads all kinds or none: of what comes back it takes the first for spot, whatever was asked for. */
const LOADS_ALL: ReadonlySet<string> = new Set(['bitrue']);

/** The other kinds of markets would be megabytes that nobody asks for. An unknown word may load nothing at all. */
function loadOnly(instance: CcxtExchange, type: ConnectOptions['type']): void {
  const { fetchMarkets } = instance.options;
  if (LOADS_ALL.has(instance.id) || typeof fetchMarkets !== 'object' || fetchMarkets === null) return;
  const types: unknown = Reflect.get(fetchMarkets, 'types');
  if (!Array.isArray(types)) return;
  const word = KIND_WORDS[type].find((each) => types.includes(each));
  if (word !== undefined) instance.options.fetchMarkets = { ...fetchMarkets, types: [word] };
}

/** A reply that says nothing: a page of a gateway, an empty body. It is no evidence of anything. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Requests are counted in the budget, and signed with the exchange's own time; replies have to say something. */
export function govern(instance: CcxtExchange, budget: RequestBudget, now: () => number): void {
  instance.throttle = (cost = 1) => budget.take(turns.getStore()?.lane ?? 'reads', cost);
  instance.milliseconds = now;
  const signed = instance.sign.bind(instance);
  // What is signed carries the time of it, and is good for a window from then: a process that stood still before would
  // send an order that was given up meanwhile.
  instance.sign = (...args) => {
    const request = signed(...args);
    const { until } = turns.getStore() ?? {};
    if (until !== undefined && now() > until) throw new RequestHeld(0);
    return request;
  };
  const handled = instance.handleErrors.bind(instance);
  // ccxt takes a reply that is no JSON for an empty one: an order would count as made, and one that is there as absent.
  instance.handleErrors = (status, reason, url, method, headers, body, reply, ...rest) => {
    if (status < 400 && (typeof reply !== 'object' || reply === null))
      throw new Unreadable(`${instance.id} answered ${status} and nothing that can be read`);
    return handled(status, reason, url, method, headers, body, reply, ...rest);
  };
  // A session that is to be renewed in half an hour does not keep a process from ending.
  instance.delay = (ms, method, ...args) => {
    setTimeout(() => instance.spawn(method, ...args), ms).unref();
  };
  guardConnections(instance);
}

/** Mends three things about connections, each when it is made. */
function guardConnections(instance: CcxtExchange): void {
  const client = instance.client.bind(instance);
  const guarded = new WeakSet<CcxtClient>();
  instance.client = (url) => {
    const made = client(url);
    if (guarded.has(made)) return made;
    guarded.add(made);
    guardSends(made);
    guardFutures(made);
    guardPongs(made);
    return made;
  };
}

/**
 * ccxt lets what it sends on a connection that is just closing fail with nobody to hear of it, which would end the
 * process. Whoever waits for an answer there hears of the closing itself.
 */
function guardSends(client: CcxtClient): void {
  const send = client.send.bind(client);
  client.send = (message) => {
    const sent = send(message);
    sent.catch(() => undefined);
    return sent;
  };
}

/**
 * ccxt lets some things be waited for on a connection by nobody, such as the positions on a stream of orders: when it
 * closes before they have come, their failing would end the process. Whoever does wait hears of it all the same.
 */
function guardFutures(client: CcxtClient): void {
  const future = client.future.bind(client);
  client.future = (name) => {
    const awaited = future(name);
    awaited.catch(() => undefined);
    return awaited;
  };
}

/**
 * When the other side was heard last is written in the exchange's time and compared with the machine's: a machine whose
 * clock is off would drop every connection.
 */
function guardPongs(client: CcxtClient): void {
  let heardAt: number | undefined = client.lastPong;
  Object.defineProperty(client, 'lastPong', {
    get: () => heardAt,
    set: () => {
      heardAt = Date.now();
    },
  });
}

const ORIGIN = /^(https?|wss?):\/\/[^/]+/;

/** @param moves gets where each address has come from. */
function moved(value: unknown, path: readonly string[], urls: BaseUrls, moves: Map<string, string>): unknown {
  if (typeof value === 'string') {
    if (!ORIGIN.test(value)) return value;
    const to = value.replace(ORIGIN, originFor(value, path, urls));
    moves.set(to, value);
    return to;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => [
      key,
      moved(each, [...path, key], urls, moves),
    ]),
  );
}

function hasAddress(urls: unknown): boolean {
  if (typeof urls === 'string') return true;
  return typeof urls === 'object' && urls !== null && Object.values(urls).some(hasAddress);
}

/** Where an exchange's codes mean different things at different addresses, they are read as those of the address that was moved. */
function readErrorsAs(instance: CcxtExchange, moves: ReadonlyMap<string, string>): void {
  const read: unknown = Reflect.get(instance, 'getExceptionsByUrl');
  if (typeof read !== 'function') return;
  const longestFirst = [...moves].sort(([a], [b]) => b.length - a.length);
  Reflect.set(instance, 'getExceptionsByUrl', (url: string, kind: unknown): unknown => {
    const [to, from] = longestFirst.find(([each]) => url.startsWith(each)) ?? ['', ''];
    return read.call(instance, from + url.slice(to.length), kind);
  });
}

function originFor(url: string, path: readonly string[], urls: BaseUrls): string {
  if (!url.startsWith('ws')) return urls.rest.replace(/\/$/, '');
  const isPrivate = path.some((key) => key === 'private' || key === 'trade');
  return (isPrivate ? urls.wsPrivate : urls.wsPublic).replace(/\/$/, '');
}
