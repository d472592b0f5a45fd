/** Paper on a real exchange's quotes: no keys, our own matching, an account that outlives the daemon. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import Big from 'big.js';
import { type ProtocolName, startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { replaySession } from '../../src/session/keeping/replay-session.ts';
import { Bot } from './bot.ts';
import { PROTOCOLS, SYMBOLS, VENUES } from './exchange.ts';
import { LIVE } from './preset.ts';

const SPEED = 60;

async function paper(t: TestContext, protocol: ProtocolName): Promise<void> {
  const emulator = await startEmulator({ protocol, symbols: SYMBOLS, speed: SPEED });
  t.after(() => emulator.stop());
  await using bot = new Bot(emulator, SPEED, { keys: false });
  await bot.up();
  await bot.client.call('engine.start', { preset: LIVE, venue: bot.venue, equity: '5000' });
  await bot.until('a position with its stop', () => bot.protected());
  await bot.until('a stop to trail', () => bot.stops.trailed > 0);
  await bot.until('a target to take a part', () => bot.stops.reduced > 0);
  const { session } = await bot.client.call('engine.status');
  const positions = await bot.positions();
  await bot.down('SIGKILL');
  await bot.up();
  assert.equal((await bot.client.call('engine.status')).session, session);
  const ids = positions.map(({ tradeId }) => tradeId);
  const open = new Set((await bot.positions()).map(({ tradeId }) => tradeId));
  const over = new Set((await bot.client.call('trades.list')).trades.map(({ id }) => id));
  assert.ok(
    ids.every((id) => open.has(id) || over.has(id)),
    'what was held is held, or was closed by an order that rested meanwhile',
  );
  await bot.client.call('engine.stop', { flatten: true });
  await bot.until('to be idle', ({ state }) => state === 'IDLE');
  const { trades } = await bot.client.call('trades.list');
  assert.ok(trades.length > 0);
  const { equity } = await bot.client.call('engine.status');
  const made = trades.reduce((sum, { pnl }) => sum.plus(pnl), new Big(5000));
  assert.equal(new Big(equity ?? 0).toFixed(), made.toFixed());
  assert.equal(
    emulator.control.books().orders.length,
    0,
    'the exchange was asked for nothing but its market',
  );
  assert.equal(await bot.down('SIGTERM'), 0, bot.stderr);
  assert.deepEqual(bot.stops.lowered, [], 'no stop was moved away from the market');

  using journal = openJournalForReading(bot.paths.journalFile);
  assert.ok(journal.fills(session ?? '').some(({ purpose }) => purpose === 'tp1' || purpose === 'tp2'));
  const stored = journal.session(session ?? '');
  assert.ok(stored);
  assert.equal(replaySession({ journal, session: stored, until: null }).difference, null);
}

describe('a session on paper trades, trails and takes profit on the exchange’s quotes without keys, and its account goes on after a kill', {
  concurrency: true,
}, () => {
  for (const protocol of PROTOCOLS) test(`on ${VENUES[protocol]}`, (t) => paper(t, protocol));
});
