import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Preset } from '../../../src/config/preset.ts';
import { loadPreset } from '../../../src/config/presets.ts';
import type { StartRequest } from '../../../src/session/session.ts';
import { Lives } from './restart-kit.ts';

const preset: Preset = loadPreset('breakout_v1', '/nowhere');
const request: StartRequest = { preset, mode: 'paper', venue: 'sim', equity: '10000', speed: 50_000 };

test('a session is in the journal with the command that starts it or not at all, so that a death in between leaves none half begun', async (t) => {
  const { host, journal } = new Lives(t).next();
  await host.recover();
  const committed: (string | null)[] = [];
  host.events.listen(({ event }) => {
    if (event.type === 'session' && event.change === 'started')
      committed.push(journal.lastSession()?.id ?? null);
  });
  await host.start(request, 'ann');
  assert.deepEqual(committed, [null]);
  const { session } = host.status();
  assert.ok(session);
  assert.equal(journal.lastSession()?.id, session);
  const first = [...journal.entries(session, 0)].slice(0, 2).map(({ input }) => input.kind);
  assert.deepEqual(first, ['instruments', 'command']);
  await host.close('test');
});
