/** A disk that fills up under a daemon that trades: entries stop, exits go through, and a retry goes on once there is space. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { audit } from './audit.ts';
import { bundleDaemon } from './bundle.ts';
import { Bot, Life } from './life.ts';
import { CLOSE } from './presets.ts';

/** Writes until nothing more goes in. @returns what frees it again. */
function fill(folder: string, name: string): () => void {
  const file = join(folder, name);
  const { bavail, bsize } = statfsSync(folder);
  try {
    writeFileSync(file, Buffer.alloc((bavail + 1) * bsize));
  } catch (error) {
    assert.match(String(error), /ENOSPC/);
  }
  return () => rmSync(file);
}

test('a full disk: ERROR with the reason, only exits are sent, and retry goes on once there is space', async (t) => {
  using bot = new Bot();
  mkdirSync(bot.paths.stateDir, { mode: 0o700 });
  if (
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=700', 'tmpfs', bot.paths.stateDir]).status !== 0
  ) {
    t.skip('only root can mount a small disk');
    return;
  }
  const file = await bundleDaemon();
  const life = new Life(file, bot);
  try {
    assert.equal(await life.says('recovered'), 'recovered', life.stderr);
    const client = await life.connect();
    await client.call('engine.start', { preset: CLOSE, venue: 'sim', seed: 5, speed: 50_000 });
    while ((await client.call('positions.list')).positions.length === 0) await delay(5);
    const free = fill(bot.paths.stateDir, 'ballast');
    while ((await client.call('engine.status')).state !== 'ERROR') await delay(5);
    const { transitions } = await client.call('engine.transitions');
    assert.match(transitions.at(-1)?.reason ?? '', /journal cannot be written/);
    const entries = (await client.call('orders.list')).orders.filter(({ purpose }) => purpose === 'entry');
    assert.deepEqual(entries, [], 'entries are cancelled');
    for (const { tradeId } of (await client.call('positions.list')).positions)
      await client
        .call('positions.close', { tradeId })
        .catch((error) => assert.match(String(error), /POSITION_UNKNOWN|no position|no open/i));
    assert.deepEqual((await client.call('positions.list')).positions, [], 'exits went through');
    await assert.rejects(client.call('engine.retry'), /still full/);
    free();
    await client.call('engine.retry');
    while ((await client.call('positions.list')).positions.length === 0) await delay(5);
    client.destroy();
    life.kill('SIGTERM');
    assert.equal(await life.exit, 0, life.stderr);
    assert.deepEqual((await audit(bot.paths, bot.ledger)).problems, []);
  } finally {
    life.kill('SIGKILL');
    await life.exit;
    spawnSync('umount', [bot.paths.stateDir]);
    for (const each of [file, `${file}.map`]) rmSync(each, { force: true });
  }
});

test('when the reserve is used up too the daemon ends, its positions keep their stops, and the next one goes on', async (t) => {
  using bot = new Bot();
  mkdirSync(bot.paths.stateDir, { mode: 0o700 });
  if (
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=700', 'tmpfs', bot.paths.stateDir]).status !== 0
  ) {
    t.skip('only root can mount a small disk');
    return;
  }
  const file = await bundleDaemon();
  const life = new Life(file, bot);
  let next: Life | null = null;
  try {
    assert.equal(await life.says('recovered'), 'recovered', life.stderr);
    const client = await life.connect();
    await client.call('engine.start', { preset: CLOSE, venue: 'sim', seed: 5, speed: 50_000 });
    while ((await client.call('positions.list')).positions.length === 0) await delay(5);
    const frees: (() => void)[] = [];
    // Whatever is given back is taken at once.
    for (let n = 0; !life.ended; n++) {
      frees.push(fill(bot.paths.stateDir, `ballast-${n}`));
      await delay(20);
    }
    assert.equal(await life.exit, 1, 'a supervisor is to try again');
    assert.match(life.stderr, /the daemon ends with 1/);
    const full = new Life(file, bot);
    assert.equal(await full.exit, 1, 'not while it is full');
    assert.match(full.stderr, /no space is left/);
    for (const free of frees) free();
    next = new Life(file, bot, { hold: true });
    assert.equal(await next.says('held', 'recovered'), 'held', next.stderr);
    assert.deepEqual((await audit(bot.paths, bot.ledger)).problems, []);
    next.letGo();
    assert.equal(await next.says('recovered'), 'recovered', next.stderr);
    next.kill('SIGTERM');
    assert.equal(await next.exit, 0, next.stderr);
  } finally {
    for (const each of [life, next]) each?.kill('SIGKILL');
    await Promise.all([life.exit, next?.exit]);
    spawnSync('umount', [bot.paths.stateDir]);
    for (const each of [file, `${file}.map`]) rmSync(each, { force: true });
  }
});
