import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Archive, ArchiveError, numberShape, textShape } from '../../src/archive/archive.ts';
import { readArchive } from '../../src/archive/reader.ts';
import { writeArchive } from '../../src/archive/writer.ts';

const VERSION = 7;
const EDGES = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 2 ** 53, 0.1];
const ODD_TEXT = 'plain \u00ff wide \u20ac emoji \u{1f600} lone \ud800 end';

/** One of everything that can be stored. */
class Everything {
  number = 0;
  flag = false;
  text = '';
  word: 'left' | 'right' = 'left';
  record: { readonly a: number; readonly b: readonly string[] } = { a: 0, b: [] };
  nothing: number | null = 0;
  readonly floats = new Float64Array(EDGES.length);
  readonly whole = new Int32Array(3);
  readonly bytes = new Uint8Array(3);
  readonly items: number[] = [];
  readonly map = new Map<string, number>();
  readonly set = new Set<number>();

  archive(a: Archive): void {
    a.section('Everything');
    a.same('the seed', 42);
    this.number = a.number(this.number);
    this.flag = a.flag(this.flag);
    this.text = a.text(this.text);
    this.word = a.choice(this.word, { left: 0, right: 1 });
    this.record = a.json(this.record);
    this.nothing = a.nullable(this.nothing, numberShape);
    a.column(this.floats);
    a.column(this.whole);
    a.column(this.bytes);
    a.items(this.items, numberShape);
    a.map(this.map, textShape, numberShape);
    a.set(this.set, numberShape);
  }
}

function filled(): Everything {
  const all = new Everything();
  all.number = -0;
  all.flag = true;
  all.text = ODD_TEXT;
  all.word = 'right';
  all.record = { a: 0.1, b: ['x'] };
  all.nothing = null;
  all.floats.set(EDGES);
  all.whole.set([-1, 2 ** 31 - 1, 0]);
  all.bytes.set([0, 128, 255]);
  all.items.push(...EDGES);
  all.map.set('second', 2).set('first', 1);
  all.set.add(30).add(4);
  return all;
}

const save = (all: Everything) => writeArchive(VERSION, (a) => all.archive(a));
const load = (bytes: Uint8Array, version = VERSION) =>
  readArchive(bytes, version, (a) => {
    const all = new Everything();
    all.archive(a);
    return all;
  });

test('whatever is stored comes back to the bit: not a number, the sign of zero, half a character', () => {
  const loaded = load(save(filled()));
  const expected = filled();
  assert.deepEqual(loaded, expected);
  assert.ok(Object.is(loaded.number, -0));
  loaded.floats.forEach((x, i) => {
    assert.ok(Object.is(x, EDGES[i]));
  });
  assert.equal(loaded.text, ODD_TEXT);
  assert.deepEqual([...loaded.map.keys()], ['second', 'first']);
});

test('numbers and texts of any kind come back as they were', () => {
  const any = fc.tuple(fc.double(), fc.string({ unit: 'binary' }), fc.array(fc.double()));
  fc.assert(
    fc.property(any, ([number, text, list]) => {
      const bytes = writeArchive(1, (a) => {
        a.number(number);
        a.text(text);
        a.list(list, numberShape);
        a.column(Float64Array.from(list));
      });
      readArchive(bytes, 1, (a) => {
        assert.ok(Object.is(a.number(undefined), number));
        assert.equal(a.text(undefined), text);
        assert.deepEqual(a.list(undefined, numberShape), list);
        const column = new Float64Array(list.length);
        a.column(column);
        assert.deepEqual(column, Float64Array.from(list));
      });
    }),
  );
});

test('a text of many thousand characters comes back whole', () => {
  for (const unit of ['a', '\u20ac']) {
    const text = unit.repeat(100_000);
    const bytes = writeArchive(1, (a) => a.text(text));
    assert.equal(
      readArchive(bytes, 1, (a) => a.text(undefined)),
      text,
    );
  }
});

test('one state has one snapshot: whichever NaN arithmetic gave, in whatever order a set was filled', () => {
  const plain = filled();
  const other = filled();
  const bits = new BigUint64Array(other.floats.buffer);
  // The NaN that x86 makes of 0 / 0, against the one that a constant is.
  bits[2] = 0xfff8_0000_0000_0000n;
  other.set.clear();
  other.set.add(4).add(30);
  assert.ok(Number.isNaN(other.floats[2]));
  assert.deepEqual(save(other), save(plain));
  assert.deepEqual(save(load(save(plain))), save(plain));
});

test('a snapshot with any one bit wrong is refused, wherever the bit is', () => {
  const bytes = save(filled());
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const torn = bytes.slice();
    torn[bit >> 3] = (torn[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => load(torn), ArchiveError, `bit ${bit}`);
  }
});

test('a snapshot that was cut off anywhere, or has more behind it, is refused', () => {
  const bytes = save(filled());
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => load(bytes.slice(0, length)), ArchiveError, `${length} bytes`);
  }
  assert.throws(() => load(Uint8Array.from([...bytes, 0, 0, 0, 0])), ArchiveError);
});

test('a snapshot is read wherever its bytes lie in a buffer', () => {
  const bytes = save(filled());
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  assert.deepEqual(load(shifted.subarray(3)), filled());
});

test('bytes of something else, and a snapshot of another version, are refused with what they are', () => {
  assert.throws(() => load(new TextEncoder().encode('SQLite format 3, and more')), /this is no snapshot/);
  assert.throws(() => load(save(filled()), VERSION + 1), /a snapshot of version 7; this program reads 8/);
});

test('what does not fit is refused with the place where it stopped fitting', () => {
  const write = (visit: (a: Archive) => void) => writeArchive(1, visit);
  const wrong: readonly [(a: Archive) => void, (a: Archive) => void, RegExp][] = [
    [(a) => a.section('Old'), (a) => a.section('New'), /New does not begin where it should/],
    [(a) => a.same('the seed', 1), (a) => a.same('the seed', 2), /the seed is 1, not 2/],
    [(a) => a.same('costs', 'a'), (a) => a.same('costs', 'b'), /costs is a, not b/],
    [(a) => a.number(1), () => undefined, /8 bytes are left over/],
    [(a) => a.number(1), (a) => [a.number(1), a.number(1)], /ends too early/],
    [(a) => a.column(new Int32Array(2)), (a) => a.column(new Int32Array(3)), /has 2 values, not 3/],
    [(a) => a.choice('x', { x: 9 }), (a) => a.choice('y', { y: 1 }), /9 is no code of y/],
    [(a) => a.choice('x', { x: 9 }), (a) => a.flag(true), /neither yes nor no/],
    [(a) => a.text('{'), (a) => a.json({}), /a record in S cannot be read/],
    [(a) => a.number(-1), (a) => a.items([], numberShape), /is no count|ends too early|left over/],
  ];
  for (const [put, take, told] of wrong) {
    const bytes = write((a) => {
      a.section('S');
      put(a);
    });
    const reading = () =>
      readArchive(bytes, 1, (a) => {
        a.section('S');
        take(a);
      });
    assert.throws(reading, (error) => error instanceof ArchiveError && told.test(error.message), `${told}`);
  }
});

test('a value that is missing, or a word that no code is known for, is not saved as something else', () => {
  assert.throws(() => writeArchive(1, (a) => a.number(undefined)), ArchiveError);
  assert.throws(() => writeArchive(1, (a) => a.nullable(undefined, numberShape)), ArchiveError);
  const word: string = 'new';
  assert.throws(() => writeArchive(1, (a) => a.choice<string>(word, { old: 0 })), ArchiveError);
});
