import { createLogger, format, type Logger, transports } from 'winston';

export type { Logger } from 'winston';

export interface LogOptions {
  /** Rotating file of JSON lines; null writes them to stdout, for a supervisor to keep. */
  readonly file: string | null;
  readonly level?: string;
}

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 5;

/** A transport that failed never says that it is finished. */
const CLOSE_BOUND_MS = 2_000;

/** The daemon's log: one JSON object a line with time, level and message. */
export function openLog(options: LogOptions): Logger {
  const transport =
    options.file === null
      ? new transports.Console()
      : new transports.File({
          filename: options.file,
          maxsize: MAX_BYTES,
          maxFiles: MAX_FILES,
          tailable: true,
        });
  const log = createLogger({
    level: options.level ?? 'info',
    format: format.combine(format.timestamp(), format.errors({ stack: true }), format.json()),
    transports: [transport],
    exitOnError: false,
  });
  // A full disk or a removed folder must not end a daemon that holds positions.
  log.on('error', (error) => process.stderr.write(`the log cannot be written: ${String(error)}\n`));
  return log;
}

/** Resolves once everything logged has been handed to the system, or cannot be. */
export async function closeLog(log: Logger): Promise<void> {
  await new Promise<void>((resolve) => {
    const bound = setTimeout(resolve, CLOSE_BOUND_MS);
    log.once('finish', () => {
      clearTimeout(bound);
      resolve();
    });
    log.end();
  });
}

/** An error as fields of a log line, its causes included. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  return {
    error: error.stack ?? `${error.name}: ${error.message}`,
    ...(error.cause !== undefined && { cause: errorFields(error.cause) }),
  };
}
