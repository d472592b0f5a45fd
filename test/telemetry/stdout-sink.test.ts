import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { StdoutSink } from '../../src/telemetry/stdout-sink.ts';

/** A pipe that does not wait, both ends in this process. */
function pipe(t: TestContext): { readEnd: number; writeEnd: number; closeReader: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-pipe-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  let reading = true;
  const closeReader = (): void => {
    if (reading) closeSync(readEnd);
    reading = false;
  };
  t.after(() => {
    closeReader();
    closeSync(writeEnd);
    rmSync(folder, { recursive: true, force: true });
  });
  return { readEnd, writeEnd, closeReader };
}

function sinkOn(fd: number): { sink: StdoutSink; complaints: string[] } {
  const complaints: string[] = [];
  const sink = new StdoutSink({
    fd,
    complain: (text) => complaints.push(text),
    afterOutage: ({ dropped }) => `lost ${dropped}`,
  });
  return { sink, complaints };
}

function readAll(fd: number): string {
  const buffer = Buffer.alloc(65_536);
  let text = '';
  for (;;) {
    try {
      const n = readSync(fd, buffer);
      if (n === 0) return text;
      text += buffer.toString('utf8', 0, n);
    } catch (error) {
      assert.match(String(error), /EAGAIN/);
      return text;
    }
  }
}

/** Turns of reading, each of which a pipe's worth of what waits can follow into. */
function readWhile(fd: number, write: () => void): string {
  let got = '';
  for (let turn = 0; turn < 40; turn++) {
    got += readAll(fd);
    write();
  }
  return got + readAll(fd);
}

test('a reader that stalls holds up nothing and gets every line once it reads', (t) => {
  const { readEnd, writeEnd } = pipe(t);
  const { sink, complaints } = sinkOn(writeEnd);
  const line = (i: number): string => `${i} ${'x'.repeat(500)}`;
  for (let i = 0; i < 1_000; i++) sink.write(line(i));
  const got = readWhile(readEnd, () => sink.write('.'));
  const lines = got.split('\n').filter((text) => text.length > 1);
  assert.deepEqual(
    lines,
    Array.from({ length: 1_000 }, (_, i) => line(i)),
  );
  assert.deepEqual(complaints, []);
  sink.close();
});

test('what a stalled reader can never catch up with is dropped, counted and said once', (t) => {
  const { readEnd, writeEnd } = pipe(t);
  const { sink, complaints } = sinkOn(writeEnd);
  for (let i = 0; i < 5_000; i++) sink.write(`${i} ${'x'.repeat(500)}`);
  assert.equal(complaints.length, 1);
  const got = readWhile(readEnd, () => sink.write('.'));
  const whole = got.split('\n').filter((text) => /^\d+ x{500}$/.test(text)).length;
  const lost = [...got.matchAll(/^lost (\d+)$/gm)].map((match) => Number(match[1]));
  assert.ok(lost.length >= 1 && lost.length <= 2, 'the log says what is missing');
  assert.equal(whole + (lost[0] ?? 0), 5_000);
  sink.close();
});

test('a supervisor that is gone does not end the daemon', (t) => {
  const { writeEnd, closeReader } = pipe(t);
  const { sink, complaints } = sinkOn(writeEnd);
  sink.write('one');
  closeReader();
  for (let i = 0; i < 100; i++) sink.write('two');
  assert.equal(complaints.length, 1);
  assert.match(complaints[0] ?? '', /EPIPE/);
  sink.close();
});
