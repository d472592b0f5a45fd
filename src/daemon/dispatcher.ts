/**
 * From a line of the control socket to the answer: parses, checks against JSON-RPC 2.0 and the method table,
 * calls the handler, converts what goes wrong. Requests of one connection run side by side: a panic does not
 * wait for the answer to a stop.
 */
import jsonRpc, { type JSONRPCErrorResponse, type JSONRPCResponse } from 'json-rpc-2.0';
import type { z } from 'zod';
import { RpcError } from '../protocol/errors.ts';
import { parseLine } from '../protocol/framing.ts';
import {
  type CheckedParamsOf,
  METHODS,
  type MethodGroups,
  type MethodName,
  type ResultOf,
} from '../protocol/methods.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Allowance } from './allowance.ts';
import { toRpcError } from './to-rpc-error.ts';

export const MAX_BATCH = 32;

/** One request, as its handler sees it. */
export interface Call<Peer> {
  readonly peer: Peer;
  /** Of the peer's connection. */
  readonly allowance: Allowance;
  /** Runs `task` once the answer has been written. */
  after(task: () => void): void;
}

export type Handlers<Peer> = {
  readonly [M in MethodName]: (
    params: CheckedParamsOf<M>,
    call: Call<Peer>,
  ) => ResultOf<M> | Promise<ResultOf<M>>;
};

/** The handlers of one group of the table. */
export type HandlersOf<G extends keyof MethodGroups, Peer> = Pick<
  Handlers<Peer>,
  keyof MethodGroups[G] & MethodName
>;

export type Response = JSONRPCResponse | JSONRPCResponse[];

/** The table again, in a type that keeps each method's parameters together with its name. */
const SCHEMAS: { readonly [M in MethodName]: { readonly params: z.ZodType<CheckedParamsOf<M>> } } = METHODS;

interface Request {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params?: object;
  readonly id?: string | number | null;
}

export class Dispatcher<Peer> {
  readonly #server: jsonRpc.JSONRPCServer<Call<Peer>>;

  constructor(handlers: Handlers<Peer>, log: Logger) {
    // Errors are logged where they are converted, once.
    this.#server = new jsonRpc.JSONRPCServer<Call<Peer>>({ errorListener: () => undefined });
    this.#server.handleMethodNotFound = async (request) =>
      request.id === undefined
        ? null
        : refused(
            request.id,
            RpcError.of('METHOD_NOT_FOUND', `there is no method ${JSON.stringify(request.method)}`),
          );
    const register = <M extends MethodName>(name: M): void => {
      this.#server.addMethod(name, async (params, call) => {
        try {
          admit(name, call.allowance);
          return await handlers[name](checked(name, SCHEMAS[name].params, params), call);
        } catch (error) {
          throw toRpcError(error, name, log);
        }
      });
    };
    for (const name of METHOD_NAMES) register(name);
    this.#server.mapErrorToJSONRPCErrorResponse = (id, error) =>
      refused(id, toRpcError(error, 'dispatch', log));
  }

  /** Never rejects. Null when nothing is to be answered: notifications only. */
  async dispatch(line: Buffer, call: Call<Peer>): Promise<Response | null> {
    let message: unknown;
    try {
      message = parseLine(line);
    } catch {
      // What was wrong with it is all there is to say; the line itself is not trusted into the log.
      return refused(null, RpcError.of('PARSE_ERROR', 'the line is no JSON in UTF-8'));
    }
    if (!Array.isArray(message)) return this.#single(message, call);
    if (message.length === 0) return refused(null, RpcError.of('INVALID_REQUEST', 'the batch is empty'));
    if (message.length > MAX_BATCH) {
      return refused(null, RpcError.of('BATCH_TOO_LARGE', `the batch holds ${message.length} requests`));
    }
    const answers = await Promise.all(message.map((request) => this.#single(request, call)));
    const given = answers.filter((answer) => answer !== null);
    return given.length === 0 ? null : given;
  }

  async #single(message: unknown, call: Call<Peer>): Promise<JSONRPCResponse | null> {
    if (isRequest(message)) return this.#server.receive(message, call);
    return refused(idOf(message), RpcError.of('INVALID_REQUEST', wrongWith(message) ?? 'not a request'));
  }
}

function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}

export const METHOD_NAMES: readonly MethodName[] = Object.keys(METHODS).filter(isMethodName);

/** What keeps a message from being a request, or null. */
function wrongWith(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    return 'a request is an object';
  if (!('jsonrpc' in message) || message.jsonrpc !== '2.0') return 'jsonrpc must be "2.0"';
  if (!('method' in message) || typeof message.method !== 'string') return 'method must be a text';
  if ('params' in message && (typeof message.params !== 'object' || message.params === null)) {
    return 'params must be an object';
  }
  if (
    'id' in message &&
    message.id !== null &&
    typeof message.id !== 'string' &&
    typeof message.id !== 'number'
  ) {
    return 'id must be a text, a number or null';
  }
  return null;
}

function isRequest(message: unknown): message is Request {
  return wrongWith(message) === null;
}

function idOf(message: unknown): string | number | null {
  if (typeof message !== 'object' || message === null || !('id' in message)) return null;
  return typeof message.id === 'string' || typeof message.id === 'number' ? message.id : null;
}

function refused(id: string | number | null, error: RpcError): JSONRPCErrorResponse {
  return { jsonrpc: '2.0', id, error: error.toWire() };
}

/** @throws RpcError RATE_LIMITED once the connection has used up what it may ask for. */
function admit(method: MethodName, allowance: Allowance): void {
  const retryAfterMs = allowance.take(method);
  if (retryAfterMs > 0)
    throw RpcError.of('RATE_LIMITED', `too many requests: ${method} may come again in ${retryAfterMs} ms`, {
      retryAfterMs,
    });
}

/** @throws RpcError INVALID_PARAMS with every problem. */
function checked<P>(method: string, schema: z.ZodType<P>, params: unknown): P {
  const result = schema.safeParse(params ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) =>
    issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
  );
  throw RpcError.of('INVALID_PARAMS', `${method}: ${problems.join('; ')}`, { problems });
}
