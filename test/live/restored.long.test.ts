/** An older journal put in the place of a live session's: the exchange remembers what the journal does not. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { test } from 'node:test';
import { startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { Bot } from './bot.ts';
import { SYMBOLS } from './exchange.ts';

const SPEED = 60;

test('after an older journal was put back live, entries wait for a person and no id is given to an exchange twice', async (t) => {
  const emulator = await startEmulator({ symbols: SYMBOLS, speed: SPEED });
  t.after(() => emulator.stop());
  const ids = () => emulator.control.books().orders.flatMap(({ linkId }) => linkId ?? []);
  await using bot = new Bot(emulator, SPEED);
  const files = [bot.paths.journalFile, bot.paths.journalFile.replace('.sqlite', '.mark')];
  await bot.up();
  await bot.start();
  await bot.until('an order at the exchange', () => ids().length > 0);
  await bot.down('SIGTERM');
  for (const file of files) copyFileSync(file, `${file}.backup`);
  const early = ids().length;

  await bot.up();
  await bot.until('more orders', () => ids().length > early + 3);
  await bot.down('SIGTERM');
  for (const file of files) copyFileSync(`${file}.backup`, file);
  const known = ids().length;

  await bot.up();
  const { state, pausedBy } = await bot.client.call('engine.status');
  assert.equal(state, 'PAUSED');
  assert.match(pausedBy?.reason ?? '', /was an older one put in its place/);
  await bot.until('new orders', async (now) => {
    if (now.state === 'PAUSED') await goOn(bot);
    return ids().length > known;
  });
  assert.equal(new Set(ids()).size, ids().length, 'no id was given twice');
});

/** What a person does: what the account holds is left alone, which may be found one by one, and entries are allowed. */
async function goOn({ client }: Bot): Promise<void> {
  const { foreign } = await client.call('reconcile.list');
  const undecided = foreign.filter(({ decision }) => decision === null);
  for (const { symbol } of undecided) await client.call('reconcile.ignore', { symbol });
  // What was found meanwhile is decided on in the next turn.
  await client.call('engine.resume').catch((error: unknown) => {
    if (!(error instanceof RpcError && error.data.code === 'FOREIGN_POSITION')) throw error;
  });
}
