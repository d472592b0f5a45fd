import { type Archive, ArchiveError, type Codes, type Shape } from './archive.ts';
import { checksum, HEADER, LITTLE_ENDIAN, MAGIC, markOf, NAN_BYTES, WORD } from './format.ts';

/** A start that spares the first doublings. */
const CAPACITY = 1 << 16;

/** The snapshot of what `visit` names. */
export function writeArchive(version: number, visit: (a: Archive) => void): Uint8Array {
  const writer = new Writer();
  visit(writer);
  return writer.finish(version);
}

class Writer implements Archive {
  readonly loading = false;
  #bytes = new Uint8Array(CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #end = HEADER;

  section(name: string): void {
    this.#integer(markOf(name));
  }

  same(_what: string, value: number | string): void {
    if (typeof value === 'number') this.number(value);
    else this.text(value);
  }

  number(value: number | undefined): number {
    const x = given(value);
    const at = this.#grow(8);
    if (Number.isNaN(x)) this.#bytes.set(NAN_BYTES, at);
    else this.#view.setFloat64(at, x, LITTLE_ENDIAN);
    return x;
  }

  flag(value: boolean | undefined): boolean {
    const on = given(value);
    this.#byte(on ? 1 : 0);
    return on;
  }

  /** One byte a character where that is enough, else UTF-16 as it is, lone surrogates too. */
  text(value: string | undefined): string {
    const text = given(value);
    const { length } = text;
    let wide = false;
    for (let i = 0; i < length && !wide; i++) wide = text.charCodeAt(i) > 0xff;
    this.#integer(2 * length + (wide ? 1 : 0));
    const at = this.#grow(wide ? 2 * length : length);
    if (wide) {
      for (let i = 0; i < length; i++) this.#view.setUint16(at + 2 * i, text.charCodeAt(i), LITTLE_ENDIAN);
    } else {
      for (let i = 0; i < length; i++) this.#bytes[at + i] = text.charCodeAt(i);
    }
    return text;
  }

  choice<T extends string>(value: T | undefined, codes: Codes<T>): T {
    const word = given(value);
    const code: number | undefined = codes[word];
    if (code === undefined) throw new ArchiveError(`no code is known for '${word}'`);
    this.#byte(code);
    return word;
  }

  json<T>(value: T | undefined): T {
    const plain = given(value);
    this.text(JSON.stringify(plain));
    return plain;
  }

  nullable<T>(value: T | null | undefined, shape: Shape<T>): T | null {
    if (value === undefined) throw missing();
    this.#byte(value === null ? 0 : 1);
    if (value !== null) shape(this, value);
    return value;
  }

  list<T>(value: readonly T[] | undefined, shape: Shape<T>): T[] {
    const list = given(value);
    this.#integer(list.length);
    for (const element of list) shape(this, element);
    return [...list];
  }

  column(column: Float64Array | Int32Array | Uint8Array): void {
    this.#integer(column.length);
    const at = this.#grow(column.byteLength);
    this.#bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    if (!(column instanceof Float64Array)) return;
    for (let i = 0; i < column.length; i++) {
      if (Number.isNaN(column[i])) this.#bytes.set(NAN_BYTES, at + 8 * i);
    }
  }

  items<T>(list: T[], shape: Shape<T>): void {
    this.#integer(list.length);
    for (const element of list) shape(this, element);
  }

  map<K, V>(map: Map<K, V>, key: Shape<K>, value: Shape<V>): void {
    this.#integer(map.size);
    for (const [k, v] of map) {
      key(this, k);
      value(this, v);
    }
  }

  set<T extends number | string>(set: Set<T>, shape: Shape<T>): void {
    this.items(
      [...set].sort((a, b) => (a < b ? -1 : 1)),
      shape,
    );
  }

  finish(version: number): Uint8Array {
    this.#grow((WORD - (this.#end % WORD)) % WORD);
    const bytes = this.#bytes.slice(0, this.#end);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, MAGIC, LITTLE_ENDIAN);
    view.setInt32(4, version, LITTLE_ENDIAN);
    view.setInt32(8, bytes.length - HEADER, LITTLE_ENDIAN);
    view.setInt32(12, checksum(view), LITTLE_ENDIAN);
    return bytes;
  }

  #byte(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  #integer(value: number): void {
    const at = this.#grow(4);
    this.#view.setInt32(at, value, LITTLE_ENDIAN);
  }

  /** Makes room for so many bytes more; returns where they begin. */
  #grow(count: number): number {
    const at = this.#end;
    this.#end += count;
    if (this.#end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#end));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw missing();
  return value;
}

function missing(): ArchiveError {
  return new ArchiveError('a value to be saved is missing');
}
