/** `breakout keys` against emulated exchanges over real HTTP: what it says of good keys, and of all that stands against them. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type Emulator, startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { loadSettings } from '../../src/config/settings.ts';
import { checkKeys, type KeyCheck } from '../../src/session/live/key-check.ts';
import { type Ended, Sandbox } from './sandbox.ts';

const PROTOCOLS = { bybit: 'bybit', binance: 'binanceusdm' } as const;

interface Setting {
  readonly emulator: Emulator;
  readonly bot: Sandbox;
  readonly exchange: string;
  /** Writes the file of keys. */
  keys(secret?: string, mode?: number): string;
  check(): Promise<{ readonly ended: Ended; readonly found: KeyCheck }>;
  /** What the command finds, without the half second that a process takes to load. */
  findings(): Promise<KeyCheck>;
}

async function setUp(t: TestContext, protocol: keyof typeof PROTOCOLS): Promise<Setting> {
  const emulator = await startEmulator({
    protocol,
    symbols: ['BTCUSDT', 'ETHUSDT'],
    requestClock: 'machine',
  });
  t.after(() => emulator.stop());
  const bot = new Sandbox();
  t.after(() => bot[Symbol.asyncDispose]());
  const exchange = PROTOCOLS[protocol];
  const config = join(bot.folder, 'config');
  mkdirSync(config, { recursive: true });
  const { restUrl: rest, streamUrl } = emulator;
  const urls = { rest, ws_public: streamUrl, ws_private: streamUrl };
  writeFileSync(join(config, 'config.json'), JSON.stringify({ exchanges: { [exchange]: { urls } } }));
  return {
    emulator,
    bot,
    exchange,
    keys: (secret = emulator.secret, mode = 0o600) => {
      const file = join(config, `${exchange}.keys`);
      writeFileSync(file, `api_key = ${emulator.apiKey}\nsecret = ${secret}\n`);
      chmodSync(file, mode);
      return file;
    },
    check: async () => {
      const ended = await bot.run('keys', 'check', '--json');
      for (const hidden of [emulator.secret, emulator.apiKey, 'not-the-secret'])
        assert.ok(!(ended.stdout + ended.stderr).includes(hidden), 'a key or a secret is shown');
      const { ok, exchanges }: { ok: boolean; exchanges: KeyCheck[] } = JSON.parse(ended.stdout);
      assert.equal(ended.code, ok ? 0 : 1, ended.stderr);
      const [found] = exchanges;
      assert.ok(found && exchanges.length === 1);
      return { ended, found };
    },
    findings: () => {
      const env = {};
      const { settings } = loadSettings({ configDir: config, env });
      return checkKeys({ exchange, configDir: config, env, settings: settings.exchanges[exchange] });
    },
  };
}

const refused = ({ findings }: KeyCheck): string[] =>
  findings.flatMap(({ level, code }) => (level === 'refuse' ? [code] : []));

