/**
 * What JSON-RPC 2.0 and the method table say must come back for a line, decided from its bytes alone and without the
 * daemon's own reader.
 */
import { isDeepStrictEqual } from 'node:util';
import { METHOD_NAMES } from '../../src/daemon/dispatcher.ts';
import { METHODS, type MethodName } from '../../src/protocol/methods.ts';

/** What one request may be answered with: `result`, or the codes of errors. */
export interface Answer {
  readonly id: unknown;
  readonly may: ReadonlySet<string>;
}

export type Expectation =
  | { readonly kind: 'silence' }
  | { readonly kind: 'one'; readonly answer: Answer }
  | { readonly kind: 'batch'; readonly answers: readonly Answer[] };

const DEPTH = 32;
const BATCH = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Of these a well-formed call is refused by a running engine, or has no effect on it. */
const HARMLESS: ReadonlySet<MethodName> = new Set(['engine.start', 'engine.resume', 'engine.retry']);

/** Null for a line that must not be sent: it would act on the engine, bind the connection, or wait. */
export function expectationOf(line: Buffer): Expectation | null {
  if (line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)) return { kind: 'silence' };
  if (isTooDeep(line)) return refused('TOO_DEEP');
  let message: unknown;
  try {
    message = JSON.parse(utf8.decode(line));
  } catch {
    return refused('PARSE_ERROR');
  }
  if (!Array.isArray(message)) {
    const answer = answerTo(message);
    if (answer === 'unsendable') return null;
    return answer === 'silence' ? { kind: 'silence' } : { kind: 'one', answer };
  }
  if (message.length === 0) return refused('INVALID_REQUEST');
  if (message.length > BATCH) return refused('BATCH_TOO_LARGE');
  const answers: Answer[] = [];
  for (const one of message) {
    const answer = answerTo(one);
    if (answer === 'unsendable') return null;
    if (answer !== 'silence') answers.push(answer);
  }
  return answers.length === 0 ? { kind: 'silence' } : { kind: 'batch', answers };
}

function refused(code: string): Expectation {
  return { kind: 'one', answer: { id: null, may: new Set([code, 'RATE_LIMITED']) } };
}

function answerTo(message: unknown): Answer | 'silence' | 'unsendable' {
  if (!isObject(message)) return { id: null, may: new Set(['INVALID_REQUEST', 'RATE_LIMITED']) };
  const { id = null, params } = message;
  const isWellFormed =
    message.jsonrpc === '2.0' &&
    typeof message.method === 'string' &&
    (params === undefined || (typeof params === 'object' && params !== null)) &&
    (id === null || isId(id));
  if (!isWellFormed) {
    return { id: isId(id) ? id : null, may: new Set(['INVALID_REQUEST', 'RATE_LIMITED']) };
  }
  const method = METHOD_NAMES.find((name) => name === message.method);
  const isCall = Object.hasOwn(message, 'id');
  if (method === undefined)
    return isCall ? { id, may: new Set(['METHOD_NOT_FOUND', 'RATE_LIMITED']) } : 'silence';
  if (!isValid(method, params ?? {})) {
    return isCall ? { id, may: new Set(['INVALID_PARAMS', 'RATE_LIMITED']) } : 'silence';
  }
  if (!maySend(method, params ?? {})) return 'unsendable';
  const own = METHODS[method].errors;
  return isCall ? { id, may: new Set(['result', 'RATE_LIMITED', ...own]) } : 'silence';
}

function isValid(method: MethodName, params: unknown): boolean {
  const schema = METHODS[method].params;
  // No unknown key may pass, whatever its name does in JavaScript.
  if (method !== 'daemon.hello' && isObject(params) && 'shape' in schema) {
    const { shape } = schema;
    if (Object.keys(params).some((key) => !Object.hasOwn(Object(shape), key))) return false;
  }
  return schema.safeParse(params).success;
}

function maySend(method: MethodName, params: object): boolean {
  if (method === 'daemon.hello') return !('protocol' in params);
  if (method === 'events.subscribe') return false;
  if ('waitMs' in params && params.waitMs !== 0) return false;
  return METHODS[method].kind === 'read' || HARMLESS.has(method);
}

/** An id that a JSON answer can carry back as the same. */
function isId(id: unknown): boolean {
  return typeof id === 'string' || (typeof id === 'number' && Math.abs(id) <= 2 ** 53 - 1);
}

/** With texts taken out, what is left of a line has its brackets only. */
function isTooDeep(line: Buffer): boolean {
  let depth = 0;
  for (const bracket of line.toString('latin1').replace(/"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)/g, '')) {
    if (bracket === '[' || bracket === '{') depth += 1;
    if (bracket === ']' || bracket === '}') depth -= 1;
    if (depth > DEPTH) return true;
  }
  return false;
}

/** Null when the answer is what was expected, otherwise what is wrong with it. */
export function complaint(expected: Expectation, got: unknown): string | null {
  if (expected.kind === 'silence') return 'nothing was to be answered';
  if (expected.kind === 'one') return complaintOf(expected.answer, got);
  if (!Array.isArray(got)) return 'a batch is answered with an array';
  if (got.length !== expected.answers.length) return `${expected.answers.length} answers were due`;
  for (const [i, answer] of expected.answers.entries()) {
    const wrong = complaintOf(answer, got[i]);
    if (wrong !== null) return `answer ${i}: ${wrong}`;
  }
  return null;
}

function complaintOf({ id, may }: Answer, got: unknown): string | null {
  if (!isObject(got)) return 'an answer is an object';
  const keys = Object.keys(got).sort().join();
  if (keys !== 'id,jsonrpc,result' && keys !== 'error,id,jsonrpc') return `its members are ${keys}`;
  if (got.jsonrpc !== '2.0') return 'jsonrpc is not "2.0"';
  // What was written as -0 comes back as 0: the same number.
  if (!isDeepStrictEqual(got.id, id === 0 ? 0 : id)) return `its id is not ${JSON.stringify(id)}`;
  if ('result' in got) return may.has('result') ? null : `expected ${[...may].join(' or ')}, got a result`;
  const { error } = got;
  if (!isObject(error) || !isObject(error.data)) return 'the error has no data';
  if (!Number.isInteger(error.code) || typeof error.message !== 'string')
    return 'the error is none of JSON-RPC';
  const { code, hint, httpStatus, retryable } = error.data;
  if (typeof hint !== 'string' || typeof httpStatus !== 'number' || typeof retryable !== 'boolean') {
    return 'the error lacks hint, httpStatus or retryable';
  }
  if (typeof code !== 'string' || !may.has(code))
    return `expected ${[...may].join(' or ')}, got ${String(code)}`;
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
