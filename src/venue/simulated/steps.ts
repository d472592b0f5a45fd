/** Exact passage between decimals, float64 prices and whole steps of a grid. */
import type { Grid } from '../../market/grid.ts';

const DECIMAL = /^(\d+)(?:\.(\d+))?$/;

/** A float64 this near a whole step (in steps) is that step: above float error, far below any real price. */
const SLACK = 1e-6;

/** Whole steps of an exact decimal, or null when the text is no plain decimal or is off the grid. */
export function stepsOfText(grid: Grid, text: string): number | null {
  const parts = DECIMAL.exec(text);
  if (!parts) return null;
  const fraction = (parts[2] ?? '').replace(/0+$/, '');
  if (fraction.length > grid.scale) return null;
  const units = BigInt(`${parts[1]}${fraction.padEnd(grid.scale, '0')}`);
  const mantissa = BigInt(grid.mantissa);
  if (units % mantissa !== 0n) return null;
  const steps = Number(units / mantissa);
  return Number.isSafeInteger(steps) ? steps : null;
}

/** A float64 in steps of the grid: whole when it lies on the grid, fractional when a feed's price does not. */
export function inSteps(grid: Grid, value: number): number {
  const raw = value / grid.step;
  const nearest = Math.round(raw);
  return Math.abs(raw - nearest) <= SLACK ? nearest : raw;
}

export function roundUp(steps: number): number {
  return Math.ceil(steps - SLACK);
}

export function roundDown(steps: number): number {
  return Math.floor(steps + SLACK);
}

/** `units * 10^-scale` as a plain decimal without trailing zeros. */
export function decimalText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
