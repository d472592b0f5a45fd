/** What the process says with its exit code. */
export const EXIT = {
  done: 0,
  /** The daemon said no, or what was asked could not be done. */
  refused: 1,
  /** No daemon answers at the socket. */
  unreachable: 2,
  /** The command line is wrong. */
  usage: 3,
} as const;

export interface CliErrorDetail {
  readonly exitCode?: number;
  /** How to mend it. */
  readonly hint?: string;
  /** Everything that is wrong, a line each, where there can be more than one thing. */
  readonly problems?: readonly string[];
  readonly cause?: unknown;
}

/** A failure of the client's own, told in one line. `code` is for scripts and never changes. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly exitCode: number;
  readonly hint: string | null;
  readonly problems: readonly string[];

  constructor(code: string, message: string, detail: CliErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.exitCode = detail.exitCode ?? EXIT.refused;
    this.hint = detail.hint ?? null;
    this.problems = detail.problems ?? [];
  }
}

export function usageError(message: string, hint?: string): CliError {
  return new CliError('USAGE', message, { exitCode: EXIT.usage, ...(hint !== undefined && { hint }) });
}
