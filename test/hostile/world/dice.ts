import { random } from '../../engine/random-market.ts';

/** Chance out of a seed. */
export class Dice {
  readonly #draw: () => number;

  constructor(seed: number) {
    this.#draw = random(seed);
  }

  chance(p: number): boolean {
    return p > 0 && this.#draw() < p;
  }

  /** From `low` to below `high`. */
  between(low: number, high: number): number {
    return low + this.#draw() * (high - low);
  }

  /** A whole number, both ends included. */
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.whole(0, list.length - 1)];
    if (found === undefined) throw new RangeError('nothing to pick from');
    return found;
  }

  /** Skewed: mostly short, at times long. */
  delay(usual: number, most: number): number {
    const x = this.#draw();
    return Math.max(1, Math.round(usual * (0.3 + x) + (most - usual) * x ** 12));
  }
}
