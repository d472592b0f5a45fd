/**
 * The client of the control socket. It knows the method table by type only, so that a short command loads
 * neither the schemas nor anything else of the daemon.
 */
import { connect as connectSocket, type Socket } from 'node:net';
import jsonRpc, { type JSONRPCResponse } from 'json-rpc-2.0';
import { AnswerLost, NotReachable, RpcError } from './errors.ts';
import type {
  EventNotification,
  LaggedNotification,
  PricesNotification,
  SubscriptionTopic,
} from './events.ts';
import { LineSplitter, MAX_ANSWER_BYTES, parseLine, toLine } from './framing.ts';
import type { MethodName, ParamsOf, ResultOf } from './methods.ts';
import { PROTOCOL } from './version.ts';

export interface ConnectOptions {
  readonly socketPath: string;
  /** A short name (a-z, 0-9, _, -) for who is asking, e.g. `cli`; recorded as the author of commands. */
  readonly client?: string;
  /** Bound on connecting and on each call, unless the call has its own. Default 60 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface CallOptions {
  readonly timeoutMs?: number;
}

export interface SubscribeOptions {
  /** Every topic of events when missing; `price` must be named. */
  readonly topics?: readonly SubscriptionTopic[];
  /** With topic `price`: prices of these alone. */
  readonly symbols?: readonly string[];
  /** Send what came after this sequence number first. */
  readonly since?: number;
  /** The stream that `since` belongs to. */
  readonly stream?: string;
}

export interface SubscriptionHandlers {
  /** Called in order of `seq`. */
  onEvent(event: EventNotification): void;
  /** With topic `price`: the newest price of each symbol that changed since the last call, at most once in 100 ms. */
  onPrices?(prices: PricesNotification): void;
  /** The daemon gave the subscription up because this client did not keep up; the connection closes. */
  onLagged?(lagged: LaggedNotification): void;
}

export interface Subscription {
  readonly id: number;
  /** Everything the daemon answered: stream, sequence number, snapshot. */
  readonly start: ResultOf<'events.subscribe'>;
  unsubscribe(): Promise<void>;
}

/** The daemon did not answer a call in time. Whether it carried the call out is not known. */
export class CallTimeout extends Error {
  override readonly name = 'CallTimeout';
}

type CallArguments<M extends MethodName> =
  Record<string, never> extends ParamsOf<M>
    ? [params?: ParamsOf<M>, options?: CallOptions]
    : [params: ParamsOf<M>, options?: CallOptions];

const DEFAULT_TIMEOUT_MS = 60_000;

/** How long a close waits for the daemon to end its half before the socket is torn down. */
const CLOSE_GRACE_MS = 1_000;

/**
 * Connects to a daemon.
 * @throws NotReachable when nothing answers at the path; the signal's reason when aborted.
 */
