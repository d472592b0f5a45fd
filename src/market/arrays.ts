/** The numeric arrays that the kernel keeps its columns in. */
export type Column = Float64Array | Int32Array | Uint8Array;

/**
 * The element at `index`; an index outside the array is a programming error and throws.
 * It is what makes an indexed read a `number` without a cast or a made-up fallback.
 */
export function at(column: Column, index: number): number {
  const value = column[index];
  if (value === undefined) throw new RangeError(`index ${index} is outside 0..${column.length - 1}`);
  return value;
}

/** As `at`, for ordinary arrays. */
export function item<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new RangeError(`index ${index} is outside 0..${list.length - 1}`);
  return value;
}

/**
 * As `at`, for floats alone. `at` meets every kind of column, so wherever it is inlined the compiled code asks
 * each time which kind it got; in the inner loops of trees and heaps that is a third of the time.
 */
export function floatAt(column: Float64Array, index: number): number {
  const value = column[index];
  if (value === undefined) throw new RangeError(`index ${index} is outside 0..${column.length - 1}`);
  return value;
}

/** As `floatAt`, for 32-bit integers. */
export function intAt(column: Int32Array, index: number): number {
  const value = column[index];
  if (value === undefined) throw new RangeError(`index ${index} is outside 0..${column.length - 1}`);
  return value;
}

/** A longer column that begins with the values of `column` and goes on with `filling`. */
export function grown(column: Float64Array, size: number, filling: number): Float64Array {
  const longer = new Float64Array(size).fill(filling);
  longer.set(column);
  return longer;
}
