import { type ControlClient, connect } from './client.ts';
import { NotReachable } from './errors.ts';
import type {
  EventNotification,
  LaggedNotification,
  PricesNotification,
  SubscriptionTopic,
} from './events.ts';
import type { ResultOf } from './methods.ts';

export interface FollowOptions {
  readonly socketPath: string;
  readonly client?: string;
  /** Every topic of events when missing; `price` must be named. */
  readonly topics?: readonly SubscriptionTopic[];
  /** With topic `price`: prices of these alone. */
  readonly symbols?: readonly string[];
  readonly since?: number;
  /** The stream that `since` belongs to. */
  readonly stream?: string;
  readonly signal?: AbortSignal;
  /** Called at each (re)subscription; `complete: false` means that events in between are gone. */
  onStart?(start: ResultOf<'events.subscribe'>): void;
  /** With topic `price`, between events. Nothing more is taken before it is done. */
  onPrices?(prices: PricesNotification): void | Promise<void>;
}

type Item =
  | { readonly event: EventNotification }
  | { readonly prices: PricesNotification }
  | { readonly end: Error | LaggedNotification | null };

/** More than this is not held for whoever takes the events: it waits with the daemon, which has a bound of its own. */
const MAX_HELD = 512;

/**
 * Events, without end and in order. Whoever is slow to take them makes the daemon wait, not this process hold them.
 * Falling behind is not fatal: it subscribes again where it stopped.
 * Ends when the signal aborts.
 * @throws NotReachable when the daemon goes away; RpcError what the daemon refuses.
 */
export async function* follow(options: FollowOptions): AsyncGenerator<EventNotification, void, void> {
  let since = options.since;
  let stream = options.stream;
  for (;;) {
    const client = await connectUnlessAborted(options);
    if (client === null) return;
    try {
      const items = new ItemQueue(client);
      const { start } = await client.subscribe(
        {
          ...(options.topics && { topics: options.topics }),
          ...(options.symbols && { symbols: options.symbols }),
          ...(since !== undefined && { since }),
          ...(stream !== undefined && { stream }),
        },
        {
          onEvent: (event) => items.put({ event }),
          onPrices: (prices) => items.put({ prices }),
          onLagged: (lagged) => items.put({ end: lagged }),
        },
      );
      client.closed.then((error) => items.put({ end: error }));
      stream = start.stream;
      since ??= start.seq;
      if (!start.complete) since = start.seq;
      options.onStart?.(start);
      const ended = yield* drain(items, options, (seq) => {
        since = seq;
      });
      if (ended !== null && !(ended instanceof Error)) since = ended.lastSeq;
      else if (options.signal?.aborted) return;
      // The daemon does not wait for ever with its last words for a client that does not read them.
      else if (!items.heldUp) throw lost(client, ended);
    } finally {
      await client.close();
    }
  }
}

async function connectUnlessAborted(options: FollowOptions): Promise<ControlClient | null> {
  try {
    return await connect(options);
  } catch (error) {
    if (options.signal?.aborted) return null;
    throw error;
  }
}

async function* drain(
  items: ItemQueue,
  { onPrices }: FollowOptions,
  seen: (seq: number) => void,
): AsyncGenerator<EventNotification, Error | LaggedNotification | null, void> {
  for (;;) {
    const next = await items.take();
    if ('end' in next) return next.end;
    if ('prices' in next) {
      await onPrices?.(next.prices);
      continue;
    }
    seen(next.event.seq);
    yield next.event;
  }
}

function lost(client: ControlClient, error: Error | null): NotReachable {
  return new NotReachable(client.socketPath, error?.message ?? 'the daemon closed the connection', error);
}

class ItemQueue {
  readonly #client: ControlClient;
  #items: Item[] = [];
  #wake: (() => void) | null = null;
  #paused = false;
  #heldUp = false;

  constructor(client: ControlClient) {
    this.#client = client;
  }

  /** The daemon has had to wait for this client. */
  get heldUp(): boolean {
    return this.#heldUp;
  }

  put(entry: Item): void {
    this.#items.push(entry);
    if (this.#items.length > MAX_HELD && !this.#paused) {
      this.#paused = true;
      this.#heldUp = true;
      this.#client.pause();
    }
    this.#wake?.();
  }

  async take(): Promise<Item> {
    for (;;) {
      const next = this.#items.shift();
      if (next) return next;
      if (this.#paused) {
        this.#paused = false;
        this.#client.resume();
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
