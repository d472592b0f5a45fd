import { PresetInvalid, PresetUnknown } from '../config/presets.ts';
import { type AppErrorCode, RpcError, type WireError } from '../protocol/errors.ts';
import { Refusal, type RefusalCode } from '../session/refusal.ts';
import { currentRef, newRef } from '../telemetry/correlation.ts';
import { errorFields, type Logger } from '../telemetry/log.ts';
import { redactText } from '../telemetry/secrets.ts';

/** Every reason of the session is an error of the wire; a new one without an entry does not compile. */
const CODES: { readonly [C in RefusalCode]: C & AppErrorCode } = {
  ENGINE_ALREADY_RUNNING: 'ENGINE_ALREADY_RUNNING',
  FOREIGN_POSITION: 'FOREIGN_POSITION',
  FOREIGN_UNKNOWN: 'FOREIGN_UNKNOWN',
  ENGINE_NOT_RUNNING: 'ENGINE_NOT_RUNNING',
  ENGINE_NOT_PAUSED: 'ENGINE_NOT_PAUSED',
  ENGINE_NOT_IN_ERROR: 'ENGINE_NOT_IN_ERROR',
  ENGINE_HALTED: 'ENGINE_HALTED',
  EMERGENCY_LATCHED: 'EMERGENCY_LATCHED',
  EMERGENCY_IN_PROGRESS: 'EMERGENCY_IN_PROGRESS',
  NOTHING_TO_RESET: 'NOTHING_TO_RESET',
  POSITIONS_OPEN: 'POSITIONS_OPEN',
  STOP_IN_PROGRESS: 'STOP_IN_PROGRESS',
  SUPERSEDED: 'SUPERSEDED',
  START_FAILED: 'START_FAILED',
  POSITION_UNKNOWN: 'POSITION_UNKNOWN',
  ORDER_UNKNOWN: 'ORDER_UNKNOWN',
  ORDER_NOT_CANCELLABLE: 'ORDER_NOT_CANCELLABLE',
  ACCOUNT_IN_USE: 'ACCOUNT_IN_USE',
  COMMAND_PENDING: 'COMMAND_PENDING',
  CONFIRMATION_REQUIRED: 'CONFIRMATION_REQUIRED',
  CREDENTIALS_MISSING: 'CREDENTIALS_MISSING',
  DATA_INVALID: 'DATA_INVALID',
  EXCHANGE_UNREACHABLE: 'EXCHANGE_UNREACHABLE',
  PREFLIGHT_REFUSED: 'PREFLIGHT_REFUSED',
  MODE_REFUSED: 'MODE_REFUSED',
  SHUTTING_DOWN: 'SHUTTING_DOWN',
  STOP_INCOMPLETE: 'STOP_INCOMPLETE',
  VENUE_UNKNOWN: 'VENUE_UNKNOWN',
};

/**
 * The one place where errors become what a client is told. What is not a refusal is a failure of ours: the
 * client gets a correlation id, the log the detail under it.
 */
export function toRpcError(error: unknown, method: string, log: Logger): RpcError {
  if (error instanceof RpcError) return error;
  if (error instanceof Refusal) {
    const { code, message, account } = error;
    return RpcError.of(CODES[code], message, { cause: error, ...(account !== null && { account }) });
  }
  if (error instanceof PresetUnknown) return RpcError.of('PRESET_UNKNOWN', error.message, { cause: error });
  if (error instanceof PresetInvalid) {
    const { lines } = error;
    const [only] = lines;
    const message =
      lines.length === 1 && only !== undefined ? only : `the preset has ${lines.length} problems`;
    return RpcError.of('PRESET_INVALID', message, { problems: lines, cause: error });
  }
  const ref = currentRef() ?? newRef();
  log.error('request failed', { ref, method, ...errorFields(error) });
  return RpcError.of('INTERNAL', `the daemon failed in ${method}`, { ref, cause: error });
}

/** The error as it crosses the wire: whatever text has found its way into it, no secret does. */
export function toWire(error: RpcError): WireError {
  const { code, message } = error.toWire();
  const { problems, ...data } = error.data;
  return {
    code,
    message: redactText(message),
    data: { ...data, ...(problems && { problems: problems.map(redactText) }) },
  };
}
