/**
 * The one registry of errors that travel over the control socket. A refusal is thrown as an `RpcError`,
 * crosses the wire as a JSON-RPC error whose `data.code` is a key of this table, and is an `RpcError`
 * again at the client. Numbers are never reused: scripts may hold on to them.
 */

export interface ErrorEntry {
  /** JSON-RPC error number. */
  readonly rpc: number;
  /** What the HTTP interface this protocol descends from would have answered. */
  readonly httpStatus: 400 | 403 | 404 | 409 | 429 | 500 | 503 | 504;
  /** The same request may succeed later without any change to it. */
  readonly retryable: boolean;
  /** What to do about it, in one line. */
  readonly hint: string;
}

const entry = (
  rpc: number,
  httpStatus: ErrorEntry['httpStatus'],
  retryable: boolean,
  hint: string,
): ErrorEntry => ({ rpc, httpStatus, retryable, hint });

export const ERRORS = {
  // The wire itself: the codes of JSON-RPC 2.0.
  PARSE_ERROR: entry(-32700, 400, false, 'send one JSON object (or batch) per line, in UTF-8'),
  INVALID_REQUEST: entry(-32600, 400, false, 'send {"jsonrpc":"2.0","id":1,"method":"…","params":{…}}'),
  METHOD_NOT_FOUND: entry(-32601, 404, false, 'daemon.info lists the methods of this daemon'),
  INVALID_PARAMS: entry(-32602, 400, false, 'mend the parameters named in data.problems'),
  INTERNAL: entry(-32603, 500, false, "the daemon's log has the detail under data.ref"),

  // Limits of a connection.
  LINE_TOO_LONG: entry(-32001, 400, false, 'a line may hold 1 MiB'),
  LINE_TIMEOUT: entry(-32002, 400, true, 'finish a line within the time limit'),
  BATCH_TOO_LARGE: entry(-32003, 400, false, 'a batch may hold 32 requests'),
  TOO_MANY_CONNECTIONS: entry(-32004, 503, true, 'close a connection, or try again later'),
  EVENTS_LAGGED: entry(
    -32005,
    429,
    true,
    'subscribe again with `since` set to the last sequence number seen',
  ),
  UNKNOWN_SUBSCRIPTION: entry(
    -32006,
    404,
    false,
    'use the id that events.subscribe returned on this connection',
  ),
  TOO_MANY_SUBSCRIPTIONS: entry(
    -32008,
    400,
    false,
    'end one with events.unsubscribe, or take more topics in one',
  ),
  RATE_LIMITED: entry(
    -32009,
    429,
    true,
    'ask again after data.retryAfterMs; engine.emergencyStop is never limited',
  ),
  SHUTTING_DOWN: entry(-32007, 503, true, 'the daemon is stopping: start it again'),
  RECOVERING: entry(
    -32084,
    503,
    true,
    'ask again; what is open keeps its stops at the venue, and the log says what is waited for',
  ),
  TOO_DEEP: entry(-32080, 400, false, 'a request may be nested 32 deep'),
  TOO_MANY_PENDING: entry(-32081, 429, true, 'wait for answers; engine.emergencyStop is still taken'),
  READ_ONLY: entry(-32082, 403, false, 'this socket reads only: control goes over the main socket'),
  PROTOCOL_UNSUPPORTED: entry(
    -32083,
    400,
    false,
    'restart the daemon if it is the older one, otherwise upgrade the client',
  ),

  // The engine's own refusals.
  ENGINE_ALREADY_RUNNING: entry(-32010, 400, false, 'stop the engine first'),
  ENGINE_NOT_RUNNING: entry(-32011, 400, false, 'start the engine first'),
  ENGINE_NOT_PAUSED: entry(-32012, 400, false, 'only a paused engine can be resumed'),
  ENGINE_NOT_IN_ERROR: entry(-32013, 400, false, 'only an engine in state ERROR can be retried'),
  ENGINE_HALTED: entry(
    -32014,
    400,
    false,
    'engine.status shows the rule under haltedBy; release it with engine.reset',
  ),
  EMERGENCY_LATCHED: entry(-32015, 400, false, 'release the emergency with engine.reset and a reason'),
  EMERGENCY_IN_PROGRESS: entry(
    -32016,
    409,
    true,
    'positions are still being closed; engine.status shows when it is flat',
  ),
  NOTHING_TO_RESET: entry(-32017, 400, false, 'no halt and no emergency is latched'),
  POSITIONS_OPEN: entry(
    -32018,
    400,
    false,
    'start as before to go on with them, then engine.stop with flatten closes them',
  ),
  STOP_IN_PROGRESS: entry(-32019, 409, true, 'wait until the engine is IDLE'),
  SUPERSEDED: entry(-32020, 409, false, 'an emergency stop overtook this command'),
  START_FAILED: entry(-32021, 500, false, 'the message says what stopped it'),
  STOP_INCOMPLETE: entry(
    -32022,
    504,
    true,
    'the engine goes on stopping; engine.status shows when it is IDLE',
  ),
  COMMAND_PENDING: entry(
    -32023,
    504,
    true,
    'the command is accepted and not yet carried out; see engine.status',
  ),

  // What a start asks for.
  PRESET_UNKNOWN: entry(-32030, 400, false, 'presets.list shows the presets there are'),
  PRESET_INVALID: entry(-32031, 400, false, 'mend the preset; data.problems lists every problem'),
  VENUE_UNKNOWN: entry(-32032, 400, false, 'use another venue, or other settings of it, as the message says'),
  DATA_INVALID: entry(-32033, 400, false, 'mend the data, or name another folder'),
  MODE_REFUSED: entry(-32034, 400, false, 'sim and replay trade on paper only: use mode paper'),
  ACCOUNT_IN_USE: entry(
    -32035,
    409,
    true,
    'stop the session of the other instance first, or use a key of another account',
  ),
  CREDENTIALS_MISSING: entry(
    -32037,
    400,
    false,
    'put the keys into the environment, a 0600 file or systemd credentials, as the message says',
  ),
  PREFLIGHT_REFUSED: entry(
    -32038,
    400,
    false,
    'mend what the message names, at the exchange or in config.json',
  ),
  CONFIRMATION_REQUIRED: entry(
    -32039,
    400,
    false,
    'start again with confirm: the account as the message names it',
  ),
  EXCHANGE_UNREACHABLE: entry(-32047, 503, true, 'look at the network, then start again'),
  RELOAD_INVALID: entry(-32036, 400, false, 'mend what data.problems lists; nothing has been changed'),

  // What is asked of one position, order or symbol.
  POSITION_UNKNOWN: entry(-32040, 404, false, 'positions.list shows the open positions'),
  ORDER_UNKNOWN: entry(-32041, 404, false, 'orders.list shows the orders that are out'),
  ORDER_NOT_CANCELLABLE: entry(
    -32042,
    400,
    false,
    'stops and targets belong to a position: positions.close ends it',
  ),
  FOREIGN_POSITION: entry(
    -32045,
    409,
    false,
    'reconcile.list shows what it is; reconcile.adopt takes a position over, reconcile.ignore leaves it alone',
  ),
  FOREIGN_UNKNOWN: entry(-32046, 404, false, 'reconcile.list shows what there is to decide on'),
  SYMBOL_UNKNOWN: entry(-32043, 404, false, 'use a symbol of the running session, as the message has it'),
  SESSION_UNKNOWN: entry(-32044, 404, false, 'sessions.list shows the sessions there are'),
} as const satisfies Record<string, ErrorEntry>;

