/**
 * A client that takes the daemon at its word: every answer is held against the method table. A result must fit its
 * schema to the last key; a refusal must be one that the method names, with all that the registry says of it.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { type AppErrorCode, ERRORS } from '../../src/protocol/errors.ts';
import { eventNotification, pricesNotification, type WireEvent } from '../../src/protocol/events.ts';
import { LineSplitter, parseLine } from '../../src/protocol/framing.ts';
import { METHODS, type MethodName } from '../../src/protocol/methods.ts';
import { onEnd } from '../daemon/support.ts';

export interface Answer {
  /** `ok`, or the code of the refusal. */
  readonly outcome: string;
  readonly result: unknown;
  readonly message: string;
  readonly problems: readonly string[];
  readonly httpStatus: number | null;
}

/** Any method may answer these: they are of the connection, the request or the daemon, not of what was asked. */
const OF_ANY_METHOD: ReadonlySet<string> = new Set<AppErrorCode>([
  'INVALID_PARAMS',
  'INTERNAL',
  'RATE_LIMITED',
  'READ_ONLY',
  'SHUTTING_DOWN',
  'RECOVERING',
  'TOO_MANY_PENDING',
]);

type Fields = Readonly<Record<string, unknown>>;

export class Asker {
  /** `METHOD CODE` of every refusal that any asker of this process has been given. */
  static readonly refusals = new Set<string>();
  readonly events: WireEvent[] = [];
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (response: Fields) => void>();
  readonly #watchers = new Set<(event: WireEvent) => void>();
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const splitter = new LineSplitter(Number.POSITIVE_INFINITY);
    socket.on('data', (chunk) => {
      for (const line of splitter.push(chunk)) this.#take(fieldsOf(parseLine(line)));
    });
  }

  static async open(t: TestContext, socketPath: string, client = 'ann'): Promise<Asker> {
    const socket = connect(socketPath);
    await once(socket, 'connect');
    onEnd(t, () => socket.destroy());
    const asker = new Asker(socket);
    await asker.well('daemon.hello', { client });
    return asker;
  }

  /** Asks, and holds the answer against the table. */
  async ask(method: MethodName, params?: unknown): Promise<Answer> {
    this.#lastId += 1;
    const id = this.#lastId;
    const response = new Promise<Fields>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.write(
      `${JSON.stringify({ jsonrpc: '2.0', id, method, ...(params !== undefined && { params }) })}\n`,
    );
    return checked(method, await response);
  }

  /** As `ask`, where the answer must be a result. */
  async well(method: MethodName, params?: unknown): Promise<Fields> {
    const answer = await this.ask(method, params);
    assert.equal(answer.outcome, 'ok', `${method}: ${answer.message}`);
    return fieldsOf(answer.result);
  }

  async state(): Promise<unknown> {
    return (await this.well('engine.status')).state;
  }

  /** Everything that is announced from here on is kept in `events`. */
  async watch(): Promise<this> {
    await this.well('events.subscribe', {});
    return this;
  }

  /** The first event, from those kept on, that is wanted. */
  seen(wanted: (event: WireEvent) => boolean, from = 0): Promise<WireEvent> {
    const already = this.events.slice(from).find(wanted);
    if (already) return Promise.resolve(already);
    return new Promise((resolve) => {
      const look = (event: WireEvent): void => {
        if (!wanted(event)) return;
        this.#watchers.delete(look);
        resolve(event);
      };
      this.#watchers.add(look);
    });
  }

  #take(message: Fields): void {
    if (message.method === 'event') {
      const { event } = eventNotification.parse(message.params);
      this.events.push(event);
      for (const look of this.#watchers) look(event);
      return;
    }
    if (message.method === 'prices') {
      pricesNotification.parse(message.params);
      return;
    }
    assert.ok(typeof message.id === 'number', JSON.stringify(message));
    const resolve = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    assert.ok(resolve, `an answer to no request: ${JSON.stringify(message)}`);
    resolve(message);
  }
}

function checked(method: MethodName, response: Fields): Answer {
  const said = `${method}: ${JSON.stringify(response)}`;
  if ('result' in response) {
    assert.deepEqual(Object.keys(response).sort(), ['id', 'jsonrpc', 'result'], said);
    const { success, data, error } = METHODS[method].result.safeParse(response.result);
    assert.ok(success, `${said}\n${error}`);
    assert.deepEqual(response.result, data, 'what goes over the wire is what the table says, key for key');
    const { message } = fieldsOf(response.result);
    return { outcome: 'ok', result: data, message: String(message ?? ''), problems: [], httpStatus: null };
  }
  assert.deepEqual(Object.keys(response).sort(), ['error', 'id', 'jsonrpc'], said);
  const { code: number, message, data: raw, ...more } = fieldsOf(response.error);
  assert.deepEqual(more, {}, said);
  const { code, httpStatus, retryable, hint, problems } = fieldsOf(raw);
  assert.ok(isCode(code), said);
  const entry = ERRORS[code];
  assert.deepEqual([number, httpStatus, retryable], [entry.rpc, entry.httpStatus, entry.retryable], said);
  // Only one error words its hint by who is the older side.
  if (code === 'PROTOCOL_UNSUPPORTED') assert.match(String(hint), /older one/);
  else assert.equal(hint, entry.hint, said);
  assert.ok(typeof message === 'string' && message.length > 0, said);
  const named: readonly string[] = METHODS[method].errors;
  assert.ok(named.includes(code) || OF_ANY_METHOD.has(code), `not named in the table: ${said}`);
  Asker.refusals.add(`${method} ${code}`);
  const list = Array.isArray(problems) ? problems.map(String) : [];
  return { outcome: code, result: null, message, problems: list, httpStatus: entry.httpStatus };
}

function isCode(code: unknown): code is AppErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

export function fieldsOf(value: unknown): Fields {
  assert.ok(isFields(value), JSON.stringify(value));
  return value;
}

/** A list of objects. */
export function listOf(value: unknown): readonly Fields[] {
  assert.ok(Array.isArray(value), JSON.stringify(value));
  return value.map(fieldsOf);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
