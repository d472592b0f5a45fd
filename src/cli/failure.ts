/** Every way a command can fail, turned once into one line, a code for scripts and an exit code. */
import { CallTimeout } from '../protocol/client.ts';
import { NotReachable, RpcError } from '../protocol/errors.ts';
import { CliError, EXIT } from './exit.ts';

export interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly problems: readonly string[];
}

export function failureOf(error: unknown): Failure {
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

/** The daemon's hint, in the words of the command line: it speaks of methods, a person types commands. */
function hintOf(error: RpcError): string | null {
  if (error.code === 'INTERNAL' && error.data.ref !== undefined)
    return `the log has the detail: breakout logs --ref ${error.data.ref}`;
  return COMMAND_HINTS.has(error.code) ? (COMMAND_HINTS.get(error.code) ?? null) : error.hint;
}

const COMMAND_HINTS: ReadonlyMap<string, string | null> = new Map(
  Object.entries({
    ENGINE_ALREADY_RUNNING: '`breakout stop` ends the session that runs',
    ENGINE_NOT_RUNNING: '`breakout start --preset NAME` starts one',
    ENGINE_HALTED: '`breakout status` shows the rule, `breakout reset --reason "…"` releases it',
    EMERGENCY_LATCHED: 'release it with `breakout reset --reason "…"`',
    EMERGENCY_IN_PROGRESS: 'positions are still being closed; see `breakout status`',
    POSITIONS_OPEN: 'start as before to go on with them, then `breakout stop --flatten` closes them',
    STOP_IN_PROGRESS: 'wait until `breakout status` says IDLE',
    STOP_INCOMPLETE: 'it goes on stopping; see `breakout status`',
    COMMAND_PENDING: 'it is accepted and not yet carried out; see `breakout status`',
    SESSION_UNKNOWN: '`breakout sessions` lists them',
    POSITION_UNKNOWN: '`breakout positions` shows the open ones',
    ORDER_UNKNOWN: '`breakout orders` shows those that are out',
    ORDER_NOT_CANCELLABLE: '`breakout close` ends the position',
    SYMBOL_UNKNOWN: '`breakout explain` shows the symbols there are',
    // The message itself lists what there is or what is wrong, and where.
    INVALID_PARAMS: null,
    DATA_INVALID: null,
    PRESET_UNKNOWN: null,
    VENUE_UNKNOWN: null,
    PRESET_INVALID: null,
    MODE_REFUSED: null,
    START_FAILED: null,
  }),
);

/** `breakout: what is wrong (what mends it)`, and every problem on a line of its own where there are several. */
export function failureLines({ message, hint, problems }: Failure): string[] {
  const told = problems.filter((problem) => !message.includes(problem));
  return [
    `breakout: ${message}${hint === null ? '' : ` (${hint})`}`,
    ...told.map((problem) => `  ${problem}`),
  ];
}
