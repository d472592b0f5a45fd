import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPreset } from '../../../src/config/presets.ts';
import type { SessionHost } from '../../../src/session/host.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import { Sqlite } from '../../../src/sqlite/sqlite.ts';
import { Lives } from './restart-kit.ts';

const preset = loadPreset('breakout_v1', '/nowhere');
const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 400_000 };

/** Resolves with the ordinal of the next order that is sent. */
function nextOrder(host: SessionHost): Promise<number> {
  return new Promise((resolve) => {
    const stop = host.events.listen(({ event }) => {
      if (event.type !== 'order' || event.status !== 'submitted') return;
      stop();
      resolve(event.order.id);
    });
  });
}

test('after a loss of records that somebody accepted no order has the id of one that may be at the venue, over every restart', async (t) => {
  const lives = new Lives(t);
  const first = lives.next();
  await first.host.recover();
  const sent = nextOrder(first.host);
  await first.host.start(request, 'ann');
  assert.ok((await sent) < 1_000);
  await first.host.close('test');

  const db = new Sqlite(lives.journalFile);
  db.prepare('INSERT INTO accepted_losses VALUES (?, ?, ?)').run(Date.now(), '3 commits are missing', 1);
  db.close();
  const second = lives.next();
  const beyond = nextOrder(second.host);
  await second.host.recover();
  const id = await beyond;
  assert.ok(id > 100_000, String(id));
  await second.host.close('test');

  const third = lives.next();
  const later = nextOrder(third.host);
  await third.host.recover();
  assert.ok((await later) > id);
  await third.host.close('test');
});
