import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { ConfigError } from '../../src/config/config-error.ts';
import { findCredentials } from '../../src/config/credentials.ts';

const root = mkdtempSync(join(tmpdir(), 'breakout-keys-'));
after(() => rmSync(root, { recursive: true, force: true }));

const KEY = 'AKIAEXAMPLEKEY';
const SECRET = 'sEcReTvAlUe1234567890';
let configDir: string;
let count = 0;
beforeEach(() => {
  count += 1;
  configDir = join(root, String(count));
  mkdirSync(configDir);
});

function keyFile(text: string, mode = 0o600, file = join(configDir, 'bybit.keys')): string {
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
  return file;
}

const find = (env: Record<string, string> = {}) => findCredentials({ exchange: 'bybit', configDir, env });
const TEXT = `# made in March\napi_key = ${KEY}\nsecret = ${SECRET}\n`;

test('without keys anywhere there are none', () => {
  assert.equal(find(), null);
});

test('keys come from systemd before the environment, and from there before a file', () => {
  keyFile(TEXT.replace(KEY, 'from-file'));
  assert.equal(find()?.apiKey, 'from-file');
  const env = { BREAKOUT_BYBIT_API_KEY: 'from-environment', BREAKOUT_BYBIT_SECRET: SECRET };
  assert.equal(find(env)?.apiKey, 'from-environment');
  const systemd = join(configDir, 'credentials');
  mkdirSync(systemd);
  keyFile(
    `${TEXT}passphrase: words with spaces\n`.replace(KEY, 'from-systemd'),
    0o440,
    join(systemd, 'breakout-bybit'),
  );
  const found = find({ ...env, CREDENTIALS_DIRECTORY: systemd });
  assert.deepEqual([found?.apiKey, found?.passphrase], ['from-systemd', 'words with spaces']);
});

for (const mode of [0o640, 0o604, 0o660, 0o666]) {
  test(`a file of mode ${mode.toString(8)} is refused with the way to mend it`, () => {
    const file = keyFile(TEXT, mode);
    assert.throws(
      () => find(),
      (error) => error instanceof ConfigError && error.message.includes(`chmod 600 ${file}`),
    );
  });
}

const WRONG: readonly (readonly [what: string, make: () => Record<string, string>])[] = [
  ['half a pair in the environment', () => ({ BREAKOUT_BYBIT_SECRET: SECRET })],
  [
    'half a pair in the file',
    () => {
      keyFile(`secret = ${SECRET}\n`);
      return {};
    },
  ],
  [
    'a line that makes no sense',
    () => {
      keyFile(`${TEXT}${SECRET}${KEY}\n`);
      return {};
    },
  ],
  [
    'an empty value',
    () => {
      keyFile(`api_key =\nsecret = ${SECRET}\n`);
      return {};
    },
  ],
  [
    'a folder in its place',
    () => {
      mkdirSync(join(configDir, 'bybit.keys'));
      return {};
    },
  ],
];

for (const [what, make] of WRONG) {
  test(`${what} is an error that holds neither key nor secret`, () => {
    const env = make();
    assert.throws(
      () => find(env),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.ok(!error.message.includes(SECRET) && !error.message.includes(KEY), error.message);
        return true;
      },
    );
  });
}

test('the name of an exchange leads into no other folder', () => {
  assert.throws(() => findCredentials({ exchange: '../x', configDir, env: {} }), ConfigError);
});
