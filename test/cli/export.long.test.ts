import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import Big from 'big.js';
import { csv } from '../../src/cli/csv.ts';
import type { Trade } from '../../src/engine/output.ts';
import { FIRST, recordSessions, SECOND } from './recorded.ts';
import { Sandbox } from './sandbox.ts';

/** Rows by the names of their columns. */
function parsed(text: string): Record<string, string>[] {
  assert.ok(text.endsWith('\r\n'), 'the last line is ended, too');
  const [head = '', ...lines] = text.slice(0, -2).split('\r\n');
  const names = head.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    assert.equal(fields.length, names.length, line);
    return Object.fromEntries(names.map((name, i) => [name, fields[i] ?? '']));
  });
}

test('a field with a comma, a quote or a line end stands in quotes; what is no figure is empty', () => {
  const columns = [
    { name: 'a,b', value: (row: { readonly v: string | number | null }) => row.v },
    { name: 'c', value: () => true },
  ];
  const rows = [{ v: 'say "no"' }, { v: 'two\nlines' }, { v: null }, { v: Number.NaN }, { v: -0.5 }];
  assert.equal(
    csv(columns, rows),
    '"a,b",c\r\n"say ""no""",true\r\n"two\nlines",true\r\n,true\r\n,true\r\n-0.5,true\r\n',
  );
});

describe('export', { concurrency: 2 }, () => {
  const bot = new Sandbox();
  let trades = new Map<string, readonly Trade[]>();
  before(() => {
    trades = recordSessions(bot.stateDir);
  });
  after(() => rmSync(bot.folder, { recursive: true, force: true }));

  test('every trade of a session, to the last decimal', async () => {
    const { code, stdout } = await bot.run('export', 'trades', '--session', '1', '--csv');
    assert.equal(code, 0);
    const rows = parsed(stdout);
    const own = [...(trades.get(FIRST) ?? [])].sort((a, b) => a.closedAt - b.closedAt || a.id - b.id);
    assert.ok(own.length > 5);
    assert.deepEqual(
      rows.map((row) => [row.session, row.trade_id, row.pnl, row.fees, row.entry, row.exit, row.r]),
      own.map((t) => [FIRST, String(t.id), t.pnl, t.fees, t.entry, t.exit, String(t.r)]),
    );
    assert.deepEqual(
      rows.map(({ opened = '', closed = '' }) => [Date.parse(opened), Date.parse(closed)]),
      own.map((t) => [t.openedAt, t.closedAt]),
    );
  });

  test('the fills account for the fees and the result of every trade, without a remainder', async () => {
    const { stdout } = await bot.run('export', 'fills', '--all', '--csv');
    const fills = parsed(stdout);
    for (const [session, list] of trades) {
      for (const trade of list) {
        const own = fills.filter((f) => f.session === session && f.trade_id === String(trade.id));
        let cash = new Big(0);
        let fees = new Big(0);
        for (const { side, price = '', quantity = '', fee = '', fee_coin } of own) {
          const worth = new Big(price).times(quantity);
          cash = side === 'buy' ? cash.minus(worth) : cash.plus(worth);
          fees = fees.plus(fee);
          assert.equal(fee_coin, 'USDT');
        }
        assert.equal(fees.toFixed(), trade.fees);
        assert.equal(cash.minus(fees).plus(trade.funding).toFixed(), trade.pnl);
      }
    }
  });

  test('the last session when none is named, all of them in their order, and JSON with the same rows', async () => {
    const last = parsed((await bot.run('export', 'equity')).stdout);
    assert.deepEqual([...new Set(last.map(({ session }) => session))], [SECOND]);
    const all = await bot.json<{
      sessions: string[];
      rows: { session: string; at: number; equity: number }[];
    }>('export', 'equity', '--all');
    assert.deepEqual(all.sessions, [FIRST, SECOND]);
    const second = all.rows.filter(({ session }) => session === SECOND);
    assert.deepEqual(
      second.map(({ at, equity }) => [at, equity]),
      last.map(({ time = '', equity }) => [Date.parse(time), Number(equity)]),
    );
  });

  test('--out writes the file whole, says how much, and leaves nothing beside it', async () => {
    const folder = path.join(bot.folder, 'out');
    mkdirSync(folder);
    const file = path.join(folder, 'trades.csv');
    const { code, stdout } = await bot.run('export', 'trades', '--all', '--out', file);
    assert.equal(code, 0);
    const rows = parsed(readFileSync(file, 'utf8'));
    assert.equal(stdout, `${rows.length} rows of trades from 2 sessions written to ${file}\n`);
    const json = await bot.json<{ rows: number; file: string }>('export', 'trades', '--all', '--out', file);
    assert.deepEqual([json.rows, json.file], [rows.length, file]);
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).rows.length, rows.length);
    assert.deepEqual(readdirSync(folder), ['trades.csv']);
    const nowhere = await bot.run('export', 'trades', '--out', path.join(bot.folder, 'none', 'x.csv'));
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /x\.csv cannot be written: ENOENT/);
  });

  test('a wrong line and what is not there are told apart', async () => {
    for (const words of [
      ['export'],
      ['export', 'levels'],
      ['export', 'trades', '--csv', '--json'],
      ['export', 'trades', '--all', '--session', '1'],
      ['export', 'trades', '--out', ''],
    ])
      assert.equal((await bot.run(...words)).code, 3, words.join(' '));
    const unknown = await bot.run('export', 'trades', '--session', 'nope');
    assert.deepEqual([unknown.code, /no session nope/.test(unknown.stderr)], [1, true]);
    await using other = new Sandbox();
    const none = await other.run('export', 'trades', '--json');
    assert.deepEqual([none.code, JSON.parse(none.stdout).error.code], [1, 'NO_JOURNAL']);
  });

  test('db path says where the journal lies, and whether it is there', async () => {
    const file = path.join(bot.stateDir, 'journal.sqlite');
    assert.deepEqual(await bot.run('db', 'path'), { code: 0, stdout: `${file}\n`, stderr: '' });
    assert.deepEqual(await bot.json('--instance', 'second', 'db', 'path'), {
      file: path.join(bot.stateDir, 'instances', 'second', 'journal.sqlite'),
      exists: false,
    });
  });
});
