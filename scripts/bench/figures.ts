/** Figures of a benchmark: order statistics, and how they are told. */
import { item } from '../../src/market/arrays.ts';

/** The value that a share of all lies at or below. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return item(sorted, Math.min(sorted.length - 1, Math.floor(sorted.length * share)));
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** A line with its cells aligned to the right. */
export function row(name: string, cells: readonly string[]): void {
  say(`  ${name.padEnd(42)}${cells.map((cell) => cell.padStart(12)).join('')}`);
}

/** Says how a ratio stands to its budget. */
export function judge(name: string, ratio: number, budget: number): void {
  const verdict = ratio <= budget ? 'PASS' : 'OVER THE BUDGET';
  row(name, [ratio.toFixed(2), `<= ${budget.toFixed(2)}`, '']);
  say(`    ${verdict}`);
}

export function fixed(digits: number): (value: number) => string {
  return (value) => value.toFixed(digits);
}
