import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Preset } from '../../../src/config/preset.ts';
import { loadPreset } from '../../../src/config/presets.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import { Lives } from './restart-kit.ts';

const preset: Preset = loadPreset('breakout_v1', '/nowhere');
const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 50_000 };

test('a panic of an engine whose session was over before the restart ends verified flat, and can be reset', async (t) => {
  const lives = new Lives(t);
  const first = lives.next();
  await first.host.recover();
  await first.host.start(request, 'ann');
  await first.host.command({ name: 'stop', flatten: true }, 'ann');
  await first.host.close('test');

  const second = lives.next();
  await second.host.recover();
  assert.equal(second.host.status().state, 'IDLE');
  await second.host.command({ name: 'emergencyStop', reason: 'to be sure' }, 'ann');
  assert.equal(second.host.status().state, 'STOPPED');
  await second.host.close('test');

  const third = lives.next();
  await third.host.recover();
  assert.equal(third.host.status().haltedBy?.rule, 'panic', 'the latch outlasts another restart');
  await third.host.command({ name: 'reset', reason: 'looked round' }, 'ann');
  await third.host.start(request, 'ann');
  await third.host.close('test');
});

test('after a failure of the daemon a start is not said to be resumed while the engine is in ERROR, and from there a stop ends flat', async (t) => {
  const lives = new Lives(t);
  const first = lives.next();
  await first.host.recover();
  const opened = new Promise<void>((resolve) => {
    first.host.events.listen(({ event }) => {
      if (event.type === 'position' && event.change === 'protected') resolve();
    });
  });
  await first.host.start({ ...request, speed: 400_000 }, 'ann');
  await opened;
  first.host.fault('something gave way');

  const second = lives.next();
  const report = await second.host.recover();
  assert.equal(report.state, 'ERROR');
  assert.ok(report.openPositions > 0);
  await assert.rejects(second.host.start({ ...request, speed: 400_000 }, 'ann'), /already running \(ERROR\)/);
  assert.match(await second.host.command({ name: 'stop', flatten: true }, 'ann'), /verified flat/);
  assert.equal(second.host.positions().length, 0);
  await second.host.close('test');
});
