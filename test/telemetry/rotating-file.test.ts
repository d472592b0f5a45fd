import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RotatingFile } from '../../src/telemetry/rotating-file.ts';

interface Rig {
  readonly folder: string;
  readonly file: string;
  readonly sink: RotatingFile;
  readonly complaints: string[];
}

function rig(t: TestContext, maxBytes = 1_000, maxFiles = 4): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-log-'));
  const file = join(folder, 'log', 'daemon.log');
  const complaints: string[] = [];
  const sink = new RotatingFile({
    file,
    maxBytes,
    maxFiles,
    complain: (text) => complaints.push(text),
    afterOutage: ({ dropped }) => `lost ${dropped}`,
  });
  t.after(() => {
    sink.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, file, sink, complaints };
}

const lines = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);

function openFiles(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.includes(folder) ? [target] : [];
    } catch {
      // The descriptor of the listing itself is gone.
      return [];
    }
  });
}

test('through a hundred rotations no line is lost or cut, the disk stays bounded and no old file is held open', (t) => {
  const { folder, file, sink, complaints } = rig(t);
  const text = (i: number): string => `${String(i).padStart(6, '0')} ${'x'.repeat(i % 150)}`;
  for (let i = 0; i < 1_400; i++) {
    sink.write(text(i));
    assert.equal(lines(file).at(-1), text(i), 'a line is in the file when write returns');
  }
  const files = readdirSync(join(folder, 'log')).sort();
  assert.deepEqual(files, ['daemon.log', 'daemon.log.1', 'daemon.log.2', 'daemon.log.3']);
  const kept = [3, 2, 1].flatMap((n) => lines(`${file}.${n}`)).concat(lines(file));
  const first = 1_400 - kept.length;
  assert.deepEqual(
    kept,
    Array.from({ length: kept.length }, (_, i) => text(first + i)),
    'in order, none missing',
  );
  for (const name of files) {
    const { size, mode } = statSync(join(folder, 'log', name));
    assert.ok(size <= 1_000, `${name}: ${size}`);
    assert.equal(mode & 0o777, 0o600);
  }
  if (process.platform === 'linux') assert.deepEqual(openFiles(folder), [file]);
  assert.deepEqual(complaints, []);
});

test('a line longer than a file may be is written all the same, and so is what comes after it', (t) => {
  const { file, sink } = rig(t, 1_000, 3);
  sink.write('before');
  sink.write('y'.repeat(5_000));
  sink.write('after');
  assert.deepEqual(lines(file), ['after']);
  assert.deepEqual(lines(`${file}.1`), ['y'.repeat(5_000)]);
  assert.deepEqual(lines(`${file}.2`), ['before']);
});

test('a file of an earlier daemon is gone on with, for its owner alone', (t) => {
  const { folder, file, sink } = rig(t);
  sink.write('first');
  sink.close();
  writeFileSync(file, 'of yesterday\n', { mode: 0o644 });
  rmSync(file);
  writeFileSync(file, 'of yesterday\n', { mode: 0o644 });
  sink.write('of today');
  assert.deepEqual(lines(file), ['of yesterday', 'of today']);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(existsSync(folder));
});

test('a folder removed or a file moved away under the daemon: the next line makes them anew', (t) => {
  const { folder, file, sink, complaints } = rig(t);
  sink.write('one');
  rmSync(join(folder, 'log'), { recursive: true });
  sink.write('two');
  assert.deepEqual(lines(file), ['two']);
  assert.equal(statSync(join(folder, 'log')).mode & 0o777, 0o700);
  renameSync(file, `${file}.moved`);
  sink.write('three');
  assert.deepEqual(lines(file), ['three']);
  assert.deepEqual(lines(`${file}.moved`), ['two']);
  assert.deepEqual(complaints, []);
});

test('a full disk is said once, not once a line, and when there is room again the log says what is missing', {
  skip: !existsSync('/dev/full'),
}, (t) => {
  const { file, sink, complaints } = rig(t);
  sink.write('one');
  rmSync(file);
  symlinkSync('/dev/full', file);
  const mode = statSync('/dev/full').mode;
  for (let i = 0; i < 100; i++) sink.write(`lost ${i}`);
  assert.equal(complaints.length, 1);
  assert.match(complaints[0] ?? '', /ENOSPC/);
  rmSync(file);
  sink.write('two');
  assert.deepEqual(lines(file), ['lost 100', 'two']);
  assert.equal(complaints.length, 2);
  assert.match(complaints[1] ?? '', /lines lost: 100/);
  assert.equal(statSync('/dev/full').mode, mode, 'only a file of ours is narrowed');
});

test('a folder that cannot be made is no end either: the lines after the mend are written', (t) => {
  const { folder, file, sink, complaints } = rig(t);
  writeFileSync(join(folder, 'log'), 'a file where the folder should be');
  sink.write('lost');
  sink.write('lost too');
  rmSync(join(folder, 'log'));
  sink.write('found');
  assert.deepEqual(lines(file), ['lost 2', 'found']);
  assert.equal(complaints.length, 2);
});

test('a rotation that cannot be done loses no line and is said', (t) => {
  const { folder, file, sink, complaints } = rig(t, 200, 2);
  sink.write('a'.repeat(150));
  // What is to be removed is a folder with something in it.
  mkdirWithFile(`${file}.1`);
  sink.write('b'.repeat(150));
  sink.write('c'.repeat(20));
  assert.deepEqual(
    lines(file).map((line) => line[0]),
    ['a', 'b', 'c'],
  );
  assert.equal(complaints.length, 1);
  assert.match(complaints[0] ?? '', /cannot be rotated/);
  assert.ok(existsSync(folder));
});

function mkdirWithFile(path: string): void {
  renameSync(mkdtempSync(join(tmpdir(), 'breakout-log-')), path);
  writeFileSync(join(path, 'x'), '');
}
