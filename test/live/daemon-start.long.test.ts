/** `breakout daemon start` on a session that waits for its exchange: nobody is told that all is well. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { Sandbox } from '../cli/sandbox.ts';
import { CLOSE, writePresets } from '../kill/presets.ts';
import { keysOf, SYMBOLS, urlsOf } from './exchange.ts';

test('a daemon that cannot take up its session yet says that it recovers, since when and what it waits for', async (t) => {
  const emulator = await startEmulator({ symbols: SYMBOLS, speed: 1, requestClock: 'machine' });
  t.after(() => emulator.stop());
  const bot = new Sandbox();
  t.after(() => bot[Symbol.asyncDispose]());
  const config = join(bot.folder, 'config');
  writePresets(config);
  writeFileSync(
    join(config, 'config.json'),
    JSON.stringify({ exchanges: { bybit: { urls: urlsOf(emulator) } } }),
  );
  Object.assign(bot.env, keysOf(emulator));
  const { exchanges } = await bot.json<{ exchanges: { account: string }[] }>('keys', 'check');
  const account = exchanges[0]?.account ?? '';
  const fresh = await bot.run('daemon', 'start');
  assert.equal(fresh.code, 0, fresh.stderr);
  assert.match(fresh.stdout, /^The daemon runs \(pid \d+/);
  assert.doesNotMatch(fresh.stdout + fresh.stderr, /recover/i);
  const live = ['--mode', 'live', '--venue', 'bybit', '--confirm', account] as const;
  const started = await bot.run('start', '--preset', CLOSE, ...live);
  assert.equal(started.code, 0, started.stderr);
  const status = await bot.run('status');
  const named = new RegExp(`^preset .* on bybit, live\\naccount +${account}$`, 'm');
  assert.match(status.stdout, named);
  assert.equal((await bot.json<{ account: string | null }>('status')).account, account);
  const health = await bot.run('health');
  assert.match(health.stdout, /^exchange +bybit, its real markets$/m);
  assert.equal((await bot.run('daemon', 'stop')).code, 0);
  assert.equal((await bot.run('daemon', 'start')).code, 0);
  const takenUp = await bot.run('status');
  assert.match(takenUp.stdout, named, 'a session that goes on is on the same account');
  assert.equal((await bot.run('daemon', 'stop')).code, 0);

  const bybit = (more: object): void =>
    writeFileSync(
      join(config, 'config.json'),
      JSON.stringify({ exchanges: { bybit: { urls: urlsOf(emulator), ...more } } }),
    );
  bybit({ sandbox: true });
  const elsewhere = await bot.run('daemon', 'start');
  assert.notEqual(elsewhere.code, 0, 'nobody has confirmed that account');
  assert.match(elsewhere.stderr, new RegExp(`begun on account ${account}, .* bybit-sandbox-`));
  bybit({ type: 'spot' });
  const others = await bot.run('daemon', 'start');
  assert.notEqual(others.code, 0, 'all that it holds would count as gone');
  assert.match(others.stderr, /begun on linear USDT markets, .* bybit name spot USDT markets now/);
  bybit({});

  emulator.control.setDown(true);
  const late = await bot.run('daemon', 'start');
  assert.equal(late.code, 0, late.stderr);
  assert.match(late.stderr, /^Recovering: session \S+ waits for its exchange.*bybit cannot be reached/m);
  assert.match(late.stdout, /^The daemon is up \(pid \d+/);
  assert.match(
    late.stdout,
    /It does not trade yet: recovering since \S+, session \S+ waits for its exchange/,
  );
  assert.match((await bot.run('daemon', 'status')).stdout, /^recovering +since /m);
  assert.match((await bot.run('health')).stdout, /recovering for \d+ s: session .*\(RECOVERING\)/);
  const asked = await bot.run('status');
  assert.equal(asked.code, 1);
  assert.match(asked.stderr, /is being taken up since \S+: session \S+ waits for its exchange/);
  emulator.control.setDown(false);
  // A start waits for the recovery as long as it is told to.
  const again = await bot.run('daemon', 'start');
  assert.match(again.stdout, /was running already/);
  assert.equal((await bot.run('daemon', 'stop')).code, 0);
});
