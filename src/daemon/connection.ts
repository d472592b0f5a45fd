import type { Socket } from 'node:net';
import { RpcError } from '../protocol/errors.ts';
import { LineSplitter, LineTooLong, toLine } from '../protocol/framing.ts';
import { Allowance } from './allowance.ts';
import type { Call, Dispatcher } from './dispatcher.ts';
import type { Sink, Subscription } from './subscription.ts';

/** What a connection that is being closed has to take its last lines. */
const FAREWELL_MS = 5_000;

export const MAX_SUBSCRIPTIONS = 8;

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly dispatcher: Dispatcher<Connection>;
  /** A line that has begun must end within this. */
  readonly halfLineMs: number;
}

/** One client. What it does not read it must not make the daemon hold: while answers wait, it is not listened to. */
export class Connection implements Sink {
  /** The name it gave itself: the author of its commands. */
  client = 'socket';
  readonly subscriptions = new Map<number, Subscription>();
  /** Resolves once the socket is closed. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #dispatcher: Dispatcher<Connection>;
  readonly #halfLineMs: number;
  readonly #splitter = new LineSplitter();
  readonly #allowance = new Allowance();
  #halfLine: NodeJS.Timeout | null = null;
  #farewell: NodeJS.Timeout | null = null;

  constructor(options: ConnectionOptions) {
    const { socket } = options;
    this.#socket = socket;
    this.#dispatcher = options.dispatcher;
    this.#halfLineMs = options.halfLineMs;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#release();
        resolve();
      });
    });
    // A client that goes away in the middle is no failure of ours; `close` follows.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => {
      socket.resume();
      for (const subscription of this.subscriptions.values()) subscription.pump();
    });
  }

  get ready(): boolean {
    return this.#socket.writable && !this.#socket.writableNeedDrain;
  }

  write(line: string): void {
    if (this.#socket.writable) this.#socket.write(line);
  }

  /** Says a last line, if any, and closes; at once when the other side does not take it in time. */
  end(line = ''): void {
    this.#release();
    this.#socket.end(line);
    this.#farewell ??= setTimeout(() => this.#socket.destroy(), FAREWELL_MS);
    if (this.#socket.destroyed) this.#release();
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    let lines = 0;
    try {
      for (const line of this.#splitter.push(chunk)) {
        lines += 1;
        this.#handle(line);
      }
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error;
      this.#giveUp(RpcError.of('LINE_TOO_LONG', error.message));
      return;
    }
    this.#watchHalfLine(lines > 0);
  }

  async #handle(line: Buffer): Promise<void> {
    const after: (() => void)[] = [];
    const call: Call<Connection> = {
      peer: this,
      allowance: this.#allowance,
      after: (task) => after.push(task),
    };
    const response = await this.#dispatcher.dispatch(line, call);
    if (response !== null) {
      this.write(toLine(response));
      if (this.#socket.writableNeedDrain) this.#socket.pause();
    }
    for (const task of after) task();
  }

  /** Bytes that dribble in do not extend the time of their line. */
  #watchHalfLine(newLine: boolean): void {
    if (this.#halfLine && (newLine || this.#splitter.pending === 0)) {
      clearTimeout(this.#halfLine);
      this.#halfLine = null;
    }
    if (this.#splitter.pending === 0 || this.#halfLine) return;
    this.#halfLine = setTimeout(() => {
      this.#giveUp(RpcError.of('LINE_TIMEOUT', `a line was not finished within ${this.#halfLineMs} ms`));
    }, this.#halfLineMs);
  }

  /** The stream cannot be trusted any further. */
  #giveUp(error: RpcError): void {
    this.#socket.removeAllListeners('data');
    this.#socket.resume();
    this.end(toLine({ jsonrpc: '2.0', id: null, error: error.toWire() }));
  }

  #release(): void {
    if (this.#halfLine) clearTimeout(this.#halfLine);
    if (this.#farewell) clearTimeout(this.#farewell);
    this.#halfLine = null;
    this.#farewell = null;
    for (const subscription of this.subscriptions.values()) subscription.stop();
    this.subscriptions.clear();
  }
}
