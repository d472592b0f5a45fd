/**
 * From a line of the control socket to the answer: parses, checks against JSON-RPC 2.0 and the method table,
 * calls the handler, converts what goes wrong. Requests of one connection run side by side: a panic does not
 * wait for the answer to a stop.
 */
import jsonRpc, { type JSONRPCErrorResponse, type JSONRPCResponse } from 'json-rpc-2.0';
import type { z } from 'zod';
import { RpcError } from '../protocol/errors.ts';
import { MAX_DEPTH, parseLine, TooDeep } from '../protocol/framing.ts';
import {
  type CheckedParamsOf,
  METHODS,
  type MethodGroups,
  type MethodName,
  type ResultOf,
} from '../protocol/methods.ts';
import type { Logger } from '../telemetry/log.ts';
import { redactText } from '../telemetry/secrets.ts';
import type { Allowance } from './allowance.ts';
import { RequestCounts } from './request-counts.ts';
import { type Caller, RequestLog, type Tell } from './request-log.ts';
import { toRpcError, toWire } from './to-rpc-error.ts';

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

/** A request beside the line that it came in. */
interface Received<Peer> {
  readonly call: Call<Peer>;
  readonly id: string | number | null | undefined;
}

interface Request {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params?: object;
  readonly id?: string | number | null;
}

export class Dispatcher<Peer extends Caller & object> {
  readonly #server: jsonRpc.JSONRPCServer<Received<Peer>>;
  readonly #counts: RequestCounts;

  /**
   * @param log of component `control`.
   * @param counts where every request is counted with its outcome.
   * @param before what a method has to wait for before it can be answered; null when for nothing.
   */
  constructor(
    handlers: Handlers<Peer>,
    log: Logger,
    counts = new RequestCounts(),
    before: (method: MethodName) => Promise<void> | null = () => null,
  ) {
    this.#counts = counts;
    // Errors are logged where they are converted, once.
    this.#server = new jsonRpc.JSONRPCServer<Received<Peer>>({ errorListener: () => undefined });
    const requests = new RequestLog<Peer>(log);
    const register = <M extends MethodName>(name: M): void => {
      const serve = async (params: unknown, call: Call<Peer>, tell: Tell): Promise<ResultOf<M>> => {
        try {
          call.allowance.admit(name);
          try {
            const given = withoutSecrets(checked(name, SCHEMAS[name].params, params));
            tell(given);
            const wait = before(name);
            if (wait !== null) await wait;
            const result = await handlers[name](given, call);
            counts.add(name, 'ok');
            return result;
          } finally {
            call.allowance.leave(name);
          }
        } catch (error) {
          const refusal = toRpcError(error, name, log);
          counts.add(name, refusal.code);
          throw refusal;
        }
      };
      this.#server.addMethod(name, (params, { call, id }) =>
        requests.run({ method: name, peer: call.peer, id }, (tell) => serve(params, call, tell)),
      );
    };
    for (const name of METHOD_NAMES) register(name);
    this.#server.mapErrorToJSONRPCErrorResponse = (id, error) =>
      refused(id, toRpcError(error, 'dispatch', log));
  }

  /** Never rejects. Null when nothing is to be answered: notifications only. */
  async dispatch(line: Buffer, call: Call<Peer>): Promise<Response | null> {
    let message: unknown;
    try {
      message = parseLine(line, MAX_DEPTH);
    } catch (error) {
      // What was wrong with it is all there is to say; the line itself is not trusted into the log.
      return this.#garbage(
        call,
        null,
        error instanceof TooDeep
          ? RpcError.of('TOO_DEEP', error.message)
          : RpcError.of('PARSE_ERROR', 'the line is no JSON in UTF-8'),
      );
    }
    if (!Array.isArray(message)) return this.#single(message, call);
    if (message.length === 0)
      return this.#garbage(call, null, RpcError.of('INVALID_REQUEST', 'the batch is empty'));
    if (message.length > MAX_BATCH) {
      return this.#garbage(
        call,
        null,
        RpcError.of('BATCH_TOO_LARGE', `the batch holds ${message.length} requests`),
      );
    }
    const answers = await Promise.all(message.map((request) => this.#single(request, call)));
    const given = answers.filter((answer) => answer !== null);
    return given.length === 0 ? null : given;
  }

  async #single(message: unknown, call: Call<Peer>): Promise<JSONRPCResponse | null> {
    if (isRequest(message)) {
      if (isMethodName(message.method)) return this.#server.receive(message, { call, id: message.id });
      const unknown = RpcError.of(
        'METHOD_NOT_FOUND',
        `there is no method ${JSON.stringify(shortened(message.method))}`,
      );
      const refusal = this.#garbage(call, message.id ?? null, unknown);
      return message.id === undefined ? null : refusal;
    }
    return this.#garbage(
      call,
      idOf(message),
      RpcError.of('INVALID_REQUEST', wrongWith(message) ?? 'not a request'),
    );
  }

  /** The answer to a line that is no request of ours; it counts against what the connection may ask. */
  #garbage(call: Call<Peer>, id: string | number | null, error: RpcError): JSONRPCErrorResponse {
    let refusal = error;
    try {
      call.allowance.admitGarbage();
    } catch (limited) {
      if (!(limited instanceof RpcError)) throw limited;
      refusal = limited;
    }
    this.#counts.add(null, refusal.code);
    return refused(id, refusal);
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
  if ('id' in message && message.id !== null && !isId(message.id)) {
    return 'id must be a text, a number that comes back the same (up to 2^53), or null';
  }
  return null;
}

/** What an answer can carry back unchanged. */
function isId(id: unknown): id is string | number {
  return typeof id === 'string' || (typeof id === 'number' && Math.abs(id) <= Number.MAX_SAFE_INTEGER);
}

function isRequest(message: unknown): message is Request {
  return wrongWith(message) === null;
}

function idOf(message: unknown): string | number | null {
  if (typeof message !== 'object' || message === null || !('id' in message)) return null;
  return isId(message.id) ? message.id : null;
}

function refused(id: string | number | null, error: RpcError): JSONRPCErrorResponse {
  return { jsonrpc: '2.0', id, error: toWire(error) };
}

/** What a client sent is told back to it only so far: an answer must not outgrow its line. */
const MAX_TOLD = 200;
const MAX_PROBLEMS = 20;
const HALF_A_SYMBOL = /[\ud800-\udbff]$/;

function shortened(text: string): string {
  return text.length <= MAX_TOLD ? text : `${text.slice(0, MAX_TOLD).replace(HALF_A_SYMBOL, '')}…`;
}

/** A secret that somebody typed as a reason would be recorded, announced and shown for ever after. */
function withoutSecrets<P>(params: P): P {
  if (typeof params !== 'object' || params === null || !('reason' in params)) return params;
  return typeof params.reason === 'string' ? { ...params, reason: redactText(params.reason) } : params;
}

/** @throws RpcError INVALID_PARAMS with every problem. */
function checked<P>(method: string, schema: z.ZodType<P>, params: unknown): P {
  const result = schema.safeParse(params ?? {});
  if (result.success) return result.data;
  const { issues } = result.error;
  const problems = issues
    .slice(0, MAX_PROBLEMS)
    .map((issue) =>
      shortened(issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`),
    );
  if (issues.length > MAX_PROBLEMS) problems.push(`and ${issues.length - MAX_PROBLEMS} more`);
  throw RpcError.of('INVALID_PARAMS', `${method}: ${problems.join('; ')}`, { problems });
}
