/**
 * Decimal numbers read from bytes, without a string for each. The value is exactly that of `Number(text)`:
 * a mantissa under 2^53 and a power of ten up to 10^22 are both exact float64, so one division or
 * multiplication rounds once, to the nearest (Clinger, "How to read floating point numbers accurately",
 * 1990). What does not fit that goes through `Number` itself.
 */

export const NEWLINE = 10;
export const CARRIAGE_RETURN = 13;
export const COMMA = 44;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const UPPER_E = 69;
const LOWER_E = 101;

/** One more digit on top of this still fits an int32. */
const INTEGER_ROOM = 99_999_999;

/** One more digit on top of this still makes at most 15, which is what a float64 always holds. */
const MANTISSA_ROOM = 99_999_999_999_999;
const MAX_POWER = 22;
const POWERS = Float64Array.from({ length: MAX_POWER + 1 }, (_, power) => Number(`1e${power}`));

const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;

/** Marks a number with more digits than any exchange prints: the rounding noise of someone's float arithmetic. */
export const NOISY = -1;

/** The byte at `index`; past the end it reads as the end of a line. */
export function byteAt(bytes: Uint8Array, index: number): number {
  const byte = bytes[index];
  return byte === undefined ? NEWLINE : byte;
}

export function endsField(byte: number): boolean {
  return byte === COMMA || byte === NEWLINE || byte === CARRIAGE_RETURN;
}

export class DecimalReader {
  readonly #bytes: Uint8Array;
  /** Where the field of the last `read` ended: the position of its comma or line end. */
  end = 0;
  /** Decimals of the number last read, trailing zeros aside, or `NOISY`. 9.9e-7 has 8. */
  decimals = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The number in the field that begins at `start`, or NaN when the field is not a plain finite decimal. */
  read(start: number): number {
    const bytes = this.#bytes;
    let position = start;
    let point = -1;
    let byte = byteAt(bytes, position);
    // Up to nine digits in an integer, which most numbers are; the rest, if any, in a float64.
    let head = 0;
    while (head <= INTEGER_ROOM) {
      if (byte >= ZERO && byte <= NINE) head = (head * 10 + (byte - ZERO)) | 0;
      else if (byte === DOT && point < 0) point = position;
      else break;
      position += 1;
      byte = byteAt(bytes, position);
    }
    let mantissa = head;
    while (head > INTEGER_ROOM) {
      if (byte >= ZERO && byte <= NINE) {
        if (mantissa > MANTISSA_ROOM) return this.#readText(start);
        mantissa = mantissa * 10 + (byte - ZERO);
      } else if (byte === DOT && point < 0) point = position;
      else break;
      position += 1;
      byte = byteAt(bytes, position);
    }
    if (position === start || point === start) return this.#readText(start);
    let scale = point < 0 ? 0 : position - point - 1;
    let decimals = scale;
    while (decimals > 0 && byteAt(bytes, point + decimals) === ZERO) decimals -= 1;
    if (byte === LOWER_E || byte === UPPER_E) {
      position += 1;
      byte = byteAt(bytes, position);
      const negative = byte === MINUS;
      if (negative || byte === PLUS) {
        position += 1;
        byte = byteAt(bytes, position);
      }
      const digits = position;
      let exponent = 0;
      while (byte >= ZERO && byte <= NINE && exponent <= MAX_POWER) {
        exponent = exponent * 10 + (byte - ZERO);
        position += 1;
        byte = byteAt(bytes, position);
      }
      if (position === digits) return this.#readText(start);
      if (negative) exponent = -exponent;
      scale -= exponent;
      // Without a fraction that counts, zeros at the end of the whole part would count: leave that to the text.
      if (decimals === 0 && exponent < 0) return this.#readText(start);
      decimals = Math.max(0, decimals - exponent);
    }
    if (!endsField(byte) || scale > MAX_POWER || scale < -MAX_POWER) return this.#readText(start);
    this.end = position;
    this.decimals = decimals;
    return scale >= 0 ? mantissa / power(scale) : mantissa * power(-scale);
  }

  /** The careful way, for the few fields that the fast one does not take. */
  #readText(start: number): number {
    let end = start;
    while (!endsField(byteAt(this.#bytes, end))) end += 1;
    this.end = end;
    this.decimals = 0;
    const text = textBetween(this.#bytes, start, end);
    const parts = NUMBER.exec(text);
    if (!parts || (parts[2] ?? '') + (parts[3] ?? '') === '') return Number.NaN;
    const value = Number(text);
    if (!Number.isFinite(value)) return Number.NaN;
    this.decimals = decimalsOf(value);
    return value;
  }
}

/** Decimals of a number as it is written shortest, or `NOISY`: what has up to 15 digits is written as it was read. */
export function decimalsOf(value: number): number {
  const parts = NUMBER.exec(String(value));
  const fraction = (parts?.[3] ?? '').replace(/0+$/, '');
  const digits = ((parts?.[2] ?? '') + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return 0;
  if (significant.length > 15) return NOISY;
  return Math.max(0, fraction.length - (digits.length - significant.length) - Number(parts?.[4] ?? 0));
}

/** The text of some bytes, without copying them first; nothing where `start` is past the end. */
export function textBetween(bytes: Uint8Array, start: number, end: number): string {
  const part = bytes.subarray(start, end);
  return Buffer.from(part.buffer, part.byteOffset, part.length).toString('latin1');
}

function power(exponent: number): number {
  const value = POWERS[exponent];
  if (value === undefined) throw new RangeError(`10^${exponent} is not exact`);
  return value;
}
