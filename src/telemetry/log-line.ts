/** A line of the log as a client may see it: from the daemon's memory, or from the log file when no daemon runs. */

export interface LogLine {
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly level: string;
  readonly component: string;
  readonly message: string;
  /** Of the request that caused it. */
  readonly ref: string | null;
  /** Everything else that was logged with it, without stacks and paths: those are in the log alone. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A line as it is written. */
export type LogRecord = Readonly<Record<string, unknown>>;

/** An absolute path with at least one folder in it; a URL and `BTC/USDT` are none. */
const PATH = /(?<![\w:/.])(?:file:\/\/)?\/(?:[^\s/'"()<>,;:]+\/)+([^\s/'"()<>,;:]*)/g;

/** The text with only the last part of each path in it: a path tells of the machine. */
export function withoutPaths(text: string): string {
  return text.replace(PATH, '…/$1');
}

/** A written line as a client may see it: of an error the first line, under the `ref` of which the log has the rest. */
export function publicLine(record: LogRecord): LogLine {
  const { timestamp, level, component, message, ref, ...fields } = record;
  const detail = Object.entries(fields).map(([key, value]) => [key, publicValue(key, value)]);
  return {
    timestamp: textOf(timestamp),
    level: textOf(level),
    component: textOf(component),
    message: withoutPaths(textOf(message)),
    ref: typeof ref === 'string' ? ref : null,
    detail: Object.fromEntries(detail),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Keys under which stacks are logged. */
const STACKS: ReadonlySet<string> = new Set(['error', 'stack', 'cause', 'errors']);

function publicValue(key: string, value: unknown): unknown {
  if (typeof value === 'string') {
    const told = STACKS.has(key) || STACK_FRAME.test(value) ? (value.split('\n', 1)[0] ?? '') : value;
    return withoutPaths(told);
  }
  if (Array.isArray(value)) return value.map((item) => publicValue(key, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, publicValue(name, inner)]));
}

const STACK_FRAME = /\n\s+at /;
