import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadPreset } from '../../../src/config/presets.ts';
import type { SessionHost } from '../../../src/session/host.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import { Lives } from './restart-kit.ts';

const preset = loadPreset('breakout_v1', '/nowhere');
const request: StartRequest = {
  preset,
  mode: 'paper',
  venue: 'sim',
  equity: '10000',
  speed: 400_000,
  seed: 7,
};

/** Resolves with the ordinal of the first order that is sent and is beyond `last`. */
function orderBeyond(host: SessionHost, last: number): Promise<number> {
  return new Promise((resolve) => {
    const stop = host.events.listen(({ event }) => {
      if (event.type !== 'order' || event.status !== 'submitted' || event.order.id <= last) return;
      stop();
      resolve(event.order.id);
    });
  });
}

test('after an older journal was put back from a backup no order has the id of one that the venue has', async (t) => {
  const lives = new Lives(t);
  const files = [lives.journalFile, lives.journalFile.replace('.sqlite', '.mark')];
  const first = lives.next();
  await first.host.recover();
  const early = orderBeyond(first.host, 0);
  await first.host.start(request, 'ann');
  await early;
  await first.host.close('test');
  for (const file of files) copyFileSync(file, `${file}.backup`);

  const second = lives.next();
  const late = orderBeyond(second.host, 40);
  await second.host.recover();
  const taken = await late;
  await second.host.close('test');
  for (const file of files) copyFileSync(`${file}.backup`, file);

  const third = lives.next();
  const next = orderBeyond(third.host, 0);
  await third.host.recover();
  for (const { symbol } of third.host.engine.foreign())
    await third.host.command({ name: 'ignore', symbol }, 'ann');
  if (third.host.status().state === 'PAUSED') await third.host.command({ name: 'resume' }, 'ann');
  const id = await next;
  await third.host.close('test');
  assert.ok(id > taken, `order ${id} is sent, and the venue has orders up to ${taken}`);
});
