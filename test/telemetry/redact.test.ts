import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redacted } from '../../src/telemetry/redact.ts';

const PLANT = 'plant-8d1f0c';

test('no secret is left under its key, at any depth and in any kind of container', () => {
  const value = {
    apiKey: PLANT,
    list: [{ deep: { API_SECRET: PLANT, numbers: [1, { password: 12345 }] } }],
    map: new Map([['token', PLANT]]),
    set: new Set([{ passphrase: PLANT }]),
    bytes: Buffer.from(PLANT),
    url: new URL(`https://ann:${PLANT}@example.com/?signature=${PLANT}`),
    call: { toJSON: () => ({ secret: PLANT }) },
  };
  const clean = JSON.stringify(redacted(value));
  assert.ok(!clean.includes(PLANT) && !clean.includes('12345'), clean);
  assert.match(clean, /"bytes":"\[12 bytes\]"/);
  assert.deepEqual(redacted({ hasSecret: true, secret: null }), { hasSecret: true, secret: null });
});

test('an error is written with its stack and causes, and without what a library hung on it', () => {
  const error = Object.assign(
    new Error(`GET /order?apiKey=${PLANT}`, {
      cause: new AggregateError([new Error(`Bearer ${PLANT}`)], 'both'),
    }),
    { code: 'ETIMEDOUT', config: { headers: { 'X-KEY': PLANT } } },
  );
  const clean = JSON.stringify(redacted({ error }));
  assert.ok(!clean.includes(PLANT), clean);
  assert.match(clean, /redact\.test\.ts/, 'the stack is there');
  assert.match(clean, /ETIMEDOUT/);
  assert.match(clean, /both/);
});

test('a value that cannot be written as JSON does not cost the line', () => {
  const circular: Record<string, unknown> = { ok: 1 };
  circular.self = circular;
  const value = {
    circular,
    big: 10n,
    when: new Date('x'),
    fail: Object.defineProperty({}, 'x', { enumerable: true, get: () => assert.fail('unreadable') }),
    refuses: { toJSON: () => assert.fail('no') },
    fn: () => 1,
    deep: JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`),
    long: 'x'.repeat(100_000),
    many: Array.from({ length: 5_000 }, (_, i) => i),
  };
  const text = JSON.stringify(redacted(value));
  assert.match(text, /"self":"\[circular\]"/);
  assert.match(text, /"x":"\[unreadable: AssertionError\]"/);
  assert.ok(text.length < 40_000, `${text.length}`);
});
