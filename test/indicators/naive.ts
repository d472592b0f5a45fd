/** What each windowed indicator means, computed from the whole window at once. */

export const total = (window: readonly number[]): number => window.reduce((sum, x) => sum + x, 0);

export const mean = (window: readonly number[]): number => total(window) / window.length;

/** Sum of the products of the differences from the means. */
function codeviation(x: readonly number[], y: readonly number[]): number {
  const [meanX, meanY] = [mean(x), mean(y)];
  return total(x.map((value, i) => (value - meanX) * ((y[i] ?? Number.NaN) - meanY)));
}

export const deviation = (window: readonly number[]): number =>
  Math.sqrt(codeviation(window, window) / window.length);

export const isConstant = (window: readonly number[]): boolean => window.every((x) => x === window[0]);

export function correlation(x: readonly number[], y: readonly number[]): number {
  if (isConstant(x) || isConstant(y)) return 0;
  const scale = Math.sqrt(codeviation(x, x)) * Math.sqrt(codeviation(y, y));
  return codeviation(x, y) / scale;
}

export function median(window: readonly number[]): number {
  const sorted = window.toSorted((a, b) => a - b);
  const upper = sorted[window.length >> 1] ?? Number.NaN;
  return window.length % 2 === 1 ? upper : ((sorted[(window.length >> 1) - 1] ?? Number.NaN) + upper) / 2;
}

/** Share of the other values below the newest one, its equals counted half. */
export function rank(window: readonly number[]): number {
  const newest = window.at(-1) ?? Number.NaN;
  const others = window.slice(0, -1);
  const below = others.filter((x) => x < newest).length;
  const equal = others.filter((x) => x === newest).length;
  return (below + equal / 2) / others.length;
}

export const largest = (window: readonly number[]): number => Math.max(...window.map(Math.abs));