export type AppErrorCode = keyof typeof ERRORS;

/** The `data` of an error on the wire. */
export interface ErrorData {
  /** A key of `ERRORS`, or one that only a newer daemon knows. */
  readonly code: string;
  readonly httpStatus: number;
  readonly retryable: boolean;
  readonly hint: string;
  /** Everything that is wrong, one line each, where there can be more than one thing. */
  readonly problems?: readonly string[];
  /** RATE_LIMITED: when the same request may come again. */
  readonly retryAfterMs?: number;
  /** CONFIRMATION_REQUIRED: the account as it is to be confirmed. */
  readonly account?: string;
  /** Correlation id: the daemon's log has the detail under it. */
  readonly ref?: string;
}

export interface ErrorDetail {
  readonly problems?: readonly string[];
  readonly retryAfterMs?: number;
  readonly account?: string;
  readonly ref?: string;
  readonly hint?: string;
  /** Kept for the log; never crosses the wire. */
  readonly cause?: unknown;
}

/** A refusal or failure that the other side is told of. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  /** JSON-RPC error number. */
  readonly rpc: number;
  readonly data: ErrorData;

  private constructor(message: string, rpc: number, data: ErrorData, cause: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.rpc = rpc;
    this.data = data;
  }

  get code(): string {
    return this.data.code;
  }

  get hint(): string {
    return this.data.hint;
  }

  static of(code: AppErrorCode, message: string, detail: ErrorDetail = {}): RpcError {
    const { rpc, httpStatus, retryable, hint } = ERRORS[code];
    const data: ErrorData = {
      code,
      httpStatus,
      retryable,
      hint: detail.hint ?? hint,
      ...(detail.problems && { problems: detail.problems }),
      ...(detail.retryAfterMs !== undefined && { retryAfterMs: detail.retryAfterMs }),
      ...(detail.account !== undefined && { account: detail.account }),
      ...(detail.ref !== undefined && { ref: detail.ref }),
    };
    return new RpcError(message, rpc, data, detail.cause);
  }

  /** From a JSON-RPC error object. What is not ours (no `data.code`) becomes INTERNAL with its own number. */
  static fromWire(wire: WireError): RpcError {
    const { httpStatus, retryable, hint } = ERRORS.INTERNAL;
    const given = isRecord(wire.data) ? wire.data : {};
    const problems = Array.isArray(given.problems) ? given.problems.map(String) : undefined;
    const data: ErrorData = {
      code: typeof given.code === 'string' ? given.code : 'INTERNAL',
      httpStatus: typeof given.httpStatus === 'number' ? given.httpStatus : httpStatus,
      retryable: typeof given.retryable === 'boolean' ? given.retryable : retryable,
      hint: typeof given.hint === 'string' ? given.hint : hint,
      ...(problems && { problems }),
      ...(typeof given.retryAfterMs === 'number' && { retryAfterMs: given.retryAfterMs }),
      ...(typeof given.account === 'string' && { account: given.account }),
      ...(typeof given.ref === 'string' && { ref: given.ref }),
    };
    return new RpcError(wire.message, wire.code, data, undefined);
  }

  /** The same under a correlation id. */
  withRef(ref: string): RpcError {
    return new RpcError(this.message, this.rpc, { ...this.data, ref }, this.cause);
  }

  toWire(): WireError {
    return { code: this.rpc, message: this.message, data: this.data };
  }
}

/** The `error` member of a JSON-RPC response. */
export interface WireError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** No daemon answers on the socket, or it went away. */
export class NotReachable extends Error {
  override readonly name = 'NotReachable';
  readonly socketPath: string;

  constructor(
    socketPath: string,
    reason: string,
    cause?: unknown,
    message = notThere(socketPath, reason, cause),
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.socketPath = socketPath;
  }
}

/** The daemon went away between a call and its answer. Whether it carried the call out is not known. */
export class AnswerLost extends NotReachable {
  constructor(socketPath: string, method: string) {
    const reason = `the daemon at ${socketPath} went away before it answered ${method}`;
    super(socketPath, reason, undefined, reason);
  }
}

function notThere(socketPath: string, reason: string, cause: unknown): string {
  return isForbidden(cause)
    ? `the socket ${socketPath} cannot be used: ${reason}`
    : `no daemon at ${socketPath} (${reason}): start one with \`breakout start --preset NAME\` or \`breakout daemon start\``;
}

/** A daemon may well be there, for somebody else. */
function isForbidden(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EACCES';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
