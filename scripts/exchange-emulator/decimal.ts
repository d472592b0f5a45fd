/** Exact decimals of the emulator's books: money, prices and quantities. */
import Big from 'big.js';

/** Decimals that a quotient is rounded to: an average price, a share of a margin. Sums and products are exact. */
const QUOTIENT_DECIMALS = 18;

export const ZERO = new Big(0);

const PLAIN = /^-?\d+(\.\d+)?$/;

export function decimal(value: string | number): Big {
  return new Big(value);
}

/** null when the text is not a plain decimal. */
export function parseDecimal(text: string): Big | null {
  return PLAIN.test(text) ? new Big(text) : null;
}

/** Never in exponent notation. */
export function plain(value: Big): string {
  return value.toFixed();
}

export function quotient(a: Big, b: Big): Big {
  const decimals = Big.DP;
  Big.DP = QUOTIENT_DECIMALS;
  try {
    return a.div(b);
  } finally {
    Big.DP = decimals;
  }
}

export function isMultiple(value: Big, step: Big): boolean {
  return value.mod(step).eq(0);
}

/** The largest multiple of `step` at or below a value that is not negative. */
export function floorTo(value: Big, step: Big): Big {
  return value.minus(value.mod(step));
}

export function smaller(a: Big, b: Big): Big {
  return a.lt(b) ? a : b;
}

export function larger(a: Big, b: Big): Big {
  return a.gt(b) ? a : b;
}
