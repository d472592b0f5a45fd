/** Joins the link and the reader to the store: the only place where what comes over the socket becomes state. */
import type { ControlClient } from '../../protocol/client.ts';
import type { EventNotification, PricesNotification } from '../../protocol/events.ts';
import { Store, type StoreOptions } from './external-store.ts';
import { type Begun, Link } from './link.ts';
import { Reader } from './reader.ts';
import type { About, ReadName } from './reads.ts';
import * as reduce from './reduce.ts';
import { type Connection, initialState, type ViewState } from './state.ts';

export interface FeedOptions extends StoreOptions {
  readonly socketPath: string;
  /** Wall time, epoch ms. */
  readonly now?: () => number;
  readonly random?: () => number;
}

const TICK_MS = 1_000;

export class Feed implements AsyncDisposable {
  readonly store: Store<ViewState>;
  readonly #link: Link;
  readonly #reader: Reader;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  readonly #ticker: NodeJS.Timeout;
  readonly #now: () => number;
  #events: EventNotification[] = [];
  #prices: PricesNotification[] = [];
  /** Events up to here were in the snapshot already. */
  #history = 0;

  constructor({ socketPath, now = Date.now, random, ...pace }: FeedOptions) {
    this.#now = now;
    this.store = new Store(initialState(now()), pace);
    this.store.beforeTelling(() => this.#gather());
    this.#link = new Link({
      socketPath,
      signal: this.#end.signal,
      now,
      ...(random && { random }),
      onConnection: (connection) => this.#connection(connection),
      onBegin: (begun) => this.#begin(begun),
      onEvent: (event) => {
        this.#events.push(event);
        this.#reader.changed(event.event.type);
        if (reduce.isUrgent(event.event)) this.store.hurry();
        else this.store.schedule();
      },
      onPrices: (prices) => {
        this.#prices.push(prices);
        this.store.schedule();
      },
    });
    this.#reader = new Reader({
      client: () => this.#link.client,
      onAnswer: (name, data) => {
        // In the order in which they came: what an event said before this answer is in it.
        this.#gather();
        this.store.update((state) => reduce.applyRead(state, name, data, now()));
      },
      onFailure: (name, message) =>
        this.store.update((state) => reduce.applyReadFailure(state, name, message)),
    });
    this.#ticker = setInterval(() => {
      this.store.update((state) => reduce.tick(state, now()));
    }, TICK_MS);
    this.#running = this.#link.run();
  }

  /** The client of the present connection; null while there is none. */
  get client(): ControlClient | null {
    return this.#link.client;
  }

  /** What the screen needs from now on. */
  want(names: ReadonlySet<ReadName>, about: About): void {
    this.#reader.want(names, about);
  }

  /** Tries again at once where the next attempt is waited for. */
  reconnect(): void {
    this.#link.hurry();
  }

  /** Has something said in the event log, at once. */
  notice(...[tone, text]: [tone: Parameters<typeof reduce.notice>[1], text: string]): void {
    // In the venue's time, like the events it stands among.
    this.store.update((state) => reduce.notice(state, tone, text, state.status?.at ?? this.#now()));
  }

  #gather(): void {
    const [events, prices] = [this.#events, this.#prices];
    if (events.length === 0 && prices.length === 0) return;
    this.#events = [];
    this.#prices = [];
    const at = this.#now();
    this.store.update((state) =>
      reduce.heard(reduce.applyPrices(reduce.applyEvents(state, events, this.#history), prices), at),
    );
  }

  #connection(connection: Connection): void {
    this.#gather();
    const before = this.store.latest.connection;
    this.store.update((state) => reduce.applyConnection(reduce.tick(state, this.#now()), connection));
    this.store.hurry();
    if (connection.phase === 'waiting' && before.phase === 'connecting' && before.failure === null)
      this.notice('warn', connection.failure.message);
    if (connection.phase === 'waiting' && connection.attempt === 1 && before.phase === 'live')
      this.notice('bad', `connection lost: ${connection.failure.message}`);
  }

  #begin({ start, resumed }: Begun): void {
    this.#gather();
    const { stream, seq, complete } = start;
    this.store.update((state) => reduce.heard(reduce.applySnapshot(state, start), this.#now()));
    this.#history = seq;
    this.#reader.restart();
    if (resumed === null) return;
    if (resumed.stream !== stream)
      this.notice('warn', 'the daemon was restarted meanwhile: what happened in between is not listed here');
    else if (complete) this.notice('good', `connected again, nothing missed (event ${seq})`);
    else this.notice('warn', `connected again; events ${resumed.seq + 1} to ${seq} are no longer held`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ticker);
    this.#reader[Symbol.dispose]();
    this.#end.abort();
    await this.#running;
    this.store[Symbol.dispose]();
  }
}
