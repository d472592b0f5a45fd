/** A daemon that runs on while the exchange lists other markets, over its death. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import Big from 'big.js';
import { type ProtocolName, startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { replaySession } from '../../src/session/keeping/replay-session.ts';
import { Bot, marketId } from './bot.ts';
import { PROTOCOLS, SYMBOLS, VENUES } from './exchange.ts';
import { LIVE } from './preset.ts';

const SPEED = 30;

/** The first by name: listed later, it stands behind the others, and sorted anew it would move them all. */
const LATE = 'BTC/USDT:USDT';

async function listings(t: TestContext, protocol: ProtocolName, mode: 'live' | 'paper'): Promise<void> {
  const emulator = await startEmulator({ protocol, symbols: SYMBOLS, speed: SPEED });
  t.after(() => emulator.stop());
  const { control } = emulator;
  control.setListed(marketId(LATE), false);
  await using bot = new Bot(emulator, SPEED, {
    keys: mode === 'live',
    settings: { markets_reload_hours: 0.05 },
  });
  await bot.up();
  if (mode === 'live') await bot.start();
  else await bot.client.call('engine.start', { preset: LIVE, venue: bot.venue, equity: '5000' });
  const explained = async (symbol: string) =>
    (await bot.client.call('engine.explain', { symbol })).symbols[0];
  await assert.rejects(explained(LATE), /trades no "BTC/);
  await bot.until('a position with its stop', () => bot.protected());
  const [held] = await bot.positions();
  assert.ok(held);

  control.setListed(marketId(LATE), true);
  control.setListed(marketId(held.symbol), false);
  const gone = async () =>
    (await explained(held.symbol))?.judgements.some(
      ({ condition, verdict }) => condition === 'listed' && verdict === 'failed',
    );
  await bot.until('the held one to be known as gone', async () => (await gone()) === true);
  await bot.until('the late one to be scanned', async () => (await explained(LATE))?.candidate === true);
  const shown = (await bot.positions()).find(({ tradeId }) => tradeId === held.tradeId);
  const over = (await bot.client.call('trades.list')).trades.some(({ id }) => id === held.tradeId);
  assert.ok(over || (shown !== undefined && shown.stop !== null), 'it is shown with its stop');

  await bot.down('SIGKILL');
  await bot.up();
  if (mode === 'live')
    await bot.until('the same to be held on both sides', async () => (await bot.differences()).length === 0);
  // What was heard just before a kill may be lost, and is heard again.
  await bot.until('the late one to be scanned again', async () =>
    ((await explained(LATE))?.judgements ?? []).some(
      ({ condition, verdict }) => condition === 'listed' && verdict === 'passed',
    ),
  );
  const before = (await bot.client.call('engine.status')).at ?? 0;
  await bot.until('the next close', ({ at }) => (at ?? 0) > before + 300_000);
  const price = control.price(marketId(LATE)).last;
  const newest = (await bot.client.call('candles.list', { symbol: LATE, limit: 1 })).candles[0];
  assert.ok(
    newest !== undefined && Math.abs(Number(newest.close) / Number(price) - 1) < 0.1,
    JSON.stringify(newest),
  );

  await bot.client.call('engine.stop', { flatten: true });
  await bot.until('to be idle', ({ state }) => state === 'IDLE');
  const { equity } = await bot.client.call('engine.status');
  if (mode === 'live') {
    const books = control.books();
    const { trades } = await bot.client.call('trades.list');
    assert.deepEqual(books.positions, [], JSON.stringify({ trades, books, said: bot.stderr }, null, 1));
    assert.equal(new Big(equity ?? 0).toFixed(), new Big(books.wallet.USDT ?? 0).toFixed());
  }
  assert.equal(await bot.down('SIGTERM'), 0, bot.stderr);

  using journal = openJournalForReading(bot.paths.journalFile);
  for (const stored of journal.sessions(10))
    assert.equal(replaySession({ journal, session: stored, until: null }).difference, null);
}

describe('what the exchange lists changes under a running daemon: a new market is traded, one that is gone is not, and a restart takes none for another', {
  concurrency: true,
}, () => {
  for (const protocol of PROTOCOLS) test(`live on ${VENUES[protocol]}`, (t) => listings(t, protocol, 'live'));
  test(`on paper on ${VENUES.bybit}`, (t) => listings(t, 'bybit', 'paper'));
});
