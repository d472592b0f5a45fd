/**
 * Snapshots. A stateful class has one method, `archive(a)`, that names each of its mutable fields once, as in
 *
 *     this.#sum = a.number(this.#sum);
 *
 * The one list serves both ways: a writer takes the value and gives it back, a reader gives the stored one. Floats
 * go by their bits, so a loaded state is the saved one to the last digit; the same state gives the same bytes.
 */

/** The snapshot does not fit: torn, damaged, of another version, or of something else. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** How a value is put down and taken up again; `value` is undefined while loading. It names every part once. */
export type Shape<T> = (a: Archive, value: T | undefined) => T;

/** The stored code of each word of a union. A code is never given to another word. */
export type Codes<T extends string> = Readonly<Record<T, number>>;

export interface Archive {
  readonly loading: boolean;
  /** Begins the fields of a class or record: where both sides do not agree on it, a field was added or left out. */
  section(name: string): void;
  /** What the state hangs on without being part of it, such as a seed: loading refuses another one. */
  same(what: string, value: number | string): void;

  number(value: number | undefined): number;
  flag(value: boolean | undefined): boolean;
  text(value: string | undefined): string;
  /** A word of a union. */
  choice<T extends string>(value: T | undefined, codes: Codes<T>): T;
  /** A plain record that JSON carries exactly: no NaN, no -0, nothing undefined. */
  json<T>(value: T | undefined): T;
  nullable<T>(value: T | null | undefined, shape: Shape<T>): T | null;
  list<T>(value: readonly T[] | undefined, shape: Shape<T>): T[];

  /** Containers that stay, and are filled anew when loading. A column keeps its length. */
  column(column: Float64Array | Int32Array | Uint8Array): void;
  items<T>(list: T[], shape: Shape<T>): void;
  /** In the order of the map, which is part of the state. */
  map<K, V>(map: Map<K, V>, key: Shape<K>, value: Shape<V>): void;
  /** In ascending order: for sets that are only ever asked what is in them. */
  set<T extends number | string>(set: Set<T>, shape: Shape<T>): void;
}

export const numberShape: Shape<number> = (a, value) => a.number(value);
export const textShape: Shape<string> = (a, value) => a.text(value);
