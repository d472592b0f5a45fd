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
