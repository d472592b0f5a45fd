/** The end of the log file, read by the client itself: a daemon that does not run cannot tell why. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type LogLine, publicLine } from '../telemetry/log-line.ts';

/** Read of one file at most: lines further back are not what a person looks for here. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Rotated files looked into beside the current one. */
const MAX_ROTATED = 4;

/**
 * The newest `limit` lines that fit, the oldest of them first; from the rotated files too when the current one has
 * fewer. Null when there is no log file.
 * @throws the system's error when it is there and cannot be read.
 */
export function tailOfFile(file: string, limit: number, fits: (line: LogLine) => boolean): LogLine[] | null {
  let found: LogLine[] | null = null;
  for (let n = 0; n <= MAX_ROTATED; n += 1) {
    const text = endOf(n === 0 ? file : `${file}.${n}`);
    if (text === null) return found;
    const lines = text.split('\n').flatMap(parsed).filter(fits);
    found = [...lines, ...(found ?? [])];
    if (found.length >= limit) break;
  }
  return found?.slice(-limit) ?? null;
}

/** The last part of a file from the start of a line on, or null when there is none. */
function endOf(file: string): string | null {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, MAX_BYTES));
    const length = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.toString('utf8', 0, length);
    return size > bytes.length ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    closeSync(fd);
  }
}

/** What is no line of ours (a write that was cut off by a crash) is passed over. */
function parsed(text: string): LogLine[] {
  if (text === '') return [];
  try {
    const record: unknown = JSON.parse(text);
    return typeof record === 'object' && record !== null && !Array.isArray(record)
      ? [publicLine({ ...record })]
      : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
