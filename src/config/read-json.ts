/** Reads JSON that people write: from regular files of a sane size, strictly, with the place of what is wrong. */
import { readFileSync, statSync } from 'node:fs';
import { parse, type ValueNode } from '@humanwhocodes/momoa';
import type { Problem } from './config-error.ts';
import { MAX_PROBLEMS } from './problems.ts';

export type ReadJson = { readonly value: unknown } | { readonly problems: readonly Problem[] };

/** Presets and settings take some kilobytes; what is larger is something else, and reading it would hold up the daemon. */
const MAX_BYTES = 256 * 1024;

const STRICT = 'JSON (no comments, no trailing commas)';

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
    return problem(reasonOf(error), 'a readable file');
  }
  return parseJson(text);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  return code === 'EACCES' ? 'a file that this user may not read' : code;
}

/**
 * Parses a text. A key written twice is refused: of two values for one parameter the second would count
 * without a word.
 */
export function parseJson(text: string): ReadJson {
  // Some editors put a byte order mark in front.
  const json = text.replace(/^\uFEFF/, '');
  try {
    const problems = twice(parse(json, { mode: 'json' }).body, []);
    return problems.length > 0 ? { problems: problems.slice(0, MAX_PROBLEMS) } : { value: JSON.parse(json) };
  } catch (error) {
    if (error instanceof RangeError) return problem('a document that is nested too deeply', STRICT);
    if (error instanceof SyntaxError) return problem(strictly(error.message, json), STRICT);
    if (error instanceof Error) return problem(placed(error, json), STRICT);
    throw error;
  }
}

function twice(node: ValueNode, path: readonly string[]): Problem[] {
  if (node.type === 'Array')
    return node.elements.flatMap(({ value }, i) => twice(value, [...path, String(i)]));
  if (node.type !== 'Object') return [];
  const lines = new Map<string, number>();
  return node.members.flatMap(({ name, value }) => {
    const key = name.type === 'String' ? name.value : name.name;
    const at = [...path, key];
    const { line } = name.loc.start;
    const first = lines.get(key);
    lines.set(key, first ?? line);
    const inside = twice(value, at);
    if (first === undefined) return inside;
    const found = `the key a second time in line ${line}, after line ${first}`;
    return [{ path: at.join('.'), found, allowed: 'each key once' }, ...inside];
  });
}

const TOKENS: Readonly<Record<string, string>> = {
  LBrace: '{',
  RBrace: '}',
  LBracket: '[',
  RBracket: ']',
  Comma: ',',
  Colon: ':',
};

/** The parser's complaint with its place and without the words of the file, which may be secret. */
function placed(error: Error, text: string): string {
  // Of a text that ends too early the parser does not always know where.
  if (error.message.startsWith('Unexpected end')) return `its end too early (${place(text, text.length)})`;
  const offset = 'offset' in error ? Number(error.offset) : 0;
  return `an unexpected ${unexpected(error.message)} (${place(text, offset)})`;
}

function unexpected(message: string): string {
  const token = /^Unexpected token (\w+)/.exec(message)?.[1];
  if (token) return TOKENS[token] ?? token.toLowerCase();
  const [, character] = /^Unexpected character ('.')/su.exec(message) ?? [];
  return character === undefined ? 'word' : JSON.stringify(character).slice(1, -1);
}

/** What only the strict parser of the engine minds: line ends and other control characters inside a text. */
function strictly(message: string, text: string): string {
  const [, what = message, position = '0'] = /^(.*) in JSON at position (\d+)/.exec(message) ?? [];
  return `${what.toLowerCase()} (${place(text, Number(position))})`;
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function problem(found: string, allowed: string): ReadJson {
  return { problems: [{ path: '', found, allowed }] };
}
