/**
 * The daemon's log: one JSON object a line with time, level, component, message and, where a request caused it, its
 * reference. Every line goes through the redaction; a component's level can be changed while the daemon runs.
 *
 * winston makes the line (formats) and hands it on. Where it goes to is ours: winston's own file transport says
 * nothing on a full disk and never writes again after it, keeps what it could not write in memory, and leaves
 * rotated files open.
 */

import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { createLogger, format, transports, type Logger as WinstonLogger } from 'winston';
import { currentRef } from './correlation.ts';
import { type LevelSettings, type LogComponent, type LogLevel, LogLevels } from './levels.ts';
import { LogRing } from './log-ring.ts';
import type { Outage } from './outage.ts';
import { redacted } from './redact.ts';
import { type LineSink, RotatingFile } from './rotating-file.ts';
import { redactText } from './secrets.ts';
import { StdoutSink } from './stdout-sink.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Writes the lines of one component. */
export interface Logger {
  /** Whether a line of this level would be written: asked before work is put into one. */
  enabled(level: LogLevel): boolean;
  log(level: LogLevel, message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
}

/** The whole log; by itself the logger of component `daemon`. */
export interface Log extends Logger {
  component(name: LogComponent): Logger;
  readonly levels: LogLevels;
  /** The newest lines. */
  readonly lines: LogRing;
  /** Everything logged before has been handed to the system, or counted as lost. */
  close(): Promise<void>;
}

export interface LogOptions extends Partial<LevelSettings> {
  /** Rotating file of JSON lines; null writes them to stdout, for a supervisor to keep. */
  readonly file: string | null;
  /** Bytes at which the file is rotated. */
  readonly maxBytes?: number;
  /** Files kept, the current one included. */
  readonly maxFiles?: number;
  /** Where it is said, once, that the log cannot be written. Default: stderr. */
  readonly complain?: (text: string) => void;
}

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 5;

/** Where winston keeps the finished text of a line. */
const MESSAGE: unique symbol = Symbol.for('message');

/** Opens the daemon's log. A file that cannot be written is no error: the daemon may hold positions. */
export function openLog(options: LogOptions): Log {
  const complain = options.complain ?? complainOnStderr;
  const lines = new LogRing();
  const sink = openSink(options, complain);
  const winston = createLogger({
    // Components have levels of their own, asked before a line is made.
    level: 'debug',
    format: format.combine(redaction(), format.json({ deterministic: false }), keeping(lines)),
    transports: [new transports.Stream({ stream: streamTo(sink), eol: '\n' })],
    exitOnError: false,
  });
  winston.on('error', (error) => complain(`a line could not be logged: ${redactText(String(error))}`));

  const { level = 'info', components = {} } = options;
  const levels = new LogLevels({ level, components }, (changes) => {
    for (const { component: of, from, to } of changes)
      daemon.info('log level back after its time', { of, from, to });
  });
  const loggers = new Map<LogComponent, Logger>();
  const component = (name: LogComponent): Logger => {
    const known = loggers.get(name) ?? new ComponentLogger(name, levels, winston);
    loggers.set(name, known);
    return known;
  };
  const daemon = component('daemon');
  return {
    enabled: (of) => daemon.enabled(of),
    log: (of, message, fields) => daemon.log(of, message, fields),
    error: (message, fields) => daemon.error(message, fields),
    warn: (message, fields) => daemon.warn(message, fields),
    info: (message, fields) => daemon.info(message, fields),
    debug: (message, fields) => daemon.debug(message, fields),
    component,
    levels,
    lines,
    close: async () => {
      levels.dispose();
      await ended(winston);
      sink.close();
    },
  };
}

/** Resolves once everything logged has been handed to the system, or cannot be. */
export async function closeLog(log: Log): Promise<void> {
  await log.close();
}

/** An error as fields of a log line, its causes included. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  return {
    error: error.stack ?? `${error.name}: ${error.message}`,
    ...(error.cause !== undefined && { cause: errorFields(error.cause) }),
  };
}

/** Names that a line, or winston, has a meaning of its own for. */
const RESERVED: ReadonlySet<string> = new Set([
  'timestamp',
  'level',
  'component',
  'message',
  'splat',
  'exception',
  'rejection',
]);

class ComponentLogger implements Logger {
  readonly #name: LogComponent;
  readonly #levels: LogLevels;
  readonly #winston: WinstonLogger;

