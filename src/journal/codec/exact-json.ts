/**
 * JSON that keeps every number: NaN, the infinities and minus zero, which plain JSON turns into null and 0, are
 * written as `{"$number":"NaN"}`, `"Infinity"`, `"-Infinity"` and `"-0"`. All else is plain JSON. No object of the
 * engine has `$number` as a key.
 */

const KEY = '$number';

/** Within a JSON string the quotes would be escaped, so this is found only where a number was written this way. */
const WRITTEN = `{"${KEY}":`;

export function exactJson(value: unknown): string {
  return holdsOddNumber(value) ? JSON.stringify(value, written) : JSON.stringify(value);
}

/** What was written: the caller knows its shape. @throws SyntaxError */
export function parseExactJson<T>(text: string): T {
  const value: T = text.includes(WRITTEN) ? JSON.parse(text, read) : JSON.parse(text);
  return value;
}

function isOdd(value: number): boolean {
  return value === 0 ? Object.is(value, -0) : !Number.isFinite(value);
}

/** Far cheaper than a replacer, and almost nothing holds one. */
function holdsOddNumber(value: unknown): boolean {
  if (typeof value === 'number') return isOdd(value);
  if (typeof value !== 'object' || value === null) return false;
  for (const held of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof held === 'number' ? isOdd(held) : typeof held === 'object' && holdsOddNumber(held))
      return true;
  }
  return false;
}

function written(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || !isOdd(value)) return value;
  return { [KEY]: Object.is(value, -0) ? '-0' : String(value) };
}

function read(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(KEY in value)) return value;
  return Number(value[KEY]);
}
