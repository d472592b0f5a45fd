/**
 * The connection to the daemon, for as long as the view lives. Each round connects, says who it is, subscribes with the
 * last sequence number it has seen, and stays until the connection ends; then it says why, waits with back-off and
 * begins again. Events that came before the answer to the subscription are held until its snapshot is known, so that
 * history never overwrites the present.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { CallTimeout, type ControlClient, connect } from '../../protocol/client.ts';
import { NotReachable, RpcError } from '../../protocol/errors.ts';
import type { EventNotification, LaggedNotification, PricesNotification } from '../../protocol/events.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import { backOff } from './back-off.ts';
import type { Connection, ConnectionFailure } from './state.ts';

export interface Begun {
  readonly start: ResultOf<'events.subscribe'>;
  /** What this link had seen before: null at its first subscription. */
  readonly resumed: { readonly stream: string; readonly seq: number } | null;
}

export interface LinkOptions {
  readonly socketPath: string;
  readonly signal: AbortSignal;
  onConnection(connection: Connection): void;
  /** A subscription has begun; what follows is after its snapshot, or history up to `start.seq`. */
  onBegin(begun: Begun): void;
  onEvent(event: EventNotification): void;
  onPrices(prices: PricesNotification): void;
  /** 0 to 1, for the jitter. */
  readonly random?: () => number;
  /** Wall time, epoch ms. */
  readonly now?: () => number;
}

/** The name that the daemon records as the author of what is commanded from the view. */
const CLIENT_NAME = 'tui';

/** A daemon on the same machine that has not answered for so long is stuck. */
const CALL_TIMEOUT_MS = 10_000;

/** How many events of before the view was opened it shows. */
const HISTORY = 200;

export class Link {
  readonly #options: LinkOptions;
  readonly #now: () => number;
  readonly #random: () => number;
  #client: ControlClient | null = null;
  #seen: { stream: string; seq: number } | null = null;
  #hurry: (() => void) | null = null;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  /** The client of the present connection; null while there is none. */
  get client(): ControlClient | null {
    return this.#client;
  }

  /** Tries again at once where it waits for the next attempt. */
  hurry(): void {
    this.#hurry?.();
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    const { signal, onConnection } = this.#options;
    let attempt = 0;
    let failure: ConnectionFailure | null = null;
    while (!signal.aborted) {
      onConnection({ phase: 'connecting', attempt, failure });
      const { reached, ended } = await this.#round();
      if (signal.aborted) return;
      failure = ended;
      attempt = reached ? 1 : attempt + 1;
      const wait = backOff(attempt, this.#random);
      onConnection({ phase: 'waiting', attempt, retryAt: this.#now() + wait, failure });
      await this.#wait(wait);
    }
  }

  async #wait(ms: number): Promise<void> {
    const hurried = new AbortController();
    this.#hurry = () => hurried.abort();
    try {
      await delay(ms, undefined, { signal: AbortSignal.any([this.#options.signal, hurried.signal]) });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    } finally {
      this.#hurry = null;
    }
  }

  async #round(): Promise<{ readonly reached: boolean; readonly ended: ConnectionFailure }> {
    const { socketPath, signal } = this.#options;
    let client: ControlClient;
    try {
      client = await connect({ socketPath, client: CLIENT_NAME, timeoutMs: CALL_TIMEOUT_MS, signal });
    } catch (error) {
      return { reached: false, ended: failureOf(error) };
    }
    try {
      const lagged = await this.#follow(client);
      return { reached: true, ended: lagged ?? { kind: 'lost', message: 'the connection ended' } };
    } catch (error) {
      return { reached: false, ended: failureOf(error) };
    } finally {
      this.#client = null;
      await client.close();
    }
  }

  /** From the subscription to the end of the connection. */
  async #follow(client: ControlClient): Promise<ConnectionFailure | null> {
    const { onBegin, onEvent, onPrices, onConnection } = this.#options;
    const info = await client.call('daemon.info');
    const seen = this.#seen;
    const since = seen ?? { stream: info.stream, seq: Math.max(0, info.seq - HISTORY) };
    let held: EventNotification[] | null = [];
    let lagged: LaggedNotification | null = null;
    const take = (event: EventNotification): void => {
      if (held) {
        held.push(event);
        return;
      }
      this.#seen = { stream, seq: event.seq };
      onEvent(event);
    };
    const { start } = await client.subscribe(
      { since: since.seq, stream: since.stream },
      { onEvent: take, onLagged: (told) => (lagged = told) },
    );
    const { stream } = start;
    this.#client = client;
    this.#seen = { stream, seq: start.complete ? since.seq : start.seq };
    onConnection({
      phase: 'live',
      since: this.#now(),
      daemon: { version: info.version, instance: info.instance, pid: info.pid },
    });
    onBegin({ start, resumed: seen });
    const early = held;
    held = null;
    for (const event of early) take(event);
    // Prices are no events: they have a subscription of their own, and every topic of events has the other.
    await client.subscribe({ topics: ['price'] }, { onEvent: () => undefined, onPrices });
    const error = await client.closed;
    if (lagged !== null)
      return { kind: 'lagged', message: 'this view did not keep up: it goes on where it was cut off' };
    return { kind: 'lost', message: error === null ? 'the daemon closed the connection' : error.message };
  }
}

/** Why there is no connection, in words that say what to do. */
export function failureOf(error: unknown): ConnectionFailure {
  if (error instanceof NotReachable) {
    const code = codeOf(error.cause);
    if (code === 'EACCES' || code === 'EPERM')
      return {
        kind: 'denied',
        message: `the socket ${error.socketPath} belongs to another user: run this as the user of the daemon`,
      };
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR')
      return { kind: 'no_daemon', message: `no daemon at ${error.socketPath}` };
    return { kind: 'lost', message: 'the connection was lost' };
  }
  if (error instanceof RpcError) {
    return error.code === 'PROTOCOL_UNSUPPORTED'
      ? { kind: 'version', message: `${error.message}: ${error.hint}` }
      : { kind: 'refused', message: error.message };
  }
  if (error instanceof CallTimeout)
    return { kind: 'lost', message: 'the daemon does not answer: it may be stuck' };
  return { kind: 'lost', message: error instanceof Error ? error.message : String(error) };
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : null;
}
