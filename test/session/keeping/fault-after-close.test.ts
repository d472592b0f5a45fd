import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { loadPreset } from '../../../src/config/presets.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import { Lives } from './restart-kit.ts';

const preset = loadPreset('breakout_v1', '/nowhere');
const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 400_000 };

test('a failure after an orderly end writes nothing any more: neither to the journal nor to whatever has its descriptor now', async (t) => {
  const lives = new Lives(t);
  const { host, lost } = lives.next();
  await host.recover();
  await host.start(request, 'ann');
  await host.close('test');
  const before = host.status().state;
  host.fault('a timer failed while the sockets were closed');
  assert.ok(
    existsSync(lives.journalFile.replace('.sqlite', '.reserve')),
    'the reserve may be the next daemon’s by now',
  );
  assert.deepEqual(lost.map(String), []);
  assert.equal(host.status().state, before);
});