for (const protocol of ['bybit', 'binance'] as const) {
  describe(`keys on ${protocol}`, () => {
    test('a good key: its rights, its account as --confirm takes it, and not one order or mode changed', async (t) => {
      const setting = await setUp(t, protocol);
      const file = setting.keys();
      const before = JSON.stringify(setting.emulator.control.books());
      const { found } = await setting.check();
      assert.deepEqual(refused(found), [], JSON.stringify(found));
      assert.equal(found.valid, true);
      assert.deepEqual([found.key?.mayTrade, found.key?.mayWithdraw], [true, false]);
      assert.deepEqual([found.positionMode, found.marginMode], ['one-way', 'cross']);
      assert.equal(found.environment, 'real');
      assert.equal(found.free, '100000');
      assert.match(found.account ?? '', new RegExp(`^${setting.exchange}-[0-9a-f]{8}$`));
      assert.ok(Math.abs(found.clock?.aheadMs ?? Number.NaN) < 1_000);
      assert.deepEqual(
        found.places.map(({ place, where, state }) => [place, where, state]),
        [
          ['systemd', null, 'none'],
          ['environment', `BREAKOUT_${setting.exchange.toUpperCase()}_API_KEY`, 'none'],
          ['file', file, 'used'],
        ],
      );
      assert.equal(JSON.stringify(setting.emulator.control.books()), before);
      assert.deepEqual(setting.emulator.control.openStreams(), [], 'no stream was opened');
      const asked = await setting.bot.run('doctor', '--ask-exchanges', '--json');
      const { findings }: { findings: { check: string; verdict: string; found: string }[] } = JSON.parse(
        asked.stdout,
      );
      const of = findings.find(({ check }) => check === `exchange ${setting.exchange}`);
      // It is good from any address.
      assert.deepEqual(
        [of?.verdict, of?.found],
        ['warn', `fit for a live start on account ${found.account}`],
        asked.stdout,
      );
      const { stdout, code } = await setting.bot.run('keys', 'check');
      assert.equal(code, 0, stdout);
      assert.match(stdout, /rights +read, trade, no withdrawal/);
      assert.match(stdout, /live start +nothing stands against it/);
      assert.match(stdout, new RegExp(`account +${found.account} \\(as --confirm takes it\\)`));
    });

    test('each thing that a live start would be refused for is named, with what mends it', async (t) => {
      const setting = await setUp(t, protocol);
      const { control } = setting.emulator;
      const cases: readonly (readonly [string, string, () => void, () => void])[] = [
        ['no key', 'NO_KEYS', () => undefined, () => setting.keys()],
        ['a wrong secret', 'KEY_REFUSED', () => setting.keys('not-the-secret'), () => setting.keys()],
        [
          'a file that others can read',
          'KEYS_UNUSABLE',
          () => setting.keys(undefined, 0o644),
          () => setting.keys(),
        ],
        [
          'a withdrawal right',
          'KEY_MAY_WITHDRAW',
          () => control.setKey({ withdraw: true }),
          () => control.setKey({ withdraw: false }),
        ],
        [
          'a key that only reads',
          'KEY_MAY_NOT_TRADE',
          () => control.setKey({ readOnly: true }),
          () => control.setKey({ readOnly: false }),
        ],
        ['hedge mode', 'HEDGE_MODE', () => control.setHedged(true), () => control.setHedged(false)],
        ['a revoked key', 'KEY_REFUSED', () => control.revokeKey(), () => control.setKey({ revoked: false })],
        [
          'an exchange that is down',
          'EXCHANGE_UNREACHABLE',
          () => control.setDown(true),
          () => control.setDown(false),
        ],
      ];
      for (const [what, code, breaks, mends] of cases) {
        breaks();
        const found = await setting.findings();
        assert.deepEqual(refused(found), [code], `${what}: ${JSON.stringify(found)}`);
        assert.ok(found.findings.every(({ mend }) => mend !== ''));
        mends();
      }
      assert.deepEqual(refused(await setting.findings()), []);
    });

    test('a clock that is off is told of, to a person in minutes and seconds, and by itself stands against nothing', async (t) => {
      const setting = await setUp(t, protocol);
      setting.keys();
      setting.emulator.control.skewClock(-90_000);
      const { found } = await setting.check();
      assert.equal(found.ok, true, JSON.stringify(found));
      assert.ok(found.findings.some(({ code, level }) => code === 'CLOCK_SKEW' && level === 'warn'));
      assert.ok(Math.abs((found.clock?.aheadMs ?? 0) - 90_000) < 2_000);
      const { stdout } = await setting.bot.run('keys', 'check');
      assert.match(stdout, /^clock +1 min (29|30|31)(\.\d)? s ahead of the exchange's, known to \d+ ms$/m);
    });
  });
}

test('keys are looked for in order, and a key of one place hides those of the next', async (t) => {
  const setting = await setUp(t, 'bybit');
  setting.keys('of-the-file');
  Object.assign(setting.bot.env, {
    BREAKOUT_BYBIT_API_KEY: setting.emulator.apiKey,
    BREAKOUT_BYBIT_SECRET: setting.emulator.secret,
  });
  const { found } = await setting.check();
  assert.deepEqual(
    found.places.map(({ state }) => state),
    ['none', 'used', 'hidden'],
  );
  const folder = join(setting.bot.folder, 'credentials');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'breakout-bybit'),
    `api_key = ${setting.emulator.apiKey}\nsecret = ${setting.emulator.secret}\n`,
  );
  setting.bot.env.CREDENTIALS_DIRECTORY = folder;
  const { stdout } = await setting.bot.run('keys', 'list');
  assert.match(stdout, /bybit +systemd credential +used +\S+breakout-bybit/);
  assert.match(stdout, /environment +not used/);
  assert.ok(!stdout.includes('of-the-file') && !stdout.includes(setting.emulator.secret), stdout);
  delete setting.bot.env.BREAKOUT_BYBIT_SECRET;
  const half = await setting.bot.run('keys', 'list');
  assert.match(half.stdout, /environment +cannot be taken/);
  assert.match(half.stdout, /BREAKOUT_BYBIT_SECRET is missing/);
});

test('nobody is sent to make keys for an exchange that cannot be traded live', async (t) => {
  const bot = new Sandbox();
  t.after(() => bot[Symbol.asyncDispose]());
  for (const [exchange, words] of [
    ['mars', /there is no exchange "mars"; live there are binance, binanceusdm, bybit; .* \(VENUE_UNKNOWN\)/],
    ['kraken', /kraken can be traded on paper alone: .* \(VENUE_UNKNOWN\)/],
  ] as const) {
    const { code, stdout } = await bot.run('keys', 'check', '--exchange', exchange);
    assert.equal(code, 1);
    assert.match(stdout.replaceAll(/\n +/g, ' '), words);
    assert.doesNotMatch(stdout, /NO_KEYS/);
  }
});

test('where nothing is set up, or the name is no exchange, that is said, with where keys belong', async (t) => {
  const bot = new Sandbox();
  t.after(() => bot[Symbol.asyncDispose]());
  const none = await bot.run('keys', 'check');
  assert.equal(none.code, 1);
  assert.match(none.stderr, /no exchange is set up/);
  const bad = await bot.run('keys', 'check', '--exchange', '../x');
  assert.equal(bad.code, 3, bad.stderr);
  const without = await bot.run('keys', 'check', '--exchange', 'binanceusdm');
  assert.equal(without.code, 1);
  assert.match(without.stdout, /there are no keys for binanceusdm \(NO_KEYS\)/);
  const help = await bot.run('keys', '--help');
  assert.match(help.stdout, /umask 077/);
  assert.match(help.stdout, /systemd-creds encrypt/);
});
