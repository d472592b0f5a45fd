/**
 * Random streams of the generated market. Everything here is 32-bit integer arithmetic and the IEEE basic
 * operations (+ - * / sqrt), whose results are fixed to the last bit: the same seed gives the same market on
 * every platform. Math.exp, Math.log and Math.sin, whose last bits are up to the engine, are not used.
 */
import type { Archive } from '../../../archive/archive.ts';
import { at } from '../../../market/arrays.ts';

const TO_UNIT = 1 / 4_294_967_296;

/** Finaliser of 32-bit integers with full avalanche (the "lowbias32" constants of C. Wellons' hash prospector). */
export function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return value ^ (value >>> 16);
}

/** A 32-bit key of a seed (any safe integer) and a name: streams of different names are unrelated. */
export function streamKey(seed: number, name: string): number {
  let key = mix((seed | 0) ^ mix(Math.floor(seed * TO_UNIT) | 0));
  for (let i = 0; i < name.length; i += 1) key = mix(key ^ Math.imul(name.charCodeAt(i) + i + 1, 0x9e3779b1));
  return key;
}

/** A uniform number in [0, 1) that depends only on its arguments: noise without a stream to draw from. */
export function noiseAt(key: number, index: number, salt: number): number {
  return (mix(key ^ mix(Math.imul(index, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b))) >>> 0) * TO_UNIT;
}

/** exp(x) for the moderate x of log-normal factors, as (1 + x/16)^16: within 3 % for |x| < 1, positive for x > -16. */
export function growth(x: number): number {
  const root = 1 + x / 16;
  const p2 = root * root;
  const p4 = p2 * p2;
  const p8 = p4 * p4;
  return p8 * p8;
}

/** Natural logarithm for 0 < x <= 1, by halving the exponent away and the series of 2 artanh((m-1)/(m+1)). */
function naturalLog(x: number): number {
  let halvings = 0;
  while (x < 0.5) {
    x *= 2;
    halvings += 1;
  }
  const ratio = (x - 1) / (x + 1);
  let term = 2 * ratio;
  let sum = 0;
  for (let odd = 1; odd < 40; odd += 2) {
    sum += term / odd;
    term *= ratio * ratio;
  }
  return sum - halvings * Math.LN2;
}

const QUANTILES = 2048;
const EXPONENTIAL = Float64Array.from({ length: QUANTILES }, (_, i) => -naturalLog((i + 0.5) / QUANTILES));

/** A stream of random numbers: xoshiro128** (Blackman and Vigna), seeded by a splitmix-like walk from one key. */
export class Rng {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(key: number) {
    this.#a = mix(key + 0x9e3779b9);
    this.#b = mix(key + 0x3c6ef372);
    this.#c = mix(key + 0xdaa66d2b);
    // One odd word keeps the state from being all zero, which would never leave zero.
    this.#d = mix(key + 0x78dde6e4) | 1;
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    const scrambled = Math.imul(this.#b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return (this.bits() >>> 0) * TO_UNIT;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.unit());
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** Mean 0, variance 1, within 3.5: the sum of four 16-bit uniforms. Its tails are made by volatility, not here. */
  bell(): number {
    const x = this.bits();
    const y = this.bits();
    const sum = (x >>> 16) + (x & 0xffff) + (y >>> 16) + (y & 0xffff);
    return (sum / 65_536 - 1.999969482421875) * 1.7320508075688772;
  }

  /** Exponential with mean 1, from a table of 2048 quantiles (largest value 8.3). */
  exponential(): number {
    return at(EXPONENTIAL, this.bits() >>> 21);
  }

  archive(a: Archive): void {
    a.section('Rng');
    this.#a = a.number(this.#a);
    this.#b = a.number(this.#b);
    this.#c = a.number(this.#c);
    this.#d = a.number(this.#d);
  }
}
