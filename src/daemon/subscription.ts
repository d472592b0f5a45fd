/**
 * One subscriber's stream of events. It first reads what it missed out of the log, as fast as its socket takes
 * it, and then gets each event as it happens. A subscriber that does not read never slows the engine: what
 * its socket does not take waits here, up to a bound; past it the subscription is over and the client, which
 * knows the last event it got, subscribes again.
 */
import type { EventNotification, LaggedNotification, Topic } from '../protocol/events.ts';
import { toLine } from '../protocol/framing.ts';
import type { EventLog, PublishedEvent } from '../session/event-log.ts';

export const MAX_QUEUED_EVENTS = 256;
export const MAX_QUEUED_BYTES = 1024 * 1024;

/** Where the lines go. */
export interface Sink {
  /** False while what was written waits for the other side to read. */
  readonly ready: boolean;
  write(line: string): void;
}

export interface SubscriptionOptions {
  readonly id: number;
  readonly stream: string;
  readonly events: EventLog;
  /** null = all. */
  readonly topics: ReadonlySet<Topic> | null;
  /** The last event that the subscriber has. */
  readonly after: number;
  readonly sink: Sink;
  /** The subscriber fell behind; `lagged` is to be told to it, and nothing more. */
  readonly onLagged: (lagged: string) => void;
}

export class Subscription {
  readonly id: number;
  readonly #options: SubscriptionOptions;
  /** The last event that was sent or passed over. */
  #cursor: number;
  #catchingUp = true;
  #queue: { readonly seq: number; readonly line: string }[] = [];
  #queuedBytes = 0;
  #stop: (() => void) | null = null;

  constructor(options: SubscriptionOptions) {
    this.id = options.id;
    this.#options = options;
    this.#cursor = options.after;
  }

  get lastSeq(): number {
    return this.#cursor;
  }

  start(): void {
    this.#stop ??= this.#options.events.listen((event) => this.#onEvent(event));
    this.pump();
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  /** Sends what waits, as far as the socket takes it. */
  pump(): void {
    if (this.#stop === null) return;
    if (this.#catchingUp) this.#catchUp();
    const { sink } = this.#options;
    while (sink.ready && this.#queue.length > 0) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#queuedBytes -= next.line.length;
      this.#cursor = next.seq;
      sink.write(next.line);
    }
  }

  #catchUp(): void {
    const { events, sink } = this.#options;
    while (sink.ready) {
      if (this.#cursor >= events.seq) {
        this.#catchingUp = false;
        return;
      }
      const event = events.at(this.#cursor + 1);
      if (!event) {
        this.#lag();
        return;
      }
      this.#cursor = event.seq;
      if (this.#wants(event)) sink.write(lineOf(this.id, event));
    }
  }

  #onEvent(event: PublishedEvent): void {
    // The log has it: it is read from there in its turn.
    if (this.#catchingUp) return;
    if (!this.#wants(event)) {
      if (this.#queue.length === 0) this.#cursor = event.seq;
      return;
    }
    const { sink } = this.#options;
    const line = lineOf(this.id, event);
    if (this.#queue.length === 0 && sink.ready) {
      this.#cursor = event.seq;
      sink.write(line);
      return;
    }
    this.#queue.push({ seq: event.seq, line });
    this.#queuedBytes += line.length;
    if (this.#queue.length > MAX_QUEUED_EVENTS || this.#queuedBytes > MAX_QUEUED_BYTES) this.#lag();
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

/** One event goes to many subscribers one after another: its text is made once. */
let made: { readonly event: PublishedEvent; readonly text: string } | null = null;

function lineOf(subscription: number, event: PublishedEvent): string {
  if (made?.event !== event) {
    const params: Omit<EventNotification, 'subscription'> = event;
    made = { event, text: JSON.stringify(params).slice(1) };
  }
  return `{"jsonrpc":"2.0","method":"event","params":{"subscription":${subscription},${made.text}}\n`;
}
