/** Live sessions of a real daemon over ccxt, real HTTP and WebSocket, on exchanges that keep books of their own. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import Big from 'big.js';
import { type Emulator, type ProtocolName, startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { type JournalReader, openJournalForReading } from '../../src/journal/journal-reader.ts';
import { replaySession } from '../../src/session/keeping/replay-session.ts';
import { Bot, marketId } from './bot.ts';
import { runCourse } from './course.ts';
import { SYMBOLS } from './exchange.ts';
import { ProtectionWatch } from './protection-watch.ts';

/** Five minutes of the exchange pass in five seconds. */
const SPEED = 60;

async function exchange(t: TestContext, protocol: ProtocolName): Promise<Emulator> {
  const emulator = await startEmulator({ protocol, symbols: SYMBOLS, speed: SPEED });
  t.after(() => emulator.stop());
  return emulator;
}

/** Flat, the account is worth what the engine says, to the last decimal; each of its orders is there once, and none is left. */
async function agree(bot: Bot, emulator: Emulator): Promise<void> {
  const resting = () =>
    emulator.control.books().orders.filter(({ status }) => status === 'new' || status === 'untriggered');
  // A stop without its position would open one.
  await bot.until('no order to be left at the exchange', () => resting().length === 0);
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

/** At the exchange and by what the daemon showed: stops went towards the market alone, and one covered all that was held. */
function protectedAllAlong(watch: ProtectionWatch, bot: Bot, attaches: boolean): void {
  assert.ok(watch.raised.length > 0 && bot.stops.trailed > 0, 'a stop trailed');
  assert.deepEqual([watch.lowered, bot.stops.lowered], [[], []], 'no stop was moved away from the market');
  // Where a stop cannot be amended the next one is there before it goes.
  assert.ok(watch.mostStops <= (attaches ? 1 : 2), `${watch.mostStops} stops at once`);
  assert.deepEqual(watch.uncovered, []);
  const gone = watch.gaps.filter(({ began }) => began === 'stop gone');
  assert.deepEqual(gone, [], 'a stop is never taken away before another is there');
  // Where it comes along with the entry nothing is uncovered at any time.
  if (attaches) assert.deepEqual(watch.gaps, []);
  assert.ok(watch.targets > 0, 'a target took a part');
  assert.equal(watch.targetsFollowed, watch.targets, 'the stop shrank with each');
  for (const [symbol, price] of bot.stops.prices) {
    const there = watch.prices.get(marketId(symbol)) ?? new Set();
    assert.ok(there.has(new Big(price).toFixed()), `${symbol} had a stop at ${price}`);
  }
}

/** Every fill of the account is in the journal and no other, with its price, quantity and fee; targets among them. */
function sameFills(journal: JournalReader, emulator: Emulator): void {
  const text = (figures: readonly string[]): string =>
    figures.map((figure) => new Big(figure).toFixed()).join(' ');
  const fills = journal.sessions(10).flatMap(({ id }) => journal.fills(id));
  const own = fills.map(({ symbol, side, price, quantity, fee }) =>
    [marketId(symbol), side, text([price, quantity, fee])].join(' '),
  );
  const theirs = emulator.control
    .books()
    .executions.map(({ symbol, side, price, quantity, fee }) =>
      [symbol, side, text([price, quantity, fee])].join(' '),
    );
  assert.deepEqual(own.sort(), theirs.sort());
  assert.ok(fills.some(({ purpose }) => purpose === 'tp1' || purpose === 'tp2'));
}

export async function liveSession(t: TestContext, protocol: ProtocolName): Promise<void> {
  const emulator = await exchange(t, protocol);
  using watch = new ProtectionWatch(emulator);
  await using bot = new Bot(emulator, SPEED);
  await runCourse({
    emulator,
    bot,
    start: () => bot.start(),
    trailed: () => watch.raised.length > 0,
    tookPart: () => watch.targetsFollowed > 0,
    account: {
      held: () => bot.atExchange(),
      entries: () =>
        emulator.control
          .books()
          .orders.filter(({ status, reduceOnly }) => status === 'new' && !reduceOnly)
          .map(({ id, symbol }) => `${symbol} ${id}`),
      agree: () => agree(bot, emulator),
    },
  });
  protectedAllAlong(watch, bot, protocol === 'bybit');

  using journal = openJournalForReading(bot.paths.journalFile);
  sameFills(journal, emulator);
  for (const stored of journal.sessions(10)) {
    const replayed = replaySession({ journal, session: stored, until: null });
    assert.equal(replayed.difference, null, `${stored.id} is replayed as it was`);
  }
}
