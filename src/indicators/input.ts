/**
 * Throws when `period` is not a whole number of at least `least`. The limits of presets are the schema's
 * to check; this guards against a wrong wiring inside.
 */
export function requirePeriod(indicator: string, period: number, least = 1): number {
  if (!Number.isSafeInteger(period) || period < least) {
    throw new RangeError(
      `${indicator}: the period must be a whole number of at least ${least}, got ${period}`,
    );
  }
  return period;
}

/**
 * Throws when `x` is NaN or infinite. A single NaN would stay in a recursive average for ever and would
 * break the order inside a heap or tree, so every indicator refuses it: push from another indicator only
 * once that one is ready.
 */
export function requireFinite(indicator: string, x: number): void {
  if (!Number.isFinite(x)) {
    throw new RangeError(`${indicator}: push takes finite numbers, got ${x}; wait until the source is ready`);
  }
}
