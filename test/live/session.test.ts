/** Live sessions of a real daemon over ccxt, real HTTP and WebSocket, on an exchange that keeps books of its own. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import Big from 'big.js';
import { type Emulator, startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { replaySession } from '../../src/session/keeping/replay-session.ts';
import { Bot } from './bot.ts';
import { SYMBOLS } from './exchange.ts';

/** Five minutes of the exchange pass in five seconds. */
const SPEED = 60;

async function exchange(t: TestContext): Promise<Emulator> {
  const emulator = await startEmulator({ symbols: SYMBOLS, speed: SPEED });
  t.after(() => emulator.stop());
  return emulator;
}

/** Flat, the account is worth what the engine says, to the last decimal; each of its orders is there once. */
async function agree(bot: Bot, emulator: Emulator): Promise<void> {
  assert.deepEqual(await bot.differences(), []);
  const { equity } = await bot.client.call('engine.status');
  const books = emulator.control.books();
  assert.deepEqual(books.positions, []);
  assert.ok(equity !== null);
  assert.equal(new Big(equity).toFixed(), new Big(books.wallet.USDT ?? 0).toFixed());
  // Stops that came with an entry are the exchange's own, and have none.
  const ids = books.orders.flatMap(({ linkId }) => linkId ?? []);
  assert.equal(new Set(ids).size, ids.length, 'no order was sent twice');
}

test('a live session trades, is paused, killed and taken up again, stopped and panicked, and its books are the exchange’s', async (t) => {
  const emulator = await exchange(t);
  await using bot = new Bot(emulator, SPEED);
  await bot.up();
  await bot.start();
  await bot.until('a position with its stop at the exchange', () => bot.protected());
  const { session } = await bot.client.call('engine.status');

  await bot.client.call('engine.pause', { reason: 'lunch' });
  await bot.until('no entry to be out', ({ pendingEntries }) => pendingEntries === 0);
  await bot.down('SIGKILL');
  // As after a power cut: the machine is up before its network.
  emulator.control.setDown(true);
  await bot.up();
  await bot.says(/bybit cannot be reached/);
  emulator.control.setDown(false);
  const taken = await bot.client.call('engine.status');
  assert.deepEqual([taken.session, taken.pausedBy?.reason], [session, 'lunch']);
  await bot.until('the same to be held on both sides', async () => (await bot.differences()).length === 0);
  await bot.client.call('engine.resume');
  await bot.until('a trade to end', async () => (await bot.client.call('trades.list')).trades.length >= 2);

  assert.equal(await bot.down('SIGTERM'), 0, bot.stderr);
  assert.deepEqual(
    emulator.control.books().orders.filter(({ status, reduceOnly }) => status === 'new' && !reduceOnly),
    [],
    'no entry is left behind',
  );
  await bot.up();
  await bot.client.call('engine.stop', { flatten: true });
  await bot.until('to be idle', ({ state }) => state === 'IDLE');
  await agree(bot, emulator);

  await bot.start();
  await bot.until('a position', ({ openPositions }) => openPositions > 0);
  await bot.client.call('engine.emergencyStop', { reason: 'fire' });
  await bot.until('to be stopped', ({ state }) => state === 'STOPPED');
  await agree(bot, emulator);
  assert.equal(await bot.down('SIGTERM'), 0, bot.stderr);

  using journal = openJournalForReading(bot.paths.journalFile);
  for (const stored of journal.sessions(10)) {
    const replayed = replaySession({ journal, session: stored, until: null });
    assert.equal(replayed.difference, null, `${stored.id} is replayed as it was`);
  }
});
