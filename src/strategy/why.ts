/**
 * Why something was done or not: every condition of the pipeline, judged with its value and its threshold.
 * Counts are kept for the whole session, the last judgement for each symbol.
 */
import type { Archive } from '../archive/archive.ts';
import { at, floatAt, grown } from '../market/arrays.ts';
import type { Millis } from '../market/time.ts';
import { CONDITION_NAMES, type Condition } from './conditions.ts';

const INDEX = new Map<Condition, number>(CONDITION_NAMES.map((name, i) => [name, i]));

const PASSED = 1;
const FAILED = 2;
const NOT_EVALUATED = 3;

export interface Judgement {
  readonly condition: Condition;
  readonly verdict: 'passed' | 'failed' | 'not_evaluated';
  readonly value: number | null;
  readonly threshold: number | null;
  readonly at: Millis;
}

function indexOf(condition: Condition): number {
  const index = INDEX.get(condition);
  if (index === undefined) throw new RangeError(`no condition ${condition}`);
  return index;
}

export class Why {
  readonly #size = CONDITION_NAMES.length;
  readonly #counts = new Float64Array(this.#size * 4);
  #verdict: Uint8Array;
  #value: Float64Array;
  #threshold: Float64Array;
  #at: Float64Array;
  /** Venue time that judgements are recorded under. */
  now: Millis = 0;

  constructor(symbols: number) {
    this.#verdict = new Uint8Array(symbols * this.#size);
    this.#value = new Float64Array(symbols * this.#size);
    this.#threshold = new Float64Array(symbols * this.#size);
    this.#at = new Float64Array(symbols * this.#size);
  }

  /** There are so many symbols now. */
  grow(symbols: number): void {
    const size = symbols * this.#size;
    const verdict = new Uint8Array(size);
    verdict.set(this.#verdict);
    this.#verdict = verdict;
    this.#value = grown(this.#value, size, 0);
    this.#threshold = grown(this.#threshold, size, 0);
    this.#at = grown(this.#at, size, 0);
  }

  /** Records whether `value` met `threshold`; returns `ok`. */
  judge(symbol: number, condition: Condition, ok: boolean, value: number, threshold: number): boolean {
    this.#record(symbol, indexOf(condition), ok ? PASSED : FAILED, value, threshold);
    return ok;
  }

  atLeast(symbol: number, condition: Condition, value: number, threshold: number): boolean {
    return this.judge(symbol, condition, value >= threshold, value, threshold);
  }

  atMost(symbol: number, condition: Condition, value: number, threshold: number): boolean {
    return this.judge(symbol, condition, value <= threshold, value, threshold);
  }

  /** A condition that holds or does not: recorded as 1 or 0 where 1 is needed. */
  holds(symbol: number, condition: Condition, ok: boolean): boolean {
    return this.judge(symbol, condition, ok, ok ? 1 : 0, 1);
  }

  /** The venue never gives this figure: it neither blocks nor counts as passed. */
  notEvaluated(symbol: number, condition: Condition, threshold: number): void {
    this.#record(symbol, indexOf(condition), NOT_EVALUATED, Number.NaN, threshold);
  }

  /** The last judgements of one symbol, in the order of the pipeline. */
  of(symbol: number): Judgement[] {
    const found: Judgement[] = [];
    for (const [i, condition] of CONDITION_NAMES.entries()) {
      const cell = symbol * this.#size + i;
      const verdict = at(this.#verdict, cell);
      if (verdict === 0) continue;
      const value = floatAt(this.#value, cell);
      const threshold = floatAt(this.#threshold, cell);
      found.push({
        condition,
        verdict: verdict === PASSED ? 'passed' : verdict === FAILED ? 'failed' : 'not_evaluated',
        value: Number.isNaN(value) ? null : value,
        threshold: Number.isNaN(threshold) ? null : threshold,
        at: floatAt(this.#at, cell),
      });
    }
    return found;
  }

  /** Counts of the whole session; conditions that were never met with are left out. */
  counts(): Record<string, { passed: number; failed: number; notEvaluated: number }> {
    const all: Record<string, { passed: number; failed: number; notEvaluated: number }> = {};
    for (const [i, condition] of CONDITION_NAMES.entries()) {
      const passed = floatAt(this.#counts, i * 4 + PASSED);
      const failed = floatAt(this.#counts, i * 4 + FAILED);
      const notEvaluated = floatAt(this.#counts, i * 4 + NOT_EVALUATED);
      if (passed + failed + notEvaluated > 0) all[condition] = { passed, failed, notEvaluated };
    }
    return all;
  }

  #record(symbol: number, index: number, verdict: number, value: number, threshold: number): void {
    const cell = symbol * this.#size + index;
    const count = index * 4 + verdict;
    this.#counts[count] = floatAt(this.#counts, count) + 1;
    this.#verdict[cell] = verdict;
    this.#value[cell] = value;
    this.#threshold[cell] = threshold;
    this.#at[cell] = this.now;
  }

  archive(a: Archive): void {
    a.section('Why');
    a.column(this.#counts);
    a.column(this.#verdict);
    a.column(this.#value);
    a.column(this.#threshold);
    a.column(this.#at);
    this.now = a.number(this.now);
  }
}
