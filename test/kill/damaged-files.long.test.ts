/** Files that were cut, overwritten, emptied or taken away between two daemons: the next one says so and starts nothing. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from '../../src/protocol/client.ts';
import { Sqlite } from '../../src/sqlite/sqlite.ts';
import { Sandbox } from '../cli/sandbox.ts';

const NEEDS_A_PERSON = 78;

/** State folders as a daemon leaves them that is killed while it trades, and that ends in order. */
const killed = mkdtempSync(join(tmpdir(), 'breakout-killed-'));
const ended = mkdtempSync(join(tmpdir(), 'breakout-ended-'));

before(async () => {
  await using bot = new Sandbox();
  await bot.json('start', '--preset', 'breakout_v1', '--speed', '100000');
  {
    await using client = await connect({ socketPath: bot.socketPath });
    while (((await client.call('engine.status')).progress?.done ?? 0) < 30);
    const { pid } = await client.call('daemon.hello');
    process.kill(pid, 'SIGKILL');
    await client.closed;
  }
  cpSync(bot.stateDir, killed, { recursive: true });
  assert.equal((await bot.run('daemon', 'start')).code, 0);
  assert.equal((await bot.run('daemon', 'stop')).code, 0);
  cpSync(bot.stateDir, ended, { recursive: true });
});

after(() => {
  for (const folder of [killed, ended]) rmSync(folder, { recursive: true, force: true });
});

interface Damage {
  readonly what: string;
  readonly of: string;
  /** What the state folder is damaged by. */
  readonly by: (state: string) => void;
  readonly says: RegExp;
  /** The file that it must name. */
  readonly names: RegExp;
}

const journal = (state: string): string => join(state, 'journal.sqlite');

const venueFile = (state: string): string => {
  const file = readdirSync(join(state, 'venue')).find((name) => name.endsWith('.sqlite'));
  assert.ok(file);
  return join(state, 'venue', file);
};

/** Without what it has in its log. */
const withoutLog = (file: string): void => {
  for (const end of ['-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
};

function overwrite(file: string, at: number): void {
  const opened = openSync(file, 'r+');
  writeSync(opened, Buffer.alloc(4096, 0xa5), 0, 4096, at);
  closeSync(opened);
}

const DAMAGES: readonly Damage[] = [
  {
    what: 'the journal was cut',
    of: ended,
    by: (state) => truncateSync(journal(state), Math.floor(statSync(journal(state)).size / 2) + 7),
    says: /cannot be read: .*Put it back from a backup/,
    names: /journal\.sqlite/,
  },
  {
    what: 'the journal was emptied',
    of: ended,
    by: (state) => truncateSync(journal(state), 0),
    says: /journal.*(empty|cannot be read)/,
    names: /journal\.sqlite/,
  },
  {
    what: 'a page of the journal was overwritten',
    of: ended,
    by: (state) => overwrite(journal(state), 5 * 4096),
    says: /cannot be read|is not what was written/,
    names: /journal\.sqlite/,
  },
  {
    what: 'the write-ahead log was removed after a kill',
    of: killed,
    by: (state) => withoutLog(journal(state)),
    says: /has lost what was written last: .*Put .*-wal .*back; or, to go on/,
    names: /journal\.sqlite-wal/,
  },
  {
    what: 'the journal is of a newer version',
    of: ended,
    by: (state) => {
      const db = new Sqlite(journal(state));
      db.pragma('user_version = 9999');
      db.close();
    },
    says: /newer version of breakout .*install that version again/,
    names: /journal\.sqlite/,
  },
  {
    what: 'the books of the venue are missing',
    of: killed,
    by: (state) => {
      const file = venueFile(state);
      withoutLog(file);
      rmSync(file);
    },
    says: /books of the simulated venue .*there is none.* put .* back from a backup/,
    names: /venue\/.*\.sqlite/,
  },
  {
    what: 'the books of the venue are emptied',
    of: killed,
    by: (state) => {
      withoutLog(venueFile(state));
      truncateSync(venueFile(state), 0);
    },
    says: /books of the simulated venue .* cannot be used/,
    names: /venue\/.*\.sqlite/,
  },
  {
    what: 'the books of the venue are damaged',
    of: ended,
    by: (state) => writeFileSync(venueFile(state), 'no database at all '.repeat(300)),
    says: /books of the simulated venue .* cannot be used .*put .* back from a backup/,
    names: /venue\/.*\.sqlite/,
  },
  {
    what: 'the books of the venue are cut',
    of: ended,
    by: (state) => truncateSync(venueFile(state), Math.floor(statSync(venueFile(state)).size / 2) + 7),
    says: /books of the simulated venue .* cannot be used/,
    names: /venue\/.*\.sqlite/,
  },
];

describe('a daemon that cannot trust its files ends with 78 and one line, touches none of them, and so does a start', () => {
  for (const { what, of, by, says, names } of DAMAGES) {
    test(what, async () => {
      await using bot = new Sandbox();
      cpSync(of, bot.stateDir, { recursive: true });
      by(bot.stateDir);
      // A journal that is whole is opened, and notes that it was.
      const kept = (): Record<string, string> => sums(bot.stateDir, names.source.startsWith('venue'));
      const found = kept();
      const run = await bot.run('daemon', 'run');
      assert.equal(run.code, NEEDS_A_PERSON, run.stderr);
      const refusal = run.stderr.split('\n').filter((line) => line.startsWith('breakout: '));
      assert.equal(refusal.length, 1, run.stderr);
      assert.match(run.stderr, says);
      assert.match(run.stderr, names);
      assert.deepEqual(kept(), found, 'nothing was changed');
      const start = await bot.run('start', '--preset', 'breakout_v1');
      assert.equal(start.code, 1);
      assert.match(start.stderr, says);
      assert.equal(start.stderr.trim().split('\n').length, 1, start.stderr);
      assert.deepEqual(kept(), found, 'nor by the start');
      assert.equal(existsSync(bot.socketPath), false, 'no daemon is left');
    });
  }
});

/** Of what must not change: the index of a log is SQLite's own, made anew by whoever looks. */
function sums(state: string, ofVenue: boolean): Record<string, string> {
  const files = [
    ...(ofVenue ? [] : ['journal.sqlite', 'journal.sqlite-wal']),
    ...readdirSync(join(state, 'venue')).map((f) => `venue/${f}`),
  ];
  return Object.fromEntries(
    files
      .filter(
        (file) =>
          !file.endsWith('-shm') && (statSync(join(state, file), { throwIfNoEntry: false })?.size ?? 0) > 0,
      )
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(state, file)))
          .digest('hex'),
      ]),
  );
}
