import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { settingsSchema } from '../../src/config/settings-schema.ts';
import { keepSmall } from '../../src/daemon/retention.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { DAY } from '../../src/market/time.ts';
import { closeLog, openLog } from '../../src/telemetry/log.ts';
import { sessionRow } from '../journal/kit.ts';

test('the books of a simulated venue go with the inputs of its session, and never while it runs or before its time', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-retention-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const venueDir = join(folder, 'venue');
  const journal = openJournal({ file: join(folder, 'journal.sqlite') });
  const log = openLog({
    file: join(folder, 'daemon.log'),
    level: 'debug',
    components: {},
    maxBytes: 1e6,
    maxFiles: 1,
  });
  const { journal: policy } = settingsSchema.parse({});
  const keep = () =>
    keepSmall({ journal, venueDir, policy: () => policy, log: log.component('journal') })[Symbol.dispose]();
  keep();
  assert.ok(!existsSync(venueDir), 'where nobody has traded there is nothing to do');

  const days = { old: 91, young: 89 };
  mkdirSync(venueDir);
  for (const [index, id] of ['old', 'young', 'running'].entries()) {
    journal.openSession(sessionRow(id, index + 1));
    for (const end of ['', '-wal', '-shm']) writeFileSync(join(venueDir, `${id}.sqlite${end}`), '');
  }
  writeFileSync(join(venueDir, 'notes.txt'), '');
  for (const [id, age] of Object.entries(days)) {
    const wallAt = Date.now() - age * DAY;
    journal.endSession(id, { reason: 'stopped', message: '', at: wallAt, wallAt, record: new Uint8Array() });
  }
  journal.commit();
  keep();
  const left = readdirSync(venueDir).filter((file) => !/-(wal|shm)$/.test(file));
  assert.deepEqual(left.sort(), ['notes.txt', 'running.sqlite', 'young.sqlite']);
  assert.equal(readdirSync(venueDir).length, 7);
  journal.close();
  await closeLog(log);
});
