/** Reads JSON that people write: from regular files of a sane size, strictly, with the place of what is wrong. */
import { readFileSync, statSync } from 'node:fs';
import type { Problem } from './config-error.ts';

export type ReadJson = { readonly value: unknown } | { readonly problems: readonly Problem[] };

/** Presets and settings take some kilobytes; what is larger is something else, and reading it would hold up the daemon. */
export const MAX_BYTES = 256 * 1024;

/** Reads and parses a file; what cannot be read is a problem as well as what is no JSON. */
export function readJsonFile(file: string): ReadJson {
  let text: string;
  try {
    // Asked before it is opened: the open of a pipe waits for a writer, and all the daemon with it.
    const found = statSync(file);
    if (!found.isFile()) return problem('no regular file', 'a readable file');
    if (found.size > MAX_BYTES) return problem(`${found.size} bytes`, `up to ${MAX_BYTES} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return problem(reason, 'a readable file');
  }
  return parseJson(text);
}

export function parseJson(text: string): ReadJson {
  try {
    // Some editors put a byte order mark in front.
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return problem(`${reason}${placeOf(reason, text)}`, 'JSON (no comments, no trailing commas)');
  }
}

/** Line and column of the position that the parser names, where it names one. */
function placeOf(reason: string, text: string): string {
  const position = /position (\d+)/.exec(reason)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}

function problem(found: string, allowed: string): ReadJson {
  return { problems: [{ path: '', found, allowed }] };
}
