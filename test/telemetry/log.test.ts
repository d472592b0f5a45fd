import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { underNoRef, underRef } from '../../src/telemetry/correlation.ts';
import { errorFields, type Log, openLog } from '../../src/telemetry/log.ts';

function logIn(t: TestContext): { log: Log; read: () => Record<string, unknown>[] } {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-log-'));
  const file = join(folder, 'daemon.log');
  const log = openLog({ file, components: { engine: 'debug' } });
  t.after(async () => {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const read = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  return { log, read };
}

test('a line is one JSON object with time, level, component and message first, and is in the file at once', (t) => {
  const { log, read } = logIn(t);
  log.component('control').warn('engine.stop refused', { code: 'X', by: 'cli' });
  const [line] = read();
  assert.deepEqual(Object.keys(line ?? {}), ['timestamp', 'level', 'component', 'message', 'code', 'by']);
  assert.equal(new Date(String(line?.timestamp)).toISOString(), line?.timestamp);
});

test('each component writes by its own level', (t) => {
  const { log, read } = logIn(t);
  log.debug('not this');
  log.component('engine').debug('this');
  log.levels.set('engine', 'error', null);
  log.component('engine').warn('nor this');
  log.levels.set('daemon', 'debug', null);
  log.debug('and this');
  assert.deepEqual(
    read().map(({ message }) => message),
    ['this', 'and this'],
  );
});

test('everything that a command causes carries its reference, through awaits; what goes on by itself does not', async (t) => {
  const { log, read } = logIn(t);
  await underRef('aaaa1111', async () => {
    log.info('in it');
    await turn();
    log.component('session').info('still in it');
    await new Promise<void>((resolve) => {
      underNoRef(() =>
        setImmediate(() => {
          log.info('by itself');
          resolve();
        }),
      );
    });
    log.info('back in it');
  });
  log.info('outside');
  assert.deepEqual(
    read().map(({ message, ref }) => [message, ref]),
    [
      ['in it', 'aaaa1111'],
      ['still in it', 'aaaa1111'],
      ['by itself', undefined],
      ['back in it', 'aaaa1111'],
      ['outside', undefined],
    ],
  );
});

test('a field that is named like a part of the line, or like a switch of the logger, costs neither', (t) => {
  const { log, read } = logIn(t);
  log.info('told', {
    level: 'error',
    message: 'other',
    exception: true,
    timestamp: 1,
    component: 'x',
    splat: [1],
  });
  const [line] = read();
  assert.equal(line?.level, 'info');
  assert.equal(line?.message, 'told');
  assert.equal(line?.message_, 'other');
  assert.equal(line?.exception_, true);
});

test('a secret in the fields, the message or an error reaches neither the file nor the memory', (t) => {
  const { log, read } = logIn(t);
  const plant = 'plant-77aa31';
  const cause = new Error(`Authorization: Bearer ${plant}`);
  log.error(`lost apiKey=${plant}`, {
    apiSecret: plant,
    ...errorFields(new Error(`https://x.example/?signature=${plant}`, { cause })),
  });
  const written = JSON.stringify(read());
  const held = JSON.stringify(log.lines.newest(10, () => true));
  assert.ok(!written.includes(plant), written);
  assert.ok(!held.includes(plant), held);
  assert.match(written, /log\.test\.ts/, 'the log has the stack');
  assert.ok(!held.includes('log.test.ts'), 'a client has not');
});
