import { isSecretKey, REDACTED, redactText } from './secrets.ts';

/** Beyond these a value is cut: a log line is for reading. */
const MAX_DEPTH = 8;
const MAX_ENTRIES = 200;
const MAX_TEXT = 16_384;

/**
 * A copy of any value in plain JSON, without secrets: by the names of keys at any depth, by registered values and by
 * patterns in every text, keys and error messages included. Bytes are never written, only their number.
 */
export function redacted(value: unknown): unknown {
  return copy(value, 0, new Set());
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number': {
      const written = String(value);
      return redactText(written) === written ? value : REDACTED;
    }
    case 'bigint':
      return text(String(value));
    case 'boolean':
    case 'undefined':
      return value;
    case 'symbol':
    case 'function':
      return `[${typeof value}]`;
    case 'object':
      return value === null ? null : copyObject(value, depth, above);
  }
}

/** Beyond this a text is not even read. Its last part is never shown: a secret may have been cut in two there. */
const MAX_READ = 65_536;
const MARGIN = 8_192;

function text(value: string): string {
  const whole = value.length <= MAX_READ;
  const clean = redactText(whole ? value : value.slice(0, MAX_READ));
  if (whole && clean.length <= MAX_TEXT) return clean;
  return `${clean.slice(0, whole ? MAX_TEXT : Math.min(MAX_TEXT, Math.max(0, clean.length - MARGIN)))}… (${value.length} characters)`;
}

function copyObject(value: object, depth: number, above: Set<object>): unknown {
  if (above.has(value)) return '[circular]';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'no date' : value.toISOString();
  if (value instanceof URL || value instanceof URLSearchParams || value instanceof RegExp)
    return text(String(value));
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? '[a list]' : '[an object]';
  above.add(value);
  try {
    if (Array.isArray(value) || value instanceof Set) return list([...value], depth, above);
    if (value instanceof Map) return record([...value].map(entry), depth, above);
    if (value instanceof Error) return record(partsOf(value), depth, above);
    const plain = plainForm(value);
    return plain === undefined ? record(propertiesOf(value), depth, above) : copy(plain, depth + 1, above);
  } finally {
    above.delete(value);
  }
}

function entry([key, value]: [unknown, unknown]): [string, unknown] {
  return [String(key), value];
}

function list(items: readonly unknown[], depth: number, above: Set<object>): unknown[] {
  const kept = items.slice(0, MAX_ENTRIES).map((item) => copy(item, depth + 1, above));
  return items.length > MAX_ENTRIES ? [...kept, `… ${items.length - MAX_ENTRIES} more`] : kept;
}

function record(entries: readonly (readonly [string, unknown])[], depth: number, above: Set<object>): object {
  const clean = entries
    .slice(0, MAX_ENTRIES)
    .map(([key, value]) => [text(key), under(key, value, depth, above)]);
  if (entries.length > MAX_ENTRIES) clean.push(['…', `${entries.length - MAX_ENTRIES} more`]);
  return Object.fromEntries(clean);
}

/** That there is none, or whether there is one, is no secret. */
function under(key: string, value: unknown, depth: number, above: Set<object>): unknown {
  const tells = value !== null && value !== undefined && typeof value !== 'boolean';
  return tells && isSecretKey(key) ? REDACTED : copy(value, depth + 1, above);
}

/** Of an error what explains it; what a library hangs on it beside that (requests, headers) stays away. */
function partsOf(error: Error): [string, unknown][] {
  const parts: [string, unknown][] = [['error', error.stack ?? `${error.name}: ${error.message}`]];
  // A message that was changed after the stack was taken is not in it.
  if (error.stack !== undefined && !error.stack.includes(error.message))
    parts.push(['message', error.message]);
  if ('code' in error) parts.push(['code', error.code]);
  if (error.cause !== undefined) parts.push(['cause', error.cause]);
  if (error instanceof AggregateError) parts.push(['errors', error.errors]);
  return parts;
}

/** What a decimal or the like gives of itself for JSON; undefined when it has nothing of the kind. */
function plainForm(value: object): unknown {
  if (!('toJSON' in value) || typeof value.toJSON !== 'function') return undefined;
  try {
    return value.toJSON();
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): string {
  return `[unreadable: ${error instanceof Error ? error.name : 'it throws'}]`;
}

function propertiesOf(value: object): [string, unknown][] {
  return Object.keys(value).map((key) => {
    try {
      return [key, Reflect.get(value, key)];
    } catch (error) {
      return [key, unreadable(error)];
    }
  });
}
