import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { LineSplitter, LineTooLong, parseLine, TooDeep, toLine } from '../../src/protocol/framing.ts';

test('a message is the same however the socket cuts it up', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 }),
      (values, cuts) => {
        const bytes = Buffer.from(values.map(toLine).join(''));
        const splitter = new LineSplitter();
        const got: unknown[] = [];
        for (let from = 0, i = 0; from < bytes.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          for (const line of splitter.push(bytes.subarray(from, from + size))) got.push(parseLine(line));
          from += size;
        }
        assert.deepEqual(got, JSON.parse(JSON.stringify(values)));
        assert.equal(splitter.pending, 0);
      },
    ),
  );
});

test('a line over the limit is refused before its end has come, one at the limit passes', () => {
  const atLimit = new LineSplitter(8);
  assert.deepEqual([...atLimit.push(Buffer.from('1234567\n'))].map(String), ['1234567']);
  const over = new LineSplitter(8);
  assert.throws(() => [...over.push(Buffer.from('12345678\n'))], LineTooLong);
  const endless = new LineSplitter(8);
  assert.deepEqual([...endless.push(Buffer.from('12345678'))], []);
  assert.throws(() => [...endless.push(Buffer.from('9'))], LineTooLong);
});

test('bytes that are no UTF-8 are an error, not another symbol', () => {
  assert.throws(() => parseLine(Buffer.from([0x22, 0xff, 0x22])), TypeError);
});

test('a line that dribbles in byte by byte costs its bytes, not an object for each of them', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const held = (): number => {
    // What one collection finds dead of buffers the next gives back.
    for (let i = 0; i < 4; i++) collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const splitter = new LineSplitter();
  const before = held();
  for (let i = 0; i < 300_000; i++) for (const _ of splitter.push(Buffer.from('x'))) assert.fail('a line');
  const bytes = held() - before;
  assert.ok(bytes < 3_000_000, `${bytes} bytes held for 300000`);
  const [line] = splitter.push(Buffer.from('\n'));
  assert.equal(line?.length, 300_000);
});

test('depth is counted as JSON nests: brackets in texts do not, escaped quotes do not end a text', () => {
  const maxDepth = 3;
  const isTooDeep = (text: string): boolean => {
    try {
      parseLine(Buffer.from(text), maxDepth);
      return false;
    } catch (error) {
      if (error instanceof TooDeep) return true;
      throw error;
    }
  };
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      assert.equal(isTooDeep(JSON.stringify(value)), depthOf(value) > maxDepth);
    }),
  );
  assert.equal(isTooDeep('["\\"[[[[","]]]]\\\\",[[1]]]'), false);
  assert.equal(isTooDeep('["\\\\",[[[1]]]]'), true);
});

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
