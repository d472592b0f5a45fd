import { decimalsOf, NOISY } from './decimal-reader.ts';

/** Decimals assumed where more than half of the numbers are float noise. */
const NOISY_DECIMALS = 8;

const LARGEST_WHOLE = 1e15;

export interface DecimalCount {
  /** The most decimals of any number, float noise aside. */
  readonly most: number;
  /** How many numbers are float noise. */
  readonly noisy: number;
}

/** The most decimals of many numbers. */
export class Decimals implements DecimalCount {
  most = 0;
  noisy = 0;

  add(decimals: number): void {
    if (decimals > this.most) this.most = decimals;
    else if (decimals === NOISY) this.noisy += 1;
  }

  addNumber(value: number): void {
    // A whole number of up to 15 digits over a power of ten is the float64 of that decimal: no more of them than before.
    const power = 10 ** this.most;
    const whole = Math.round(value * power);
    if (whole < LARGEST_WHOLE && whole / power === value) return;
    this.add(decimalsOf(value));
  }

  /** What was counted elsewhere. */
  take({ most, noisy }: DecimalCount): void {
    this.most = Math.max(this.most, most);
    this.noisy += noisy;
  }

  /** @param numbers how many were counted. */
  result(numbers: number): number {
    return this.noisy * 2 > numbers ? NOISY_DECIMALS : this.most;
  }
}
