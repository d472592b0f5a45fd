import { type Archive, ArchiveError, type Codes, type Shape } from './archive.ts';
import { checksum, HEADER, LITTLE_ENDIAN, MAGIC, markOf, WORD } from './format.ts';

/** Characters made at a time: arguments of one call. */
const CHUNK = 4096;

/**
 * What `visit` makes of a snapshot.
 * @throws ArchiveError when it is damaged, of another version, or does not hold what `visit` names.
 */
export function readArchive<T>(bytes: Uint8Array, version: number, visit: (a: Archive) => T): T {
  const reader = new Reader(bytes, version);
  const made = visit(reader);
  reader.finish();
  return made;
}

/** The version that a snapshot is of; null for what is none. */
export function versionOf(bytes: Uint8Array): number | null {
  if (bytes.length < HEADER) return null;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(4, LITTLE_ENDIAN);
}

class Reader implements Archive {
  readonly loading = true;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = HEADER;
  /** The section under way, for messages. */
  #section = 'the beginning';

  constructor(bytes: Uint8Array, version: number) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < HEADER || view.getInt32(0, LITTLE_ENDIAN) !== MAGIC)
      throw new ArchiveError('this is no snapshot');
    const of = view.getInt32(4, LITTLE_ENDIAN);
    if (of !== version) throw new ArchiveError(`a snapshot of version ${of}; this program reads ${version}`);
    const length = view.getInt32(8, LITTLE_ENDIAN);
    if (length !== bytes.length - HEADER || length % WORD !== 0) {
      throw new ArchiveError(`a snapshot of ${length} bytes has ${bytes.length - HEADER}`);
    }
    if (view.getInt32(12, LITTLE_ENDIAN) !== checksum(view)) {
      throw new ArchiveError('the snapshot is damaged: its checksum does not fit');
    }
    this.#bytes = bytes;
    this.#view = view;
  }

  section(name: string): void {
    if (this.#integer() !== markOf(name)) throw this.#wrong(`${name} does not begin where it should`);
    this.#section = name;
  }

  same(what: string, value: number | string): void {
    const stored = typeof value === 'number' ? this.number() : this.text();
    if (!Object.is(stored, value)) throw this.#wrong(`${what} is ${stored}, not ${value}`);
  }

  number(): number {
    return this.#view.getFloat64(this.#take(8), LITTLE_ENDIAN);
  }

  flag(): boolean {
    const byte = this.#byte();
    if (byte > 1) throw this.#wrong(`${byte} is neither yes nor no`);
    return byte === 1;
  }

  text(): string {
    const head = this.#integer();
    const wide = (head & 1) === 1;
    const length = head >>> 1;
    const at = this.#take(wide ? 2 * length : length);
    let text = '';
    for (let from = 0; from < length; from += CHUNK) {
      const to = Math.min(length, from + CHUNK);
      text += wide
        ? String.fromCharCode(...this.#units(at, from, to))
        : String.fromCharCode(...this.#bytes.subarray(at + from, at + to));
    }
    return text;
  }

  choice<T extends string>(_value: T | undefined, codes: Codes<T>): T {
    const code = this.#byte();
    for (const word in codes) if (codes[word] === code) return word;
    throw this.#wrong(`${code} is no code of ${Object.keys(codes).join(', ')}`);
  }

  json<T>(): T {
    const text = this.text();
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new ArchiveError(`a record in ${this.#section} cannot be read`, { cause: error });
    }
  }

  nullable<T>(_value: T | null | undefined, shape: Shape<T>): T | null {
    return this.flag() ? shape(this, undefined) : null;
  }

  list<T>(_value: readonly T[] | undefined, shape: Shape<T>): T[] {
    const list: T[] = [];
    this.items(list, shape);
    return list;
  }

  column(column: Float64Array | Int32Array | Uint8Array): void {
    const length = this.#integer();
    if (length !== column.length) throw this.#wrong(`a column has ${length} values, not ${column.length}`);
    const at = this.#take(column.byteLength);
    const target = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
    target.set(this.#bytes.subarray(at, at + column.byteLength));
  }

  items<T>(list: T[], shape: Shape<T>): void {
    list.length = 0;
    for (let count = this.#count(); count > 0; count--) list.push(shape(this, undefined));
  }

  map<K, V>(map: Map<K, V>, key: Shape<K>, value: Shape<V>): void {
    map.clear();
    for (let count = this.#count(); count > 0; count--) {
      const k = key(this, undefined);
      map.set(k, value(this, undefined));
    }
  }

  set<T extends number | string>(set: Set<T>, shape: Shape<T>): void {
    set.clear();
    for (const element of this.list(undefined, shape)) set.add(element);
  }

  finish(): void {
    const left = this.#bytes.length - this.#at;
    if (left >= WORD) throw this.#wrong(`${left} bytes are left over`);
  }

  /** A count can be no more than the bytes that are left. */
  #count(): number {
    const count = this.#integer();
    if (count < 0 || count > this.#bytes.length - this.#at) throw this.#wrong(`${count} is no count`);
    return count;
  }

  #byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  #integer(): number {
    return this.#view.getInt32(this.#take(4), LITTLE_ENDIAN);
  }

  *#units(at: number, from: number, to: number): Generator<number> {
    for (let i = from; i < to; i++) yield this.#view.getUint16(at + 2 * i, LITTLE_ENDIAN);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw this.#wrong('it ends too early');
    this.#at = at + count;
    return at;
  }

  #wrong(what: string): ArchiveError {
    return new ArchiveError(`the snapshot does not fit, in ${this.#section}: ${what}`);
  }
}
