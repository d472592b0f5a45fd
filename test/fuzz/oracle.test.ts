import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcError } from '../../src/protocol/errors.ts';
import { complaint, type Expectation, expectationOf } from './oracle.ts';

const expected = (line: string): Expectation =>
  expectationOf(Buffer.from(line)) ?? assert.fail('not to be sent');
const error = (
  id: unknown,
  code: 'PARSE_ERROR' | 'INVALID_REQUEST' | 'METHOD_NOT_FOUND' | 'INVALID_PARAMS',
) => ({
  jsonrpc: '2.0',
  id,
  error: RpcError.of(code, 'as it is').toWire(),
});
const result = (id: unknown) => ({ jsonrpc: '2.0', id, result: {} });

test('the fuzz would notice an answer of the wrong kind, of another request, or one too many', () => {
  const status = expected('{"jsonrpc":"2.0","id":7,"method":"engine.status"}');
  assert.equal(complaint(status, result(7)), null);
  assert.match(complaint(status, result(8)) ?? '', /id is not 7/);
  assert.match(complaint(status, result('7')) ?? '', /id is not 7/);
  assert.match(complaint(status, error(7, 'INVALID_PARAMS')) ?? '', /expected result/);
  assert.match(complaint(status, { ...result(7), error: {} }) ?? '', /members/);
  assert.match(complaint(status, { ...result(7), jsonrpc: '1.0' }) ?? '', /jsonrpc/);
  assert.match(complaint(status, [result(7)]) ?? '', /object/);
  assert.match(
    complaint(expected('{"jsonrpc":"2.0","method":"engine.status"}'), result(null)) ?? '',
    /nothing was/,
  );
  const bare = { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'no data' } };
  assert.match(complaint(expected('{'), bare) ?? '', /no data/);
});

test('the fuzz knows what is due for each kind of line', () => {
  const call = (members: string) => `{"jsonrpc":"2.0",${members}}`;
  for (const [line, answer] of [
    ['{', error(null, 'PARSE_ERROR')],
    ['"engine.status"', error(null, 'INVALID_REQUEST')],
    [call('"id":1'), error(1, 'INVALID_REQUEST')],
    [call('"id":1e400,"method":"engine.status"'), error(null, 'INVALID_REQUEST')],
    [call('"id":"a","method":"constructor"'), error('a', 'METHOD_NOT_FOUND')],
    [call('"id":2,"method":"engine.status","params":{"__proto__":1}'), error(2, 'INVALID_PARAMS')],
    [call('"id":3,"method":"engine.pause","params":{"reason":""}'), error(3, 'INVALID_PARAMS')],
    [`[${call('"id":4,"method":"engine.status"')},1]`, [result(4), error(null, 'INVALID_REQUEST')]],
  ] as const) {
    assert.equal(complaint(expected(line), answer), null, line);
  }
});

test('the fuzz sends nothing that acts on the engine it must not disturb', () => {
  for (const [method, params] of [
    ['engine.stop', '{}'],
    ['engine.pause', '{}'],
    ['engine.emergencyStop', '{"reason":"x"}'],
    ['positions.close', '{"symbol":"BTC/USDT"}'],
    ['daemon.stop', '{}'],
  ]) {
    const call = `{"jsonrpc":"2.0","method":"${method}","params":${params}}`;
    assert.equal(expectationOf(Buffer.from(call)), null, method);
    assert.equal(expectationOf(Buffer.from(`[1,${call}]`)), null, `${method} in a batch`);
  }
});
