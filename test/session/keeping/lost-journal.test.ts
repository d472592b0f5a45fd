import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Preset } from '../../../src/config/preset.ts';
import { loadPreset } from '../../../src/config/presets.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import { type Database, Sqlite } from '../../../src/sqlite/sqlite.ts';
import { Lives } from './restart-kit.ts';

const preset: Preset = loadPreset('breakout_v1', '/nowhere');
const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 400_000 };

test('a journal that takes nothing for a moment ends the process, and the next one goes on with the open positions', async (t) => {
  const lives = new Lives(t);
  const saboteur = (): Database => new Sqlite(lives.journalFile);
  // The reserve and the last words fail too; then it would take anything again.
  const { host, lost } = lives.next({}, (times) => {
    if (times !== 2) return;
    const db = saboteur();
    db.exec('DROP TRIGGER refuse');
    db.close();
  });
  await host.recover();
  const failed = new Promise<void>((resolve) => {
    const stop = host.events.listen(({ event }) => {
      if (event.type === 'state' && event.to === 'ERROR') {
        stop();
        resolve();
      }
    });
  });
  const opened = new Promise<void>((resolve) => {
    const stop = host.events.listen(({ event }) => {
      if (event.type !== 'position' || event.change !== 'protected') return;
      stop();
      resolve();
    });
  });
  await host.start(request, 'ann');
  await opened;
  const open = host.positions().map(({ tradeId }) => tradeId);
  assert.ok(open.length > 0);
  const db = saboteur();
  db.exec("CREATE TRIGGER refuse BEFORE UPDATE ON state BEGIN SELECT RAISE(ABORT, 'not now'); END");
  db.close();
  await assert.rejects(host.command({ name: 'pause', reason: 'lunch' }, 'ann'));
  await failed;
  assert.ok(lost.length >= 2);
  assert.equal(host.status().ended, null);

  const { host: next } = lives.next();
  await next.recover();
  assert.equal(next.status().ended, null);
  assert.deepEqual(
    next.positions().map(({ tradeId }) => tradeId),
    open,
  );
  assert.ok(next.positions().every(({ stop }) => stop !== null));
  await next.close('test');
});
