/** One client of the campaign, on a bare socket: it knows what it asked, and takes exactly one answer to each of it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { LineSplitter } from '../../src/protocol/framing.ts';
import { METHODS, type MethodName } from '../../src/protocol/methods.ts';

export interface Answer {
  readonly method: MethodName;
  /** `ok`, a code, or `gone` when the connection ended first. */
  readonly outcome: string;
  readonly message: string;
  readonly result: Fields;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Codes of the connection or the daemon, which any method may answer. */
const OF_ANY: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'RECOVERING',
  'SHUTTING_DOWN',
  'TOO_MANY_PENDING',
]);

interface Waiting {
  readonly method: MethodName;
  readonly sentAt: number;
  readonly resolve: (answer: Answer) => void;
}

export class Wire {
  /** Everything that went wrong on any wire of the campaign goes here. */
  readonly #wrong: string[];
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onEvent: (params: unknown, method: string) => void;
  #lastId = 0;
  gone = false;
  readonly closed: Promise<void>;

  private constructor(socket: Socket, wrong: string[], onEvent: (params: unknown, method: string) => void) {
    this.#socket = socket;
    this.#wrong = wrong;
    this.#onEvent = onEvent;
    const splitter = new LineSplitter(Number.POSITIVE_INFINITY);
    socket.on('data', (chunk) => {
      for (const line of splitter.push(chunk)) this.#take(line.toString());
    });
    socket.on('error', () => socket.destroy());
    this.closed = new Promise((over) => {
      socket.once('close', () => {
        this.gone = true;
        for (const [id, { method, resolve }] of this.#waiting) {
          this.#waiting.delete(id);
          resolve({ method, outcome: 'gone', message: '', result: {} });
        }
        over();
      });
    });
  }

  /** Null when nobody listens. */
  static async open(
    socketPath: string,
    wrong: string[],
    onEvent: (params: unknown, method: string) => void = () => undefined,
  ): Promise<Wire | null> {
    const socket = connect(socketPath);
    try {
      await once(socket, 'connect');
    } catch {
      return null;
    }
    return new Wire(socket, wrong, onEvent);
  }

  ask(method: MethodName, params: Fields = {}): Promise<Answer> {
    return this.batch([[method, params]], false)[0] ?? Promise.reject(new Error('nothing was asked'));
  }

  /** Asks all at once: as one batch, or line by line in one piece. */
  batch(requests: readonly (readonly [MethodName, Fields])[], together: boolean): Promise<Answer>[] {
    const lines: string[] = [];
    const answers = requests.map(([method, params]) => {
      this.#lastId += 1;
      const id = this.#lastId;
      lines.push(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      if (this.gone) return Promise.resolve({ method, outcome: 'gone', message: '', result: {} });
      return new Promise<Answer>((resolve) =>
        this.#waiting.set(id, { method, sentAt: performance.now(), resolve }),
      );
    });
    if (!this.gone) this.#socket.write(together ? `[${lines.join()}]\n` : `${lines.join('\n')}\n`);
    return answers;
  }

  /** What has waited longest for its answer, in wall milliseconds. */
  get longest(): { readonly method: MethodName; readonly ms: number } | null {
    const [first] = this.#waiting.values();
    return first === undefined ? null : { method: first.method, ms: performance.now() - first.sentAt };
  }

  hangUp(): void {
    this.#socket.destroy();
  }

  /** Takes nothing more from the daemon until `listen`. */
  stall(): void {
    this.#socket.pause();
  }

  listen(): void {
    this.#socket.resume();
  }

  #take(line: string): void {
    const message: unknown = JSON.parse(line);
    for (const one of Array.isArray(message) ? message : [message]) this.#one(fields(one), line);
  }

  #one(message: Fields, line: string): void {
    if (typeof message.method === 'string') {
      this.#onEvent(message.params, message.method);
      return;
    }
    const waiting = typeof message.id === 'number' ? this.#waiting.get(message.id) : undefined;
    if (waiting === undefined || typeof message.id !== 'number') {
      this.#wrong.push(`an answer to nothing that was asked: ${line.slice(0, 300)}`);
      return;
    }
    this.#waiting.delete(message.id);
    const { method, resolve } = waiting;
    if (message.error === undefined) {
      const { success, error } = METHODS[method].result.safeParse(message.result);
      if (!success) this.#wrong.push(`${method} answers past its schema: ${error.message}`);
      resolve({ method, outcome: 'ok', message: '', result: fields(message.result) });
      return;
    }
    const error = fields(message.error);
    const code = String(fields(error.data).code);
    const named: readonly string[] = METHODS[method].errors;
    if (!named.includes(code) && !OF_ANY.has(code))
      this.#wrong.push(`${method} answers ${code}, which the table does not name: ${line.slice(0, 300)}`);
    resolve({ method, outcome: code, message: String(error.message), result: {} });
  }
}

export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
