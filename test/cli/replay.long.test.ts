import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { replay } from '../../src/cli/commands/replay.ts';
import { Output } from '../../src/cli/output.ts';
import { resolvePaths } from '../../src/config/paths.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { OrderResult } from '../../src/protocol/trading-views.ts';
import type { PositionResult, StatusResult } from '../../src/protocol/views.ts';
import { Sqlite } from '../../src/sqlite/sqlite.ts';
import { FIRST, journalIn, record, recordSessions, SECOND, WALL } from './recorded.ts';
import { Sandbox } from './sandbox.ts';

interface Replayed {
  readonly identical: boolean;
  readonly begins: string;
  readonly after: number;
  readonly seq: number;
  readonly whole: boolean;
  readonly inputs: number;
  readonly outputs: number;
  readonly snapshots: number;
  readonly difference: { readonly seq: number; readonly of: string; readonly nth: number | null } | null;
  readonly status: StatusResult;
  readonly positions: readonly PositionResult[];
  readonly orders: readonly OrderResult[];
}

/** The command inside this process, which has not to start first, on a terminal so many columns wide. */
async function told(
  bot: Sandbox,
  columns: number,
  named: string,
  until: number | null = null,
): Promise<string> {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns });
  const output = new Output(stdout, new PassThrough(), { NO_COLOR: '1' }, false);
  const said = text(stdout);
  replay({ output, paths: resolvePaths({ env: bot.env }), env: bot.env }, named, { until });
  stdout.end();
  return said;
}

/** In the first session two positions are open then. */
const MOMENT = '2025-01-03T12:00:00Z';

