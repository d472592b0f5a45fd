/** Exact decimals out of what ccxt gives and back: no float arithmetic touches a price or a quantity. */
import Big from 'big.js';
import type { Figure } from './exchange.ts';

/** A plain decimal without an exponent, or null where there is none. A number is taken for the shortest decimal that means it. */
export function decimal(figure: Figure): string | null {
  if (figure === undefined || figure === null || figure === '') return null;
  try {
    return new Big(figure).toFixed();
  } catch (error) {
    // Only what is no decimal at all throws: NaN, Infinity, words.
    if (error instanceof Error && error.message.includes('Invalid number')) return null;
    throw error;
  }
}

export function isZero(text: string | null): boolean {
  return text === null || new Big(text).eq(0);
}

export function sameDecimal(a: string, b: string): boolean {
  return new Big(a).eq(b);
}

export function times(a: string, b: string): string {
  return new Big(a).times(b).toFixed();
}

export function plus(a: string, b: string): string {
  return new Big(a).plus(b).toFixed();
}

/** a / b where it comes out even within the digits that exchanges use; null where it does not. */
export function quotient(a: string, b: string): string | null {
  const result = new Big(a).div(b);
  return result.times(b).eq(a) ? result.toFixed() : null;
}
