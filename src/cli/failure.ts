/** Every way a command can fail, turned once into one line, a code for scripts and an exit code. */
import { CommanderError } from 'commander';
import { CallTimeout } from '../protocol/client.ts';
import { AnswerLost, type AppErrorCode, NotReachable, RpcError } from '../protocol/errors.ts';
import { CliError, EXIT } from './exit.ts';

export interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly problems: readonly string[];
}

export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) {
    return {
      exitCode: EXIT.usage,
      code: 'USAGE',
      message: usageMessage(error),
      hint: 'see `breakout --help`',
      problems: [],
    };
  }
  if (error instanceof CliError) {
    return {
      exitCode: error.exitCode,
      code: error.code,
      message: error.message,
      hint: error.hint,
      problems: error.problems,
    };
  }
  if (error instanceof RpcError) {
    const problems = error.data.problems ?? [];
    return {
      exitCode: EXIT.refused,
      code: error.code,
      message: error.message,
      hint: hintOf(error),
      problems,
    };
  }
  if (error instanceof AnswerLost) {
    return {
      exitCode: EXIT.unreachable,
      code: 'NO_ANSWER',
      message: error.message,
      hint: 'what it did of it is not known: `breakout daemon start` starts it again, `breakout status` shows how things stand, `breakout logs` why it ended',
      problems: [],
    };
  }
  if (error instanceof NotReachable) {
    return {
      exitCode: EXIT.unreachable,
      code: 'NOT_REACHABLE',
      message: error.message,
      hint: null,
      problems: [],
    };
  }
  if (error instanceof CallTimeout) {
    return {
      exitCode: EXIT.unreachable,
      code: 'NO_ANSWER',
      message: error.message,
      hint: 'see `breakout status` for what became of it',
      problems: [],
    };
  }
  if (error instanceof Error && error.name === 'ConfigError') {
    return { exitCode: EXIT.usage, code: 'CONFIG', message: error.message, hint: null, problems: [] };
  }
  throw error;
}

/** Commander's refusal as one line. */
function usageMessage({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'a command is missing';
  return message
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
}

/** The daemon's hint, in the words of the command line: it speaks of methods, a person types commands. */
function hintOf(error: RpcError): string | null {
  const { ref, retryAfterMs } = error.data;
  if (error.code === 'INTERNAL' && ref !== undefined)
    return `the log has the detail: breakout logs --ref ${ref}`;
  if (error.code === 'RATE_LIMITED' && retryAfterMs !== undefined)
    return `again in ${Math.max(1, Math.round(retryAfterMs))} ms; \`breakout emergency-stop\` is never limited`;
  const known = COMMAND_HINTS.get(error.code);
  return known === undefined ? error.hint : known;
}

const HINTS: Readonly<Partial<Record<AppErrorCode, string | null>>> = {
  METHOD_NOT_FOUND: '`breakout rpc` lists those of this daemon',
  INTERNAL: 'the log has the detail: breakout logs --level error',
  LINE_TOO_LONG: 'the request is over 1 MiB: send less at a time',
  LINE_TIMEOUT: 'the request did not arrive whole in time; try again',
  EVENTS_LAGGED: '`breakout events --since SEQ --stream ID` goes on where it ended',
  UNKNOWN_SUBSCRIPTION: '`breakout events` begins a new one',
  TOO_MANY_SUBSCRIPTIONS: 'end a view, or watch more topics in one',
  RATE_LIMITED: 'try again in a moment; `breakout emergency-stop` is never limited',
  TOO_MANY_PENDING: 'wait for answers; `breakout emergency-stop` is still taken',
  READ_ONLY: "commands go over the daemon's main socket, see --socket",
  SHUTTING_DOWN: 'the daemon is stopping; `breakout daemon start` starts it again',
  RECOVERING:
    'try again; `breakout logs` says what it waits for, and what is open keeps its stops at the venue',
  ENGINE_ALREADY_RUNNING: '`breakout stop` ends the session that runs',
  ENGINE_NOT_RUNNING: '`breakout start --preset NAME` starts one',
  ENGINE_NOT_PAUSED: '`breakout status` shows its state',
  ENGINE_NOT_IN_ERROR: '`breakout status` shows its state',
  ENGINE_HALTED: '`breakout status` shows the rule, `breakout reset --reason "…"` releases it',
  EMERGENCY_LATCHED: 'release it with `breakout reset --reason "…"`',
  EMERGENCY_IN_PROGRESS: 'positions are still being closed; see `breakout status`',
  NOTHING_TO_RESET: '`breakout commands` shows what is allowed now',
  POSITIONS_OPEN: 'start as before to go on with them, then `breakout stop --flatten` closes them',
  FOREIGN_POSITION: '`breakout reconcile` shows what it is, and what to say',
  FOREIGN_UNKNOWN: '`breakout reconcile` shows what there is to decide on',
  STOP_IN_PROGRESS: 'wait until `breakout status` says IDLE',
  STOP_INCOMPLETE: 'it goes on stopping; see `breakout status`',
  COMMAND_PENDING: 'it is accepted and not yet carried out; see `breakout status`',
  SESSION_UNKNOWN: '`breakout sessions` lists them',
  POSITION_UNKNOWN: '`breakout positions` shows the open ones',
  ORDER_UNKNOWN: '`breakout orders` shows those that are out',
  ORDER_NOT_CANCELLABLE: '`breakout close` ends the position',
  SYMBOL_UNKNOWN: '`breakout explain` shows the symbols there are',
  CONFIRMATION_REQUIRED: 'the same command with `--confirm ACCOUNT`',
  EXCHANGE_UNREACHABLE: 'look at the network, then try again',
  RELOAD_INVALID: 'mend what is listed, then `breakout reload` again; nothing has been changed',
  // The message itself lists what there is or what is wrong, and where.
  INVALID_PARAMS: null,
  DATA_INVALID: null,
  PRESET_UNKNOWN: null,
  VENUE_UNKNOWN: null,
  PRESET_INVALID: null,
  MODE_REFUSED: null,
  START_FAILED: null,
  CREDENTIALS_MISSING: null,
  PREFLIGHT_REFUSED: null,
};

/** By a code that may be one of a newer daemon. */
const COMMAND_HINTS: ReadonlyMap<string, string | null> = new Map(Object.entries(HINTS));

/** `breakout: what is wrong (what mends it)`, and every problem on a line of its own where there are several. */
export function failureLines({ message, hint, problems }: Failure): string[] {
  const told = problems.filter((problem) => !message.includes(problem));
  return [
    `breakout: ${message}${hint === null ? '' : ` (${hint})`}`,
    ...told.map((problem) => `  ${problem}`),
  ];
}
