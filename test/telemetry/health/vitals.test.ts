import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CpuUsage } from '../../../src/telemetry/health/cpu-usage.ts';
import { readDisk } from '../../../src/telemetry/health/disk.ts';
import { LoopDelay } from '../../../src/telemetry/health/loop-delay.ts';
import { readMemory } from '../../../src/telemetry/health/memory.ts';
import { readOpenFiles } from '../../../src/telemetry/health/open-files.ts';
import { Refreshed } from '../../../src/telemetry/health/refreshed.ts';
import { Vitals } from '../../../src/telemetry/health/vitals.ts';

function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** @returns the microseconds of CPU that it took, which are at least so many. */
function work(microseconds: number): number {
  const before = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(before);
    if (user + system >= microseconds) return user + system;
  }
}

test('work shows as CPU of one core, rest does not, and what is older than the window is forgotten', async () => {
  const cpu = new CpuUsage(300);
  assert.equal(cpu.read(), null, 'nothing to compare with yet');
  // Of the processor, not of the clock: other processes may have the core meanwhile.
  const spent = work(200_000);
  const worked = cpu.read();
  assert.ok(worked !== null && worked.percent < 200, JSON.stringify(worked));
  assert.ok(worked.percent * worked.windowSeconds * 10_000 > 0.99 * spent, JSON.stringify({ worked, spent }));
  for (let i = 0; i < 8; i++) {
    await delay(60);
    cpu.sample();
  }
  const rested = cpu.read();
  assert.ok(rested !== null && rested.percent < worked.percent / 2, JSON.stringify({ worked, rested }));
});

test('a halt of the event loop shows in its lag, still when the next window has begun, and then no more', async () => {
  const loop = new LoopDelay();
  try {
    assert.equal(loop.read(), null);
    await delay(60);
    busy(300);
    await delay(60);
    const stalled = loop.read();
    assert.ok(stalled !== null && stalled.maxMs >= 250 && stalled.maxMs < 10_000, JSON.stringify(stalled));
    assert.ok(stalled.p50Ms < stalled.maxMs && stalled.meanMs < stalled.maxMs);
    loop.rotate();
    await delay(60);
    assert.ok((loop.read()?.maxMs ?? 0) >= 250, 'the older window still has it');
    loop.rotate();
    await delay(60);
    loop.rotate();
    await delay(60);
    assert.ok((loop.read()?.maxMs ?? 0) < 250, 'forgotten');
  } finally {
    loop.stop();
  }
});

test('an event loop with nothing to do is not late by the interval of the timer that measures it', async () => {
  const loop = new LoopDelay();
  try {
    await delay(400);
    const idle = loop.read();
    assert.ok(idle !== null && idle.p50Ms < 10, JSON.stringify(idle));
  } finally {
    loop.stop();
  }
});

test('memory is of this process and of a limit that exists', () => {
  const memory = readMemory();
  assert.ok(memory.rssBytes > memory.heapUsedBytes && memory.heapUsedBytes > 0);
  assert.ok(
    memory.limitBytes > memory.rssBytes && memory.limitBytes < 2 ** 50,
    'no limit is no limit of 2^64',
  );
  assert.ok(memory.heapLimitBytes > memory.heapUsedBytes);
  if (process.platform === 'linux') assert.ok(memory.availableBytes !== null && memory.availableBytes > 0);
});

test('the disk of a folder has a size; a folder that is gone is an error, not an empty disk', async () => {
  const disk = await readDisk(tmpdir());
  assert.ok(disk.usedPercent >= 0 && disk.usedPercent <= 100);
  assert.ok(disk.freeBytes >= 0);
  assert.equal(disk.writable, true);
  await assert.rejects(readDisk(join(tmpdir(), 'breakout-is-not-there')), { code: 'ENOENT' });
});

test('file descriptors are counted', { skip: process.platform !== 'linux' }, async () => {
  const before = await readOpenFiles();
  const held = [1, 2, 3].map(() => openSync('/dev/null', 'r'));
  const after = await readOpenFiles();
  for (const fd of held) closeSync(fd);
  assert.ok(before !== null && after !== null);
  assert.equal(after.open - before.open, 3);
  assert.ok(after.limit === null || after.limit > after.open);
});

test('a measurement that fails says why without a path, and one that hangs is no answer after a while', async () => {
  const failing = new Refreshed(() => readDisk(join(tmpdir(), 'breakout-is-not-there')), 60_000);
  assert.deepEqual(failing.read(), { value: null, reason: 'not measured yet' });
  await failing.refresh();
  assert.deepEqual(failing.read(), { value: null, reason: 'the system refuses: ENOENT' });

  let asked = 0;
  let answer: (value: number) => void = () => undefined;
  const hanging = new Refreshed(() => {
    asked += 1;
    return new Promise<number>((resolve) => {
      answer = resolve;
    });
  }, 20);
  const first = hanging.refresh();
  hanging.refresh();
  hanging.refresh();
  assert.equal(asked, 1, 'never asked twice at once');
  await delay(40);
  assert.match(JSON.stringify(hanging.read()), /has not answered for/);
  answer(7);
  await first;
  assert.deepEqual(hanging.read(), { value: 7 });
});

test('watching keeps no process alive, and ends when told to', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-vitals-'));
  t.after(() => rmSync(folder, { recursive: true }));
  {
    using vitals = new Vitals(folder);
    const reading = await vitals.read();
    assert.ok(reading.disk.value !== null && reading.disk.value.freeBytes > 0);
    assert.ok(reading.handles >= 0 && reading.cores >= 1 && reading.load.length === 3);
  }
  // A process ends once nothing holds it: this one never disposes of what it watches with.
  const module = JSON.stringify(new URL('../../../src/telemetry/health/vitals.ts', import.meta.url).href);
  const script = `const { Vitals } = await import(${module}); await new Vitals(${JSON.stringify(folder)}).read();`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  t.after(() => child.kill('SIGKILL'));
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
});
