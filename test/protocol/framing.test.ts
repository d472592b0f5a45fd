import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSplitter, LineTooLong, parseLine, toLine } from '../../src/protocol/framing.ts';

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
