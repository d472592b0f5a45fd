import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { ERRORS, RpcError } from '../../src/protocol/errors.ts';
import { TOPICS, type WireEvent } from '../../src/protocol/events.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import { PROTOCOL } from '../../src/protocol/version.ts';
import type { PublishedEvent } from '../../src/session/event-log.ts';

test('no two errors share a number, so a script can tell them apart', () => {
  const numbers = Object.values(ERRORS).map((entry) => entry.rpc);
  assert.equal(new Set(numbers).size, numbers.length);
  for (const [code, entry] of Object.entries(ERRORS)) {
    assert.ok(entry.hint.length > 0, code);
    assert.ok(entry.rpc >= -32099 || entry.rpc <= -32600, `${code} is outside the ranges of JSON-RPC`);
  }
});

test('every method says what it is, and its parameters and result have a JSON schema', () => {
  for (const [name, method] of Object.entries(METHODS)) {
    assert.match(name, /^[a-z]+\.[a-zA-Z]+$/);
    assert.ok(method.summary.length > 0, name);
    assert.ok(method.since >= PROTOCOL.min && method.since <= PROTOCOL.max, name);
    for (const code of method.errors) assert.ok(code in ERRORS, `${name}: ${code}`);
    for (const io of ['input', 'output'] as const) {
      assert.equal(z.toJSONSchema(method.params, { io }).type, 'object', name);
      assert.equal(z.toJSONSchema(method.result, { io }).type, 'object', name);
    }
  }
});

test('whatever the engine, the session or the daemon announces has a place on the wire and a topic', () => {
  // Compiles only while the unions agree.
  const announced = (event: PublishedEvent['event']): WireEvent => event;
  const topics: readonly PublishedEvent['event']['type'][] = TOPICS;
  assert.equal(typeof announced, 'function');
  assert.equal(new Set(topics).size, TOPICS.length);
});

test('an error is the same on both ends of the wire, and what caused it stays here', () => {
  const sent = RpcError.of('PRESET_INVALID', 'the preset has 2 problems', {
    problems: ['a', 'b'],
    cause: new Error('/home/u/secret'),
  });
  const wire = JSON.stringify(sent.toWire());
  assert.ok(!wire.includes('secret') && !wire.includes('stack'));
  const got = RpcError.fromWire(JSON.parse(wire));
  assert.equal(got.message, sent.message);
  assert.equal(got.rpc, sent.rpc);
  assert.deepEqual(got.data, sent.data);
});

test('an error that only a newer daemon knows keeps its own code, hint and number', () => {
  const got = RpcError.fromWire({ code: -32099, message: 'new', data: { code: 'NEWER', hint: 'update' } });
  assert.equal(got.code, 'NEWER');
  assert.equal(got.hint, 'update');
  assert.equal(got.rpc, -32099);
  assert.equal(RpcError.fromWire({ code: -1, message: 'bare' }).code, 'INTERNAL');
});
