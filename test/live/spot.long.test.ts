/** Live on spot: the stop rests at the exchange, the targets are the engine's, and the coins are all accounted for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Big from 'big.js';
import { z } from 'zod';
import { startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { replaySession } from '../../src/session/keeping/replay-session.ts';
import { Bot, marketId } from './bot.ts';
import { SYMBOLS } from './exchange.ts';

const SPEED = 60;

/** What each coin is sold in multiples of, as the exchange says. */
async function lotsOf(restUrl: string): Promise<ReadonlyMap<string, string>> {
  const answer: unknown = await (await fetch(`${restUrl}/v5/market/instruments-info?category=spot`)).json();
  const schema = z.object({
    result: z.object({
      list: z.array(
        z.object({ baseCoin: z.string(), lotSizeFilter: z.object({ basePrecision: z.string() }) }),
      ),
    }),
  });
  const { list } = schema.parse(answer).result;
  return new Map(list.map(({ baseCoin, lotSizeFilter }) => [baseCoin, lotSizeFilter.basePrecision]));
}

test('a live spot session buys, takes profit by itself beside its stop, is killed and goes on, and sells all it bought', async (t) => {
  const emulator = await startEmulator({ symbols: SYMBOLS, speed: SPEED, wallet: { USDT: '10000' } });
  t.after(() => emulator.stop());
  await using bot = new Bot(emulator, SPEED, { type: 'spot' });
  await bot.up();
  await bot.start();
  await bot.until('coins with their stop at the exchange', () => bot.protected());
  const fillsOf = (purpose: string) => {
    using journal = openJournalForReading(bot.paths.journalFile);
    return journal
      .sessions(10)
      .flatMap(({ id }) => journal.fills(id))
      .filter((fill) => fill.purpose === purpose);
  };
  await bot.until('the account to be asked while coins are held', async () => {
    const { account } = await bot.client.call('account.get');
    if (account === null || account.available === null || account.openNotional === 0) return false;
    if (account.available > account.sizingEquity - account.openNotional / 2) return false;
    assert.ok(account.sizingEquity > 9_500, `what was bought is no loss: ${account.sizingEquity}`);
    return true;
  });
  await bot.until('a target to be taken', () => fillsOf('tp1').length > 0);
  await bot.until('coins with their stop at the exchange', () => bot.protected());
  await bot.down('SIGKILL');
  await bot.up();
  await bot.until('coins with their stop at the exchange', () => bot.protected());
  await bot.client.call('engine.stop', { flatten: true });
  await bot.until('to be idle', ({ state }) => state === 'IDLE');

  const { orders, executions, wallet } = emulator.control.books();
  assert.deepEqual(
    orders.filter(({ status }) => status === 'new' || status === 'untriggered'),
    [],
  );
  const ids = orders.flatMap(({ linkId }) => linkId ?? []);
  assert.equal(new Set(ids).size, ids.length, 'no order was sent twice');
  const lots = await lotsOf(emulator.restUrl);
  for (const [coin, amount] of Object.entries(wallet)) {
    if (coin === 'USDT') continue;
    const left = new Big(amount);
    assert.ok(left.gte(0) && left.lt(lots.get(coin) ?? 0), `${amount} ${coin} are left, which could be sold`);
  }

  assert.equal(await bot.down('SIGTERM'), 0, bot.stderr);
  using journal = openJournalForReading(bot.paths.journalFile);
  const own = journal.sessions(10).flatMap(({ id }) => journal.fills(id));
  const text = (symbol: string, side: string, ...figures: readonly string[]): string =>
    [marketId(symbol), side, ...figures.map((figure) => new Big(figure).toFixed())].join(' ');
  assert.deepEqual(
    own.map(({ symbol, side, price, quantity, fee }) => text(symbol, side, price, quantity, fee)).sort(),
    executions
      .map(({ symbol, side, price, quantity, fee }) => text(symbol, side, price, quantity, fee))
      .sort(),
  );
  for (const stored of journal.sessions(10))
    assert.equal(
      replaySession({ journal, session: stored, until: null }).difference,
      null,
      `${stored.id} is replayed`,
    );
});
