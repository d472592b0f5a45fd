/** Paper on a real exchange's quotes: no keys, our own matching, an account that outlives the daemon. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import Big from 'big.js';
import { type ProtocolName, startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { openJournalForReading } from '../../src/journal/journal-reader.ts';
import { replaySession } from '../../src/session/keeping/replay-session.ts';
import { Bot } from './bot.ts';
import { runCourse } from './course.ts';
import { PROTOCOLS, SYMBOLS, VENUES } from './exchange.ts';
import { EQUITY, entriesOnPaper, heldOnPaper, restingOnPaper, worthOnPaper } from './paper-account.ts';
import { LIVE } from './preset.ts';

const SPEED = 60;

async function paper(t: TestContext, protocol: ProtocolName): Promise<void> {
  const emulator = await startEmulator({ protocol, symbols: SYMBOLS, speed: SPEED });
  t.after(() => emulator.stop());
  await using bot = new Bot(emulator, SPEED, { keys: false });
  const sessions: string[] = [];
  const session = (): string => sessions.at(-1) ?? '';
  await runCourse({
    emulator,
    bot,
    start: async () => {
      await bot.client.call('engine.start', { preset: LIVE, venue: bot.venue, equity: EQUITY });
      sessions.push((await bot.client.call('engine.status')).session ?? '');
    },
    account: {
      held: () => heldOnPaper(bot, session()),
      entries: () => entriesOnPaper(bot, session()),
      agree: async () => {
        assert.deepEqual(await bot.differences(heldOnPaper(bot, session())), []);
        assert.deepEqual(restingOnPaper(bot, session()), []);
        const { equity } = await bot.client.call('engine.status');
        assert.equal(new Big(equity ?? 0).toFixed(), worthOnPaper(bot, session()).toFixed());
        assert.ok(heldOnPaper(bot, session()).size === 0);
      },
    },
  });
  const { orders } = emulator.control.books();
  assert.equal(orders.length, 0, 'the exchange was asked for nothing but its market');
  assert.deepEqual(bot.stops.lowered, [], 'no stop was moved away from the market');

  using journal = openJournalForReading(bot.paths.journalFile);
  const purposes = new Set(sessions.flatMap((id) => journal.fills(id)).map(({ purpose }) => purpose));
  assert.ok(purposes.has('tp1') || purposes.has('tp2'));
  assert.equal(sessions.length, 2);
  for (const stored of journal.sessions(10))
    assert.equal(replaySession({ journal, session: stored, until: null }).difference, null, stored.id);
}

describe('a session on paper trades, trails and takes profit on the exchange’s quotes without keys, is paused, killed and taken up again, stopped and panicked, and its books are the account’s', {
  concurrency: true,
}, () => {
  for (const protocol of PROTOCOLS) test(`on ${VENUES[protocol]}`, (t) => paper(t, protocol));
});