describe('replay', () => {
  const bot = new Sandbox();
  before(() => {
    recordSessions(bot.stateDir);
  });
  after(() => rmSync(bot.folder, { recursive: true, force: true }));

  test('a session, and one that goes on from it, come out the same to the last output and snapshot', async () => {
    for (const [named, begins] of [
      [FIRST, 'new'],
      ['last', 'continued'],
    ] as const) {
      const came = await bot.json<Replayed>('replay', named);
      assert.deepEqual(
        [came.identical, came.begins, came.after, came.whole, came.snapshots],
        [true, begins, 0, true, 2],
      );
      assert.equal(came.inputs, came.seq);
      assert.ok(came.inputs > 9_000 && came.outputs > 4_000);
    }
  });

  test('says in words what was compared, how long it took and that it is identical', async () => {
    const { code, stdout } = await bot.run('replay', '1');
    assert.equal(code, 0);
    assert.match(stdout, /^session +20240101T000000-aaaa, number 1: breakout_v1 on sim$/m);
    assert.match(stdout, /^compared +[\d,]+ inputs, \d+ outputs, 2 snapshots$/m);
    assert.match(stdout, /^took +[\d.]+ s, [\d,]+ bars, [\d,]+ a second$/m);
    assert.match(stdout, /^result +identical$/m);
  });

  test('--until stops there and shows what was held, and the stops that were out for it', async () => {
    const { whole, status, positions, orders } = await bot.json<Replayed>('replay', '1', '--until', MOMENT);
    assert.equal(whole, false);
    assert.equal(status.at, Date.parse(MOMENT));
    assert.deepEqual(positions.map(({ symbol, side }) => `${symbol} ${side}`).sort(), [
      'OPUSDT short',
      'SUIUSDT long',
    ]);
    for (const { tradeId, stop } of positions)
      assert.ok(
        orders.some(
          (order) => order.tradeId === tradeId && order.purpose === 'stop' && order.stopPrice === stop,
        ),
      );
    const stdout = await told(bot, 120, '1', Date.parse(MOMENT));
    assert.match(stdout, /^how things stood at 2025-01-03T12:00:00Z$/m);
    assert.match(stdout, /^ *\d+ +SUIUSDT +long/m);
    assert.match(stdout, /^ *\d+ +SUIUSDT +stop +sell/m);
  });

  test('fits a terminal of 40, 80 and 120 columns', async () => {
    for (const columns of [40, 80, 120])
      for (const line of (await told(bot, columns, '1', Date.parse(MOMENT))).split('\n'))
        assert.ok(line.length <= columns, `${line.length} of ${columns} columns: ${line}`);
  });

  test('an output that was recorded otherwise is shown beside what comes now, and the exit code says so', async () => {
    await using other = new Sandbox();
    const journal = journalIn(other.stateDir);
    let falsified = 0;
    record(journal, new Engine(), FIRST, 1, {
      outputs: (seq, outputs) => {
        const submit = outputs.findIndex(({ kind }) => kind === 'submit');
        if (falsified > 0 || submit === -1) return outputs;
        falsified = seq;
        return outputs.map((output, i) =>
          i === submit && output.kind === 'submit'
            ? { ...output, order: { ...output.order, quantity: '123' } }
            : output,
        );
      },
    });
    journal.close();
    const { code, stdout } = await other.run('replay', 'last', '--json');
    const came: Replayed = JSON.parse(stdout);
    assert.equal(code, 1);
    assert.deepEqual(
      [came.identical, came.difference?.seq, came.difference?.of],
      [false, falsified, 'outputs'],
    );
    const inWords = await other.run('replay', 'last');
    assert.equal(inWords.code, 1);
    assert.match(inWords.stdout, /^result +different from input/m);
    assert.match(inWords.stdout, /^recorded +\{"kind":"submit".*"quantity":"123"/m);
    assert.match(inWords.stdout, /^now +\{"kind":"submit".*"quantity":"(?!123)/m);
  });

  test('a state that is not what its snapshot has is a difference, though every output was the same', async () => {
    await using other = new Sandbox();
    const journal = journalIn(other.stateDir);
    const stranger = new Engine().save();
    record(journal, new Engine(), FIRST, 1, { state: () => stranger });
    journal.close();
    const { code, stdout } = await other.run('replay', '1');
    assert.equal(code, 1);
    assert.match(stdout, /the engine is not what the snapshot has/);
  });

  test('an input that is not what was written is told as damage, not as a difference', async () => {
    await using other = new Sandbox();
    cpSync(bot.stateDir, other.stateDir, { recursive: true });
    const db = new Sqlite(path.join(other.stateDir, 'journal.sqlite'));
    db.exec("UPDATE inputs SET outputs = '[ ]' WHERE seq = 5000");
    db.close();
    const { code, stderr } = await other.run('replay', '1');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^breakout: the journal .* cannot be read: input 5000 of session .* is not what was written/,
    );
  });

  test('what retention has taken is said: the replay begins with the oldest snapshot, or cannot', async () => {
    await using other = new Sandbox();
    cpSync(bot.stateDir, other.stateDir, { recursive: true });
    const YEAR = 365 * 24 * 3_600_000;
    const journal = journalIn(other.stateDir, () => WALL + YEAR);
    journal.prune({ inputDays: 1 });
    journal.close();
    const came = await other.json<Replayed>('replay', SECOND);
    assert.deepEqual([came.identical, came.begins, came.whole], [true, 'pruned', true]);
    assert.ok(came.after > 0 && came.inputs > 0 && came.seq === came.after + came.inputs);
    assert.match(await told(other, 120, SECOND), /by a snapshot: the inputs before are no longer kept/);
    const { code, stderr } = await other.run('replay', FIRST);
    assert.equal(code, 1);
    assert.match(stderr, /are no longer kept, nor a snapshot after them/);
  });

  test('beside a writer: what has been committed is replayed, and nothing waits for more', async () => {
    await using other = new Sandbox();
    const journal = journalIn(other.stateDir);
    record(journal, new Engine(), FIRST, 1);
    record(journal, new Engine(), SECOND, 2);
    const came = await other.json<Replayed>('replay', 'last');
    assert.ok(came.inputs > 0);
    assert.match(await told(other, 120, '1'), /identical/);
    journal.commit();
    journal.close();
  });

  test('no journal, no such session and a wrong line are told apart', async () => {
    await using other = new Sandbox();
    const none = await other.run('replay', 'last');
    assert.deepEqual([none.code, /there is no journal at/.test(none.stderr)], [1, true]);
    const unknown = await bot.run('replay', '99');
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /no session 99: the last one is 20240102T000000-bbbb, number 2/);
    assert.equal((await bot.run('replay')).code, 3);
    assert.equal((await bot.run('replay', 'last', '--until', 'noon')).code, 3);
  });

  test('Tab names the recorded sessions, without a daemon', async () => {
    const { stdout } = await bot.run('__complete', 'fish', '--', 'replay', '');
    assert.match(stdout, /^last\t/m);
    assert.match(stdout, /^2\tbreakout_v1 on sim$/m);
  });
});