export async function connect(options: ConnectOptions): Promise<ControlClient> {
  const { socketPath, signal } = options;
  signal?.throwIfAborted();
  const socket = connectSocket(socketPath);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no connection after ${timeoutMs} ms`)), timeoutMs);
      const abort = (): void => reject(signal?.reason);
      const settle = (finish: () => void) => (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        finish();
      };
      signal?.addEventListener('abort', abort, { once: true });
      socket.once('connect', settle(resolve));
      socket.once('error', (error) => settle(() => reject(error))());
    });
  } catch (error) {
    socket.destroy();
    signal?.throwIfAborted();
    throw new NotReachable(socketPath, reasonOf(error), error);
  }
  const client = new ControlClient(socket, socketPath, timeoutMs);
  if (options.client !== undefined) client.introduce(options.client);
  if (signal) {
    const abort = (): void => client.destroy();
    signal.addEventListener('abort', abort, { once: true });
    client.closed.then(() => signal.removeEventListener('abort', abort));
  }
  return client;
}

export class ControlClient implements AsyncDisposable {
  readonly socketPath: string;
  /** Resolves once the connection is over, with what ended it, or null when it was closed in order. */
  readonly closed: Promise<Error | null>;
  readonly #socket: Socket;
  readonly #rpc: jsonRpc.JSONRPCClient;
  readonly #timeoutMs: number;
  readonly #splitter = new LineSplitter(MAX_ANSWER_BYTES);
  readonly #subscriptions = new Map<number, SubscriptionHandlers>();
  /** Notifications may follow the answer to a subscribe within the same chunk, before its promise has run. */
  #early: Early[] = [];
  #subscribing = 0;
  #nextId = 1;
  #over: Error | null = null;
  /** What the daemon last said to the connection as a whole, in most cases why it closes it. */
  #dismissal: RpcError | null = null;

  constructor(socket: Socket, socketPath: string, timeoutMs = DEFAULT_TIMEOUT_MS) {
    this.socketPath = socketPath;
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    this.#rpc = new jsonRpc.JSONRPCClient((payload) => {
      this.#socket.write(toLine(payload));
    });
    this.closed = new Promise((resolve) => {
      let failure: Error | null = null;
      socket.on('error', (error) => {
        failure = error;
      });
      socket.once('close', () => {
        this.#over = failure ?? this.#over ?? new Error('the connection is closed');
        this.#rpc.rejectAllPendingRequests(CONNECTION_LOST);
        resolve(failure);
      });
    });
    socket.on('data', (chunk) => this.#receive(chunk));
  }

  /**
   * Calls a method.
   * @throws RpcError what the daemon refuses; NotReachable when the connection is away; AnswerLost when it goes away
   * before the answer; CallTimeout.
   */
  async call<M extends MethodName>(method: M, ...[params, options]: CallArguments<M>): Promise<ResultOf<M>> {
    return this.#request<ResultOf<M>>(method, params ?? {}, options?.timeoutMs ?? this.#timeoutMs);
  }

  /**
   * Calls a method of whatever daemon is there, known to this build or not.
   * @throws as `call`.
   */
  async request(method: string, params: object, options?: CallOptions): Promise<unknown> {
    return this.#request<unknown>(method, params, options?.timeoutMs ?? this.#timeoutMs);
  }

  /** Subscribes to events; handlers are called in order, first what `since` asks for, then live. */
  async subscribe(options: SubscribeOptions, handlers: SubscriptionHandlers): Promise<Subscription> {
    const params: ParamsOf<'events.subscribe'> = {
      ...(options.topics && { topics: [...options.topics] }),
      ...(options.symbols && { symbols: [...options.symbols] }),
      ...(options.since !== undefined && { since: options.since }),
      ...(options.stream !== undefined && { stream: options.stream }),
    };
    this.#subscribing++;
    let start: ResultOf<'events.subscribe'>;
    try {
      start = await this.call('events.subscribe', params);
    } finally {
      this.#subscribing--;
    }
    const id = start.subscription;
    this.#subscriptions.set(id, handlers);
    const early = this.#early.filter(({ params }) => params.subscription === id);
    this.#early = this.#subscribing > 0 ? this.#early.filter(({ params }) => params.subscription !== id) : [];
    for (const notification of early) hand(notification, handlers);
    return {
      id,
      start,
      unsubscribe: async () => {
        this.#subscriptions.delete(id);
        await this.call('events.unsubscribe', { subscription: id });
      },
    };
  }

  /**
   * Tells the daemon who is asking and what it speaks, without waiting for its answer: a daemon that speaks another
   * protocol refuses the calls that follow with PROTOCOL_UNSUPPORTED.
   */
  introduce(client: string): void {
    this.#rpc.notify('daemon.hello', { client, protocol: PROTOCOL });
  }

  /** Reads nothing more for now: what the daemon has to say waits with it, as far as it holds that. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the connection in order. Calls still open end in NotReachable. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_GRACE_MS);
    this.#socket.end();
    await this.closed;
    clearTimeout(timer);
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #request<R>(method: string, params: object, timeoutMs: number): Promise<R> {
    if (this.#over || !this.#socket.writable) {
      throw this.#dismissal ?? new NotReachable(this.socketPath, this.#over?.message ?? CONNECTION_LOST);
    }
    const id = this.#nextId++;
    const response: JSONRPCResponse = await this.#rpc
      .timeout(timeoutMs, (of) => ({ jsonrpc: '2.0', id: of, error: { code: 0, message: TIMED_OUT } }))
      .requestAdvanced({ jsonrpc: '2.0', id, method, params });
    if (response.error === undefined) return response.result;
    if (response.error.message === TIMED_OUT) {
      throw new CallTimeout(`${method}: no answer from ${this.socketPath} within ${timeoutMs} ms`);
    }
    if (response.error.message === CONNECTION_LOST) {
      throw this.#dismissal ?? new AnswerLost(this.socketPath, method);
    }
    throw RpcError.fromWire(response.error);
  }

  #receive(chunk: Buffer): void {
    try {
      for (const line of this.#splitter.push(chunk)) this.#dispatch(parseLine(line));
    } catch (error) {
      this.#over = error instanceof Error ? error : new Error(String(error));
      this.#socket.destroy(this.#over);
    }
  }

  #dispatch(message: unknown): void {
    if (isNotification(message, 'event') || isNotification(message, 'prices')) this.#told(message);
    else if (isNotification(message, 'events.lagged')) this.#lagged(message.params);
    else if (isResponse(message)) this.#answered(message);
    // Anything else is a notification that only a newer daemon sends.
  }

  #told(notification: Early): void {
    const handlers = this.#subscriptions.get(notification.params.subscription);
    if (handlers) hand(notification, handlers);
    else if (this.#subscribing > 0) this.#early.push(notification);
    // Otherwise it was on its way when its subscription ended.
  }

  #answered(response: JSONRPCResponse): void {
    if (response.id === null && response.error) {
      // Every call of ours has an id: what is said to none of them is said to the connection, and ends them all.
      this.#dismissal = RpcError.fromWire(response.error);
      this.#rpc.rejectAllPendingRequests(CONNECTION_LOST);
      return;
    }
    this.#dismissal = null;
    this.#rpc.receive(response);
  }

  #lagged(lagged: LaggedNotification): void {
    const handlers = this.#subscriptions.get(lagged.subscription);
    this.#subscriptions.delete(lagged.subscription);
    handlers?.onLagged?.(lagged);
  }
}

const CONNECTION_LOST = 'the connection was lost';
const TIMED_OUT = 'timed out';

interface Notifications {
  event: EventNotification;
  prices: PricesNotification;
  'events.lagged': LaggedNotification;
}

type Notification<K extends keyof Notifications> = { readonly method: K; readonly params: Notifications[K] };
/** What a subscription brings for as long as it lasts. */
type Early = Notification<'event'> | Notification<'prices'>;

function hand(notification: Early, handlers: SubscriptionHandlers): void {
  if (notification.method === 'event') handlers.onEvent(notification.params);
  else handlers.onPrices?.(notification.params);
}

/** The daemon validates what it sends, so the client takes a known notification at its word. */
function isNotification<K extends keyof Notifications>(
  message: unknown,
  method: K,
): message is Notification<K> {
  return typeof message === 'object' && message !== null && 'method' in message && message.method === method;
}

function isResponse(message: unknown): message is JSONRPCResponse {
  return (
    typeof message === 'object' &&
    message !== null &&
    'id' in message &&
    ('result' in message || 'error' in message)
  );
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no socket';
  if (code === 'ECONNREFUSED') return 'nobody listens on it';
  if (code === 'EACCES') return 'it belongs to another user (sudo, or --socket with one of your own)';
  return error instanceof Error ? error.message : String(error);
}
