/**
 * One subscriber's stream of events. It first reads what it missed out of the log, as fast as its socket takes
 * it, and then gets what happens, all events of one turn in one piece. A subscriber that does not read never slows
 * the engine: what its socket does not take waits here, up to a bound; past it the subscription is over and the
 * client, which knows the last event it got, subscribes again.
 */
import type { EventNotification, LaggedNotification, Topic } from '../protocol/events.ts';
import { toLine } from '../protocol/framing.ts';
import type { EventLog, PublishedEvent } from '../session/event-log.ts';
import type { PriceFeed } from './price-feed.ts';

export const MAX_QUEUED_EVENTS = 256;
export const MAX_QUEUED_BYTES = 1024 * 1024;

/** Written at once; more than a socket takes at a time gains nothing. */
const PIECE_BYTES = 64 * 1024;

/** Where the lines go. */
export interface Sink {
  /** False while what was written waits for the other side to read. */
  readonly ready: boolean;
  write(lines: string | Buffer): void;
}

export interface SubscriptionOptions {
  /** Among those of its connection. */
  readonly id: number;
  readonly stream: string;
  readonly events: EventLog;
  /** null = all. */
  readonly topics: ReadonlySet<Topic> | null;
  /** Prices as well, of these symbols (null = all); null = none. They are never queued and no one lags for them. */
  readonly prices: { readonly feed: PriceFeed; readonly symbols: ReadonlySet<string> | null } | null;
  /** The last event that the subscriber has. */
  readonly after: number;
  readonly sink: Sink;
  /** The subscriber fell behind; `lagged` is to be told to it, and nothing more. */
  readonly onLagged: (lagged: string) => void;
}

/** An event as it goes to every subscriber, but for the number of the subscription before it. */
interface Told {
  readonly seq: number;
  readonly text: string;
  readonly bytes: number;
}

export class Subscription {
  readonly id: number;
  readonly #options: SubscriptionOptions;
  readonly #before: string;
  /** What it asks for; those that ask alike are sent the same. */
  readonly #likeness: string;
  /** The last event that was sent or passed over. */
  #cursor: number;
  #catchingUp = true;
  #queue: Told[] = [];
  #queuedBytes = 0;
  /** The queue is to be sent at the end of this turn. */
  #due = false;
  #stop: (() => void) | null = null;
  #stopPrices: (() => void) | null = null;

  constructor(options: SubscriptionOptions) {
    this.id = options.id;
    this.#options = options;
    this.#before = `{"jsonrpc":"2.0","method":"event","params":{"subscription":${options.id},`;
    this.#likeness = `${options.id} ${options.topics === null ? 'all' : [...options.topics].sort().join()}`;
    this.#cursor = options.after;
  }

  get lastSeq(): number {
    return this.#cursor;
  }

  start(): void {
    const { events, prices, sink } = this.#options;
    this.#stop ??= events.listen((event) => this.#onEvent(event));
    if (prices !== null) this.#stopPrices ??= prices.feed.add(this.id, prices.symbols, sink);
    this.pump();
  }

  stop(): void {
    this.#stop?.();
    this.#stopPrices?.();
    this.#stop = null;
    this.#stopPrices = null;
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  /** Sends what waits, as far as the socket takes it. */
  pump(): void {
    if (this.#stop === null) return;
    if (this.#catchingUp) this.#catchUp();
    const { sink } = this.#options;
    let sent = 0;
    while (sink.ready && sent < this.#queue.length) {
      const from = sent;
      let bytes = 0;
      for (; sent < this.#queue.length && bytes < PIECE_BYTES; sent++) bytes += this.#queue[sent]?.bytes ?? 0;
      this.#queuedBytes -= bytes;
      this.#cursor = this.#queue[sent - 1]?.seq ?? this.#cursor;
      sink.write(this.#piece(from, sent));
    }
    if (sent > 0) this.#queue = this.#queue.slice(sent);
  }

  /** The lines of a part of the queue. Where many ask for the same, they are made once for all of them. */
  #piece(from: number, to: number): Buffer {
    const first = this.#queue[from];
    const last = this.#queue[to - 1];
    const count = to - from;
    if (
      piece !== null &&
      piece.likeness === this.#likeness &&
      piece.first === first &&
      piece.last === last &&
      piece.count === count
    ) {
      return piece.lines;
    }
    let text = '';
    for (let i = from; i < to; i++) text += this.#before + (this.#queue[i]?.text ?? '');
    const lines = Buffer.from(text);
    piece = { likeness: this.#likeness, first, last, count, lines };
    return lines;
  }

  #catchUp(): void {
    const { events, sink } = this.#options;
    while (sink.ready) {
      let lines = '';
      while (this.#cursor < events.seq && lines.length < PIECE_BYTES) {
        const event = events.at(this.#cursor + 1);
        if (!event) {
          if (lines !== '') sink.write(lines);
          this.#lag();
          return;
        }
        this.#cursor = event.seq;
        if (this.#wants(event)) lines += this.#before + toldOf(event).text;
      }
      if (lines !== '') sink.write(lines);
      if (this.#cursor >= events.seq) {
        this.#catchingUp = false;
        return;
      }
    }
  }

  #onEvent(event: PublishedEvent): void {
    // The log has it: it is read from there in its turn.
    if (this.#catchingUp) return;
    if (!this.#wants(event)) {
      if (this.#queue.length === 0) this.#cursor = event.seq;
      return;
    }
    const told = toldOf(event);
    this.#queue.push(told);
    this.#queuedBytes += told.bytes;
    if (this.#isFull) this.pump();
    if (this.#isFull) this.#lag();
    else this.#sendSoon();
  }

  get #isFull(): boolean {
    return this.#queue.length > MAX_QUEUED_EVENTS || this.#queuedBytes > MAX_QUEUED_BYTES;
  }

  /** At the end of the turn: a close time brings several events, and a write costs more than all of their text. */
  #sendSoon(): void {
    if (this.#due || !this.#options.sink.ready) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.pump();
    });
  }

  #lag(): void {
    const { id, stream, onLagged } = this.#options;
    const params: LaggedNotification = { subscription: id, lastSeq: this.#cursor, stream };
    this.stop();
    onLagged(toLine({ jsonrpc: '2.0', method: 'events.lagged', params }));
  }

  #wants(event: PublishedEvent): boolean {
    const { topics } = this.#options;
    return topics === null || topics.has(event.event.type);
  }
}

interface Piece {
  readonly likeness: string;
  readonly first: Told | undefined;
  readonly last: Told | undefined;
  readonly count: number;
  readonly lines: Buffer;
}

/** What was sent last. The same events lie between the same ends for all that ask alike. */
let piece: Piece | null = null;

/** One event goes to many subscribers one after another: its text is made once. */
let made: { readonly event: PublishedEvent; readonly told: Told } | null = null;

function toldOf(event: PublishedEvent): Told {
  if (made?.event !== event) {
    const params: Omit<EventNotification, 'subscription'> = event;
    const text = `${JSON.stringify(params).slice(1)}}\n`;
    made = { event, told: { seq: event.seq, text, bytes: Buffer.byteLength(text) } };
  }
  return made.told;
}
