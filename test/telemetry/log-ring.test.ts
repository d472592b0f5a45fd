import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicLine, withoutPaths } from '../../src/telemetry/log-line.ts';
import { LogRing } from '../../src/telemetry/log-ring.ts';

const record = (n: number) => ({ timestamp: '', level: 'info', component: 'daemon', message: String(n) });
const all = (): boolean => true;
const messages = (lines: readonly { readonly message: string }[]): number[] =>
  lines.map(({ message }) => Number(message));

test('the newest lines are held, by number and by size, however many came', () => {
  const ring = new LogRing(100, 10_000);
  for (let n = 1; n <= 5_000; n++) ring.add(record(n), 10);
  assert.equal(ring.seq, 5_000);
  assert.equal(ring.oldest, 4_901);
  assert.deepEqual(messages(ring.newest(3, all)), [4_998, 4_999, 5_000]);
  ring.add(record(5_001), 9_995);
  assert.deepEqual(messages(ring.newest(100, all)), [5_001]);
  ring.add(record(5_002), 50_000);
  assert.deepEqual(ring.newest(100, all), [], 'one that is too big is not held');
  assert.equal(ring.oldest, 5_003);
});

test('who asks for what follows a line gets every line once, in order, in as many turns as it takes', () => {
  const ring = new LogRing(1_000);
  const got: number[] = [];
  let after = 0;
  for (let n = 1; n <= 500; n++) {
    ring.add(record(n), 10);
    if (n % 7 !== 0) continue;
    const { lines, upTo } = ring.following(after, 5, ({ message }) => Number(message) % 2 === 0);
    got.push(...messages(lines));
    after = upTo;
  }
  for (let more = true; more; ) {
    const { lines, upTo } = ring.following(after, 5, ({ message }) => Number(message) % 2 === 0);
    got.push(...messages(lines));
    more = upTo < ring.seq;
    after = upTo;
  }
  assert.deepEqual(
    got,
    Array.from({ length: 250 }, (_, i) => 2 * (i + 1)),
  );
});

test('a client sees no stack and no path, and finds the reference under which the log has them', () => {
  const line = publicLine({
    timestamp: '2026-03-31T08:05:00.000Z',
    level: 'error',
    component: 'session',
    message: 'cannot open /home/ann/.config/breakout/presets/x.json',
    ref: '1f2e3d4c',
    error: 'Error: broken\n    at f (/home/ann/app/src/x.ts:1:2)',
    cause: { error: 'TypeError: deeper\n    at g (file:///home/ann/y.ts:3:4)' },
    reason: 'it said: Error: z\n    at h (/home/ann/z.ts:1:1)',
    symbol: 'BTC/USDT',
    list: ['/var/lib/breakout/state', 5],
  });
  const text = JSON.stringify(line);
  assert.ok(!/home|\.ts|\/var/.test(text), text);
  assert.equal(line.ref, '1f2e3d4c');
  assert.equal(line.message, 'cannot open …/x.json');
  assert.deepEqual(line.detail, {
    error: 'Error: broken',
    cause: { error: 'TypeError: deeper' },
    reason: 'it said: Error: z',
    symbol: 'BTC/USDT',
    list: ['…/state', 5],
  });
});

test('only paths are shortened: pairs, rates and addresses are not', () => {
  for (const text of ['ETH/USDT', '5/s', 'https://example.com/a/b', 'reads/control 1/2', 'a /tmp alone'])
    assert.equal(withoutPaths(text), text);
});
