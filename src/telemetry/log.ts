import { createLogger, format, type Logger, transports } from 'winston';

export type { Logger } from 'winston';

export interface LogOptions {
  /** Rotating file of JSON lines; null writes them to stdout, for a supervisor to keep. */
  readonly file: string | null;
  readonly level?: string;
}

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 5;

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
  return createLogger({
    level: options.level ?? 'info',
    format: format.combine(format.timestamp(), format.errors({ stack: true }), format.json()),
    transports: [transport],
    exitOnError: false,
  });
}

/** Resolves once everything logged has been handed to the system. */
export async function closeLog(log: Logger): Promise<void> {
  await new Promise<void>((resolve) => {
    log.once('finish', resolve);
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
