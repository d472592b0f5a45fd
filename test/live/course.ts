/** What a session is put through on an exchange, live and on paper, over the lives of its daemon. */
import assert from 'node:assert/strict';
import type Big from 'big.js';
import type { Emulator } from '../../scripts/exchange-emulator/emulator.ts';
import type { Bot } from './bot.ts';

/** Where the positions and orders are: books that the daemon does not keep. */
export interface Account {
  /** What is held, by market. */
  held(): ReadonlyMap<string, Big>;
  /** In words, entries that rest. */
  entries(): readonly string[];
  /** Flat, it is worth what the engine says, to the last decimal; each order is there once, and none is left. */
  agree(): Promise<void>;
}

interface CourseOptions {
  readonly emulator: Emulator;
  readonly bot: Bot;
  readonly account: Account;
  readonly start: () => Promise<void>;
  /** Whether the account has seen a stop trail, and a target take a part with its stop shrunk. */
  readonly trailed?: () => boolean;
  readonly tookPart?: () => boolean;
}

/** Trades, trails, takes profit, is paused, killed, resumed, ended in order, stopped flat, begun anew and panicked. */
export async function runCourse({
  emulator,
  bot,
  account,
  start,
  trailed = () => true,
  tookPart = () => true,
}: CourseOptions): Promise<void> {
  await bot.up();
  await start();
  await bot.until('a position with its stop', () => bot.protected());
  await bot.until('a stop to trail', () => trailed() && bot.stops.trailed > 0);
  await bot.until('a target to take a part', () => tookPart() && bot.stops.reduced > 0);
  const { session } = await bot.client.call('engine.status');

  await bot.client.call('engine.pause', { reason: 'lunch' });
  await bot.until('no entry to be out', ({ pendingEntries }) => pendingEntries === 0);
  const held = (await bot.positions()).map(({ tradeId }) => tradeId);
  await bot.down('SIGKILL');
  // As after a power cut: the machine is up before its network.
  emulator.control.setDown(true);
  await bot.up();
  await bot.says(new RegExp(`${bot.venue} cannot be reached`));
  emulator.control.setDown(false);
  const taken = await bot.client.call('engine.status');
  const { length: endedBefore } = (await bot.client.call('trades.list')).trades;
  assert.deepEqual([taken.session, taken.pausedBy?.reason], [session, 'lunch']);
  const alike = async (): Promise<boolean> => (await bot.differences(account.held())).length === 0;
  await bot.until('the same to be held on both sides', alike);
  await goneOn(bot, held);
  await bot.client.call('engine.resume');
  await bot.until('a trade to end, or another to begin', async () => {
    const { trades } = await bot.client.call('trades.list');
    const begun = [...trades, ...(await bot.positions())];
    return begun.some(({ openedAt }) => openedAt > (taken.at ?? 0)) || trades.length > endedBefore;
  });

  assert.equal(await bot.down('SIGTERM'), 0, bot.stderr);
  assert.deepEqual(account.entries(), [], 'no entry is left behind');
  await bot.up();
  assert.equal((await bot.client.call('engine.status')).session, session);
  await bot.until('the same to be held on both sides', alike);
  await bot.client.call('engine.stop', { flatten: true });
  await bot.until('to be idle', ({ state }) => state === 'IDLE');
  await account.agree();

  await start();
  await bot.until('a position', ({ openPositions }) => openPositions > 0);
  await bot.client.call('engine.emergencyStop', { reason: 'fire' });
  await bot.until('to be stopped', ({ state }) => state === 'STOPPED');
  await account.agree();
  assert.equal(await bot.down('SIGTERM'), 0, bot.stderr);
}

/** Trades that end for one of these were not closed because the daemon had been away. */
const BY_ITS_RULES = new Set(['stop', 'breakeven', 'trail', 'tp1', 'tp2', 'max_hold', 'failed_breakout']);

/** What was held at a kill is held on, or was ended by what rested at the exchange: a restart closes no good position. */
async function goneOn(bot: Bot, held: readonly number[]): Promise<void> {
  const open = new Set((await bot.positions()).map(({ tradeId }) => tradeId));
  const { trades } = await bot.client.call('trades.list');
  for (const id of held.filter((each) => !open.has(each))) {
    const ended = trades.find((trade) => trade.id === id)?.exitReason ?? 'not known any more';
    assert.ok(BY_ITS_RULES.has(ended), `trade ${id}: ${ended}`);
  }
}
