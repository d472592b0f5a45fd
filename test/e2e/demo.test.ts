import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface DemoRun {
  readonly code: number | null;
  readonly stdout: string;
  /** What is left in the folder that the demo had for its temporary files. */
  readonly left: readonly string[];
}

/** Runs the demo with a folder for temporary files of its own; `interruptOn`: Ctrl-C once stderr has said so. */
async function demo(words: readonly string[], interruptOn?: RegExp): Promise<DemoRun> {
  const folder = mkdtempSync(path.join(tmpdir(), 'breakout-demo-test-'));
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/demo.ts', ...words], { cwd: root, env });
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    if (interrupted || interruptOn === undefined || !interruptOn.test(stderr)) return;
    interrupted = true;
    child.kill('SIGTERM');
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const left = readdirSync(folder).filter((name) => name.startsWith('breakout-'));
  rmSync(folder, { recursive: true, force: true });
  return { code, stdout, left };
}

describe('npm run demo', { concurrency: 2 }, () => {
  test('trades, sums up in one document, ends with 0 and leaves nothing behind', async () => {
    const { code, stdout, left } = await demo(['--for', '14s', '--json']);
    assert.equal(code, 0);
    const summary = JSON.parse(stdout);
    assert.equal(summary.ended.reason, 'stopped');
    assert.ok(summary.states.SCANNING > 0);
    assert.ok(summary.trades > 0, 'no trade within 14 s');
    assert.ok(summary.metrics.latency.count > 0);
    assert.deepEqual(summary.openPositions, []);
    assert.deepEqual(left, []);
  });

  test('an interrupt takes engine, daemon and folder down as well', async () => {
    const { code, left } = await demo(['--for', '50s', '--json'], /INITIALIZING -> SCANNING/);
    assert.equal(code, 130);
    assert.deepEqual(left, []);
  });
});
