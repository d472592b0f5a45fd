/** A host over a journal on disk, and the host after it: what a trader is told and can do once it has taken up. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadPreset } from '../../../src/config/presets.ts';
import { openJournal } from '../../../src/journal/journal.ts';
import { SessionHost } from '../../../src/session/host.ts';
import { FileRecord } from '../../../src/venue/simulated/kept/file-record.ts';

const REQUEST = {
  preset: loadPreset('breakout_v1', '/nowhere'),
  mode: 'paper',
  venue: 'sim',
  equity: '10000',
  seed: 1,
  speed: 0,
} as const;

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-kept-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function hostIn(t: TestContext, folder: string): Promise<SessionHost> {
  const host = new SessionHost({
    keeping: {
      journal: openJournal({ file: join(folder, 'journal.sqlite'), reserveBytes: 4096 }),
      venueRecord: (session, of) => new FileRecord(join(folder, `${session}.sqlite`), of === 'kept'),
      onLost: (error) => assert.fail(String(error)),
    },
  });
  t.after(() => host.close('test'));
  await host.recover();
  return host;
}

function traded(host: SessionHost, trades: number): Promise<void> {
  return new Promise((resolve) => {
    host.events.listen(({ event }) => {
      if (event.type === 'trade' && event.trade.id >= trades) resolve();
    });
  });
}

test('a session that ended is listed once by the next host, and shown as it was to the last checkpoint', async (t) => {
  const folder = folderOf(t);
  const first = await hostIn(t, folder);
  const enough = traded(first, 2);
  await first.start(REQUEST, 'trader');
  await enough;
  await first.command({ name: 'stop', flatten: true }, 'trader');
  // What comes after the end is written up too.
  await first.command({ name: 'emergencyStop', reason: 'drill' }, 'trader');
  const shown = ({ history }: SessionHost) => ({
    sessions: history.sessions(9),
    session: history.session(),
    checkpoints: history.checkpoints(100),
    signals: history.signals(100),
    equity: history.equity(100),
  });
  const before = shown(first);
  assert.equal(before.sessions.length, 1);
  await first.close('test');
  const next = await hostIn(t, folder);
  assert.deepEqual(shown(next), before);
  assert.deepEqual(next.engine.trades(), first.engine.trades());
});

test('after a restart behind a session that ended a panic is verified flat, and the host after that is locked', async (t) => {
  const folder = folderOf(t);
  const first = await hostIn(t, folder);
  await first.start(REQUEST, 'trader');
  await first.command({ name: 'stop', flatten: true }, 'trader');
  await first.close('test');
  const second = await hostIn(t, folder);
  assert.match(await second.command({ name: 'emergencyStop', reason: 'drill' }, 'trader'), /flat/);
  assert.equal(second.status().state, 'STOPPED');
  await second.close('test');
  const third = await hostIn(t, folder);
  assert.equal(third.status().state, 'STOPPED');
  assert.equal(third.status().haltedBy?.rule, 'panic');
  await assert.rejects(third.start(REQUEST, 'trader'), /emergency/);
  await third.command({ name: 'reset', reason: 'drill is over' }, 'trader');
  assert.equal(third.status().state, 'IDLE');
});

test('a start that went on with open positions is known to the next host, though the one before it died', async (t) => {
  const folder = folderOf(t);
  const host = await hostIn(t, folder);
  const opened = new Promise<void>((resolve) => {
    host.events.listen(({ event }) => {
      if (event.type === 'position' && event.change === 'protected') resolve();
    });
  });
  await host.start({ ...REQUEST, seed: 3, speed: 100_000 }, 'trader');
  await opened;
  await host.command({ name: 'stop', flatten: false }, 'trader');
  assert.match(await host.start({ ...REQUEST, seed: 3, speed: 100_000 }, 'other'), /goes on/);
  const left = folderOf(t);
  cpSync(folder, left, { recursive: true });
  const was = host.history.session();
  const is = (await hostIn(t, left)).history.session();
  assert.deepEqual(
    is?.starts.map(({ by }) => by),
    ['trader', 'other'],
  );
  assert.equal(is?.stoppedBy, null);
  assert.deepEqual(
    is?.starts.map(({ at }) => at),
    was?.starts.map(({ at }) => at),
  );
});

test('a session whose host died before its first snapshot is known to the next one from its beginning', async (t) => {
  const folder = folderOf(t);
  const host = await hostIn(t, folder);
  await host.start({ ...REQUEST, speed: 1 }, 'trader');
  await host.command({ name: 'pause', reason: 'lunch' }, 'trader');
  // As a death would leave it: not closed.
  const left = folderOf(t);
  cpSync(folder, left, { recursive: true });
  const next = await hostIn(t, left);
  const [was, is] = [host, next].map(({ history }) => history.session());
  assert.equal(is?.id, was?.id);
  assert.equal(is?.ordinal, was?.ordinal);
  assert.equal(is?.started.by, 'trader');
  const names = ({ history }: SessionHost) => history.checkpoints(100)?.checkpoints.map(({ name }) => name);
  assert.equal(names(next)?.[0], 'session_started');
  assert.deepEqual(names(next), names(host));
  assert.equal(next.status().state, 'PAUSED');
  assert.equal(next.status().pausedBy?.reason, 'lunch');
});
