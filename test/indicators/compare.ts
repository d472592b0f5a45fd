import assert from 'node:assert/strict';

/**
 * Asserts that both series have NaN at the same bars and elsewhere differ by at most `tolerance(expected, i)`;
 * the message names the bar of the worst difference.
 */
export function assertSeries(
  what: string,
  actual: readonly number[],
  expected: readonly number[],
  tolerance: (expected: number, i: number) => number,
): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  let worst = { excess: 0, i: -1 };
  for (const [i, want] of expected.entries()) {
    const got = actual[i] ?? Number.NaN;
    // Written out for a failure alone: millions of bars are compared.
    if (Number.isNaN(got) !== Number.isNaN(want))
      assert.fail(`${what}, bar ${i}: got ${got}, expected ${want}`);
    if (Number.isNaN(want)) continue;
    const excess = Math.abs(got - want) - tolerance(want, i);
    if (!(excess <= worst.excess)) worst = { excess, i };
  }
  const { i } = worst;
  assert.equal(i, -1, `${what}, bar ${i}: got ${actual[i]}, expected ${expected[i]}`);
}

/** Asserts that `actual` differs from `expected` by at most `tolerance`. */
export function assertClose(what: string, actual: number, expected: number, tolerance: number): void {
  if (Math.abs(actual - expected) <= tolerance) return;
  assert.fail(`${what}: got ${actual}, expected ${expected}, at most ${tolerance} apart`);
}

/** A difference of one part in 1e9 of the value itself. */
export const relative = (expected: number): number => 1e-9 * Math.abs(expected);

/** Equal to the last bit. */
export const exact = (): number => 0;
