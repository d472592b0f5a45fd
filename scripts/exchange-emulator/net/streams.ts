/** The WebSocket side: every push goes through the rules of what is to go wrong. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { VenueClock } from '../clock.ts';
import type { PushFault, Rules } from '../faults/rules.ts';
import type { Outbox } from './outbox.ts';
import type { Protocol, Stream } from './protocol.ts';

interface HeldPush {
  behind: number;
  readonly text: string;
}

class Connection implements Stream {
  readonly path: string;
  readonly id: string;
  readonly #socket: WebSocket;
  readonly #streams: Streams;
  readonly topics = new Set<string>();
  #held: HeldPush[] = [];

  constructor(path: string, id: string, socket: WebSocket, streams: Streams) {
    this.path = path;
    this.id = id;
    this.#socket = socket;
    this.#streams = streams;
  }

  push(topic: string, message: unknown): void {
    const text = JSON.stringify(message);
    this.#streams.outbox.put(() => this.#send(topic, text));
  }

  subscribed(topic: string): void {
    this.topics.add(topic);
    this.#streams.look();
  }

  unsubscribed(topic: string): void {
    this.topics.delete(topic);
  }

  close(): void {
    this.#socket.terminate();
  }

  #send(topic: string, text: string): void {
    const fault = this.#streams.rules.strike(topic);
    switch (fault?.kind) {
      case undefined:
        this.#write(text);
        return;
      case 'drop-push':
        return;
      case 'duplicate-push':
        this.#write(text);
        this.#write(text);
        return;
      case 'delay-push':
        this.#streams.clock.after(fault.ms, () => this.#write(text));
        return;
      case 'hold-push':
        this.#held.push({ behind: fault.behind, text });
    }
  }

  #write(text: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) {
      this.#streams.traffic += 1;
      this.#socket.send(text);
    }
    for (const held of this.#held) held.behind -= 1;
    const due = this.#held.filter(({ behind }) => behind <= 0);
    if (due.length === 0) return;
    this.#held = this.#held.filter(({ behind }) => behind > 0);
    for (const { text: late } of due) this.#write(late);
  }
}

export class Streams {
  /** True: no connection is taken. */
  refuse = false;
  /** Messages and connections so far, either way. */
  traffic = 0;
  readonly rules: Rules<PushFault>;
  readonly clock: VenueClock;
  readonly outbox: Outbox;
  readonly #protocol: Protocol;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #open = new Set<Connection>();
  #made = 0;
  #waiting: (() => void)[] = [];

  constructor(protocol: Protocol, rules: Rules<PushFault>, clock: VenueClock, outbox: Outbox) {
    this.#protocol = protocol;
    this.rules = rules;
    this.clock = clock;
    this.outbox = outbox;
  }

  get open(): readonly string[] {
    return [...this.#open].map(({ path }) => path);
  }

  /** Resolves once a stream whose path holds `match` is to be told all of `topics`. */
  whenSubscribed(match: string, topics: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        const found = [...this.#open].some(
          (one) => one.path.includes(match) && topics.every((topic) => one.topics.has(topic)),
        );
        if (found) resolve();
        else this.#waiting.push(look);
      };
      look();
    });
  }

  /** Something has changed that somebody may wait for. */
  look(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  }

  /** Breaks the connections whose path holds `match`. Returns how many. */
  close(match: string): number {
    const broken = [...this.#open].filter(({ path }) => path.includes(match));
    for (const connection of broken) connection.close();
    return broken.length;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.traffic += 1;
    if (this.refuse) return void socket.destroy();
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#made += 1;
      const connection = new Connection(request.url ?? '/', `c${this.#made}`, webSocket, this);
      this.#open.add(connection);
      const handler = this.#protocol.connect(connection);
      if (handler === null) {
        this.#open.delete(connection);
        webSocket.close(1008, 'no such stream');
        return;
      }
      webSocket.on('message', (data) => {
        this.traffic += 1;
        handler.message(data.toString());
      });
      webSocket.on('error', () => webSocket.terminate());
      webSocket.on('close', () => {
        this.traffic += 1;
        this.#open.delete(connection);
        handler.closed();
      });
    });
  }

  stop(): void {
    this.close('');
    this.#server.close();
  }
}
