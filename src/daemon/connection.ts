import type { Socket } from 'node:net';
import { RpcError } from '../protocol/errors.ts';
import { LineSplitter, LineTooLong, toLine } from '../protocol/framing.ts';
import type { Access, Allowance } from './allowance.ts';
import type { Call, Dispatcher } from './dispatcher.ts';
import type { Sink, Subscription } from './subscription.ts';

/** What a connection that is being closed has to take its last lines. */
const FAREWELL_MS = 5_000;

export const MAX_SUBSCRIPTIONS = 8;

/** Requests taken from one connection before the engine and the other connections have their turn. */
const LINES_PER_TURN = 32;

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly dispatcher: Dispatcher<Connection>;
  readonly access: Access;
  readonly allowance: Allowance;
  /** A line that has begun must end within this. */
  readonly halfLineMs: number;
}

/**
 * One client. What it does not read it must not make the daemon hold: while an answer waits, nothing more is taken
 * from it, and what it has sent stays in its own buffers but for one chunk. Its requests begin in the order they
 * came and run side by side; one that finishes at once is answered before the next begins.
 */
export class Connection implements Sink {
  /** The name it gave itself: the author of its commands. */
  client = 'socket';
  readonly subscriptions = new Map<number, Subscription>();
  readonly access: Access;
  /** Resolves once the socket is closed. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #dispatcher: Dispatcher<Connection>;
  readonly #halfLineMs: number;
  readonly #splitter = new LineSplitter();
  readonly #allowance: Allowance;
  /** Whole lines that came and have not had their turn. */
  #lines: Buffer[] = [];
  #working = false;
  /** An answer waits for the other side to read: until then no request is taken. Events that wait do not count. */
  #unread = false;
  #paused = false;
  /** Lines under way: begun, and their answer not written. */
  #begun = 0;
  /** Its last request came, or it connected, then. */
  #heardAt = performance.now();
  /** It has said its last byte. */
  #silent = false;
  /** Ends the connection once the lines before it are through. */
  #fault: RpcError | null = null;
  #ending = false;
  #halfLine: NodeJS.Timeout | null = null;
  #farewell: NodeJS.Timeout | null = null;

  constructor(options: ConnectionOptions) {
    const { socket } = options;
    this.#socket = socket;
    this.#dispatcher = options.dispatcher;
    this.access = options.access;
    this.#allowance = options.allowance;
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
    socket.on('end', () => {
      this.#silent = true;
      this.#endWhenAnswered();
    });
    socket.on('drain', () => {
      this.#unread = false;
      this.#work();
      for (const subscription of this.subscriptions.values()) subscription.pump();
    });
  }

  get ready(): boolean {
    return this.#socket.writable && !this.#socket.writableNeedDrain;
  }

  /** Its last words are said; it counts no longer. */
  get ending(): boolean {
    return this.#ending;
  }

  /** Milliseconds without a request, or null while it has a request under way or listens to events. */
  get idleMs(): number | null {
    if (this.#ending || this.#begun > 0 || this.subscriptions.size > 0) return null;
    return performance.now() - this.#heardAt;
  }

  write(line: string | Buffer): void {
    if (this.#socket.writable) this.#socket.write(line);
  }

  /** Says a last line, if any, and closes; at once when the other side does not take it in time. */
  end(line = ''): void {
    this.#release();
    if (this.#ending) return;
    this.#ending = true;
    this.#lines = [];
    this.#socket.end(line);
    // What still comes is read and thrown away, so that the other side gets as far as reading the last line.
    this.#listen();
    if (!this.#socket.destroyed) this.#farewell = setTimeout(() => this.#socket.destroy(), FAREWELL_MS);
  }

  /** Says why, and closes: the stream cannot be trusted any further, or its place is needed. */
  giveUp(error: RpcError): void {
    this.end(toLine({ jsonrpc: '2.0', id: null, error: error.toWire() }));
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#ending) return;
    try {
      for (const line of this.#splitter.push(chunk)) {
        this.#forgetHalfLine();
        if (isBlank(line)) continue;
        this.#heardAt = performance.now();
        this.#lines.push(line);
      }
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error;
      this.#fault = RpcError.of('LINE_TOO_LONG', error.message);
    }
    this.#work();
  }

  /** Takes what came, line by line, as far as the other side takes the answers. */
  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    let taken = 0;
    while (!this.#ending && !this.#unread) {
      const line = this.#lines.shift();
      if (line === undefined) break;
      const handled = this.#handle(line);
      // The last one needs no waiting for: what comes next comes in another turn of the event loop.
      if (this.#lines.length === 0) break;
      this.#hold();
      taken += 1;
      await (taken % LINES_PER_TURN === 0 ? nextTurn() : doneOrNextTurn(handled));
    }
    this.#working = false;
    if (this.#lines.length > 0 || this.#unread) this.#hold();
    else if (this.#fault !== null) this.giveUp(this.#fault);
    else this.#listen();
  }

  async #handle(line: Buffer): Promise<void> {
    const after: (() => void)[] = [];
    const call: Call<Connection> = {
      peer: this,
      allowance: this.#allowance,
      after: (task) => after.push(task),
    };
    this.#begun += 1;
    const response = await this.#dispatcher.dispatch(line, call);
    this.#begun -= 1;
    if (response !== null) this.#answer(toLine(response));
    for (const task of after) task();
    // What it sent before it went is carried out all the same; but nobody is left to listen to anything.
    if (this.#ending || this.#socket.destroyed) this.#release();
    this.#endWhenAnswered();
  }

  #answer(line: string): void {
    this.write(line);
    if (!this.#socket.writableNeedDrain) return;
    this.#unread = true;
    this.#hold();
  }

  /** Nothing more is read; the time of a half line does not run while it is we who do not read. */
  #hold(): void {
    this.#forgetHalfLine();
    if (this.#paused || this.#ending) return;
    this.#paused = true;
    this.#socket.pause();
  }

  #listen(): void {
    this.#watchHalfLine();
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  /** Bytes that dribble in do not extend the time of their line. */
  #watchHalfLine(): void {
    if (this.#splitter.pending === 0 || this.#halfLine || this.#ending) return;
    this.#halfLine = setTimeout(() => {
      this.giveUp(RpcError.of('LINE_TIMEOUT', `a line was not finished within ${this.#halfLineMs} ms`));
    }, this.#halfLineMs);
  }

  #forgetHalfLine(): void {
    if (this.#halfLine) clearTimeout(this.#halfLine);
    this.#halfLine = null;
  }

  /** A client may say all it has to say, close its half and wait for the answers. */
  #endWhenAnswered(): void {
    if (this.#silent && this.#begun === 0 && this.#lines.length === 0 && this.#fault === null) this.end();
  }

  #release(): void {
    this.#forgetHalfLine();
    if (this.#farewell && this.#socket.destroyed) clearTimeout(this.#farewell);
    for (const subscription of this.subscriptions.values()) subscription.stop();
    this.subscriptions.clear();
  }
}

/** Nothing but what JSON takes for space, such as the carriage return of an empty line. */
function isBlank(line: Buffer): boolean {
  for (const byte of line) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  return true;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Resolves when `work` is done, or at the next turn of the event loop if that comes first. */
function doneOrNextTurn(work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const turn = setImmediate(resolve);
    work.then(() => {
      clearImmediate(turn);
      resolve();
    }, reject);
  });
}
