import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSecretKey, redactText, registerSecret } from '../../src/telemetry/secrets.ts';

/** Random enough that no other test writes it. */
const PLANT = 'Zq7-plant_9f3K.x/8=';

const CARRIERS: Readonly<Record<string, string>> = {
  'a query string': `GET https://api.example.com/v3/order?symbol=BTCUSDT&apiKey=${'k'.repeat(20)}&signature=${'5'.repeat(20)}`,
  'a header': `X-MBX-APIKEY: ${'k'.repeat(20)}`,
  'a header in JSON': `{"headers":{"KC-API-SIGN":"${'k'.repeat(20)}"}}`,
  'JSON within JSON': `"{\\"secret\\":\\"${'k'.repeat(20)}\\",\\"a\\":1}"`,
  'a bearer token': `Authorization: Bearer ${'k'.repeat(20)}`,
  'basic credentials': `sent Basic ${'k'.repeat(20)}==`,
  'a URL with a password': `wss://ann:${'k'.repeat(20)}@stream.example.com/ws`,
  'a web token': `eyJ${'k'.repeat(20)}.eyJ${'k'.repeat(20)}.${'k'.repeat(20)}`,
  'an assignment': `API_SECRET = '${'k'.repeat(20)} and more'`,
  'an unclosed quote': `password: "${'k'.repeat(20)} and no end`,
  'a private key': `-----BEGIN EC PRIVATE KEY-----\n${'k'.repeat(20)}\n-----END EC PRIVATE KEY-----`,
  'a private key that was cut off': `-----BEGIN PRIVATE KEY-----\\n${'k'.repeat(20)}`,
};

test('what looks like a key is written by nobody, whatever text carries it', () => {
  for (const [name, text] of Object.entries(CARRIERS)) {
    const clean = redactText(text);
    assert.ok(!clean.includes('kkkkkkkk') && !clean.includes('55555555'), `${name}: ${clean}`);
    assert.match(clean, /redacted/, name);
    assert.equal(redactText(clean), clean, `${name}: twice is the same as once`);
  }
  assert.match(redactText(CARRIERS['a query string'] ?? ''), /symbol=BTCUSDT/, 'what is no secret stays');
});

test('plain words of the trade are left as they are', () => {
  for (const text of [
    'paused: no new entries; open positions stay managed',
    'Unexpected token } in JSON at position 4',
    'ETH/USDT: volume 1.31x, needs 1.40x',
    'the key of the map is BTC/USDT, the basic settings are fine',
    'mail ann@example.com about it',
  ])
    assert.equal(redactText(text), text);
});

test('a registered secret is found in every disguise that a text puts it in', () => {
  assert.equal(redactText(`x ${PLANT} y`), `x ${PLANT} y`);
  assert.equal(registerSecret(` ${PLANT}\n`), true);
  const bytes = Buffer.from(PLANT);
  for (const form of [
    PLANT,
    encodeURIComponent(PLANT),
    JSON.stringify({ PLANT }),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]) {
    const clean = redactText(`before ${form} after`);
    assert.match(clean, /^before .*redacted.* after$/, form);
  }
  assert.equal(registerSecret('abc'), false, 'it would be found in half of all words');
});

test('the keys of a document that hold secrets are known in any spelling', () => {
  for (const key of [
    'apiKey',
    'API_KEY',
    'x-mbx-apikey',
    'secret',
    'clientSecret',
    'wallet_private_key',
    'PASSPHRASE',
  ])
    assert.ok(isSecretKey(key), key);
  for (const key of ['symbol', 'key', 'reason', 'session', 'design', 'passed', 'keyId'])
    assert.ok(!isSecretKey(key), key);
});

test('a hostile text of a megabyte does not hold up the engine', () => {
  for (const text of [
    'a-',
    '"token":"',
    '-----BEGIN PRIVATE KEY-----',
    'a://',
    'secret=',
    'eyJ',
    'bearer ',
    '\\"',
  ]) {
    const long = text.repeat(100_000);
    const began = performance.now();
    redactText(long);
    const ms = performance.now() - began;
    assert.ok(ms < 2_000, `${text}: ${ms} ms`);
  }
});
