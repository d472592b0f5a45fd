/**
 * A grid of decimal multiples: the tick of a price, the lot of a quantity. Inside the engine a price or
 * a quantity is a float64 near a grid point; what leaves the engine is a whole number of steps, printed
 * exactly. `step = mantissa * 10^-scale`, so any decimal step (0.05, 2.5, 10) is represented without error.
 */
export interface Grid {
  /** The step as it was given, e.g. "0.05". */
  readonly text: string;
  readonly step: number;
  readonly mantissa: number;
  readonly scale: number;
}

const DECIMAL = /^(\d+)(?:\.(\d+))?$/;

/** Slack, in steps, when a float64 is taken for a grid point: far above float error, far below half a step. */
const SLACK = 1e-6;
/** Float error of a quotient, relative: from some billions of steps on it is more than the slack above. */
const QUOTIENT_ERROR = 2 ** -51;

function slack(steps: number): number {
  return Math.max(SLACK, Math.abs(steps) * QUOTIENT_ERROR);
}

/** @throws RangeError when `text` is not a positive plain decimal. */
export function grid(text: string): Grid {
  const parts = DECIMAL.exec(text);
  const fraction = (parts?.[2] ?? '').replace(/0+$/, '');
  const mantissa = parts ? Number(`${parts[1]}${fraction}`) : 0;
  if (!parts || mantissa <= 0 || !Number.isSafeInteger(mantissa)) {
    throw new RangeError(`a step must be a positive decimal such as "0.01", not ${JSON.stringify(text)}`);
  }
  const scale = fraction.length;
  return { text, step: mantissa / 10 ** scale, mantissa, scale };
}

/** Whole steps at or below `value`; a value within float error of a grid point counts as that point. */
export function stepsDown(g: Grid, value: number): number {
  const steps = value / g.step;
  return Math.floor(steps + slack(steps));
}

/** Whole steps at or above `value`; a value within float error of a grid point counts as that point. */
export function stepsUp(g: Grid, value: number): number {
  const steps = value / g.step;
  return Math.ceil(steps - slack(steps));
}

export function stepsNearest(g: Grid, value: number): number {
  return Math.round(value / g.step);
}

/** Steps of one grid as steps of another; what lies between two of them is rounded. */
export function stepsOn(from: Grid, to: Grid, steps: number, rounded: 'up' | 'down' | 'nearest'): number {
  if (from.text === to.text) return steps;
  const value = stepsToNumber(from, steps);
  if (rounded === 'nearest') return stepsNearest(to, value);
  return rounded === 'up' ? stepsUp(to, value) : stepsDown(to, value);
}

/** The float64 nearest to `steps` grid steps. */
export function stepsToNumber(g: Grid, steps: number): number {
  return (steps * g.mantissa) / 10 ** g.scale;
}

/** The exact decimal of `steps` grid steps, with the grid's own number of decimals. */
export function stepsToText(g: Grid, steps: number): string {
  const units = BigInt(steps) * BigInt(g.mantissa);
  const digits = (units < 0n ? -units : units).toString().padStart(g.scale + 1, '0');
  const whole = digits.slice(0, digits.length - g.scale);
  const sign = units < 0n ? '-' : '';
  return g.scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(digits.length - g.scale)}`;
}