  constructor(name: LogComponent, levels: LogLevels, winston: WinstonLogger) {
    this.#name = name;
    this.#levels = levels;
    this.#winston = winston;
  }

  enabled(level: LogLevel): boolean {
    return this.#levels.enabled(this.#name, level);
  }

  log(level: LogLevel, message: string, fields: Fields = {}): void {
    // After the end of the log there is nobody to tell.
    if (!this.enabled(level) || !this.#winston.writable) return;
    this.#winston.log(lineOf(level, this.#name, message, fields));
  }

  error(message: string, fields?: Fields): void {
    this.log('error', message, fields);
  }

  warn(message: string, fields?: Fields): void {
    this.log('warn', message, fields);
  }

  info(message: string, fields?: Fields): void {
    this.log('info', message, fields);
  }

  debug(message: string, fields?: Fields): void {
    this.log('debug', message, fields);
  }
}

interface Line {
  readonly timestamp: string;
  readonly level: LogLevel;
  readonly component: LogComponent;
  readonly message: string;
  readonly [field: string]: unknown;
}

function lineOf(level: LogLevel, component: LogComponent, message: string, fields: Fields): Line {
  const ref = currentRef();
  const own = Object.entries(fields).map(([key, value]) => [RESERVED.has(key) ? `${key}_` : key, value]);
  return {
    timestamp: new Date().toISOString(),
    level,
    component,
    message,
    ...(ref !== undefined && { ref }),
    ...Object.fromEntries(own),
  };
}

const redaction = format((info) => {
  for (const key of Object.keys(info)) {
    // winston tells its levels by this word, and the other two are ours.
    if (key === 'level' || key === 'timestamp' || key === 'component') continue;
    info[key] = redactedField(key, info[key]);
  }
  return info;
});

/** The value under the name of its own key, so that `{apiKey}` as a field is hidden as it is anywhere deeper. */
function redactedField(key: string, value: unknown): unknown {
  const copied = redacted({ [key]: value });
  return typeof copied === 'object' && copied !== null ? Reflect.get(copied, key) : undefined;
}

const keeping = (lines: LogRing) =>
  format((info) => {
    const text = info[MESSAGE];
    lines.add({ ...info }, typeof text === 'string' ? text.length : 0);
    return info;
  })();

function openSink(options: LogOptions, complain: (text: string) => void): LineSink {
  if (options.file === null) return new StdoutSink({ complain, afterOutage: outageLine });
  return new RotatingFile({
    file: options.file,
    maxBytes: options.maxBytes ?? MAX_BYTES,
    maxFiles: options.maxFiles ?? MAX_FILES,
    complain,
    afterOutage: outageLine,
  });
}

function outageLine({ reason, since, dropped }: Outage): string {
  const fields = { reason: redactText(reason), since: new Date(since).toISOString(), dropped };
  return JSON.stringify(lineOf('warn', 'daemon', 'the log could not be written', fields));
}

/** winston writes lines to a stream; this one passes each on at once. */
function streamTo(sink: LineSink): Writable {
  return new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, next) => {
      sink.write(line.endsWith('\n') ? line.slice(0, -1) : line);
      next();
    },
  });
}

async function ended(winston: WinstonLogger): Promise<void> {
  await new Promise<void>((resolve) => {
    winston.once('finish', () => resolve());
    winston.end();
  });
}

function complainOnStderr(text: string): void {
  try {
    writeSync(process.stderr.fd, `breakout: ${text}\n`);
  } catch {
    // Neither log nor stderr takes anything: `logs.tail` still shows the lines from memory.
  }
}
