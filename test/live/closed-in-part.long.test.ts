/** Everything is to be closed and the exchange takes a part of it: nobody is told that it was done. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type Emulator, type ProtocolName, startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { Bot } from './bot.ts';
import { SYMBOLS, VENUES } from './exchange.ts';

const SPEED = 60;

/** Longer than a command is carried out before it is answered that it goes on. */
const PATIENCE_MS = 120_000;

/** What an exchange answers that takes no order, and the request that it is said to. */
const REFUSAL = {
  bybit: { code: 110007, match: 'POST /v5/order/create' },
  binance: { code: -2019, match: 'POST /fapi/v1/order' },
} as const;

interface Closing {
  readonly protocol: ProtocolName;
  /** What is answered while something is still open. */
  readonly unfinished: string;
  readonly done: 'IDLE' | 'STOPPED';
  close(bot: Bot): Promise<unknown>;
}

const CLOSINGS: readonly Closing[] = [
  {
    protocol: 'bybit',
    unfinished: 'STOP_INCOMPLETE',
    done: 'IDLE',
    close: ({ client }) => client.call('engine.stop', { flatten: true }, { timeoutMs: PATIENCE_MS }),
  },
  {
    protocol: 'binance',
    unfinished: 'EMERGENCY_IN_PROGRESS',
    done: 'STOPPED',
    close: ({ client }) =>
      client.call('engine.emergencyStop', { reason: 'fire' }, { timeoutMs: PATIENCE_MS }),
  },
];

/** Positions that end by themselves before the exchange refuses anything leave nothing to see: then it is tried again. */
const TRIES = 5;

async function closedInPart(t: TestContext, closing: Closing): Promise<void> {
  const { protocol, unfinished, done } = closing;
  const emulator = await startEmulator({ protocol, symbols: SYMBOLS, speed: SPEED });
  t.after(() => emulator.stop());
  const { control } = emulator;
  await using bot = new Bot(emulator, SPEED);
  await bot.up();
  const answer = await refusedInPart(emulator, bot, closing);
  assert.equal(answer.data.code, unfinished, answer.message);
  const left = control.books().positions;
  assert.ok(left.length > 0, 'something is open at the exchange');
  assert.equal((await bot.positions()).length, left.length, 'and is shown');
  assert.notEqual((await bot.client.call('engine.status')).state, done);
  control.clearFaults();
  await bot.until('all to be closed', ({ state }) => state === done);
  assert.deepEqual(control.books().positions, []);
  assert.deepEqual(await bot.differences(), []);
}

/** Closes everything while the exchange takes one order and no other. @returns what it answers */
async function refusedInPart(
  emulator: Emulator,
  bot: Bot,
  { protocol, done, close }: Closing,
): Promise<RpcError> {
  const { control } = emulator;
  const { code, match } = REFUSAL[protocol];
  for (let tries = 0; tries < TRIES; tries += 1) {
    await bot.start();
    // The pause of the try before holds.
    if (tries > 0) await bot.client.call('engine.resume');
    const open = await held(emulator, bot);
    // None is taken where a position has ended by itself meanwhile and one is left.
    control.requestFault(
      { kind: 'code', code, message: 'not now', acted: false },
      { match, times: null, after: Math.min(1, open - 1) },
    );
    const answer = await close(bot).then(
      (result) => result,
      (error: unknown) => error,
    );
    if (answer instanceof RpcError) return answer;
    assert.deepEqual(control.books().positions, [], `it was said to be done: ${JSON.stringify(answer)}`);
    control.clearFaults();
    if (done === 'STOPPED') await bot.client.call('engine.reset', { reason: 'the drill begins again' });
    await bot.until('it to have ended', ({ state }) => state === 'IDLE');
  }
  throw new Error(`in ${TRIES} tries all positions had ended by themselves`);
}

/** Positions, and no entry. @returns how many the exchange has */
async function held({ control }: Emulator, bot: Bot): Promise<number> {
  for (;;) {
    await bot.until('two positions', ({ openPositions }) => openPositions >= 2);
    await bot.client.call('engine.pause', { reason: 'drill' });
    await bot.until('no entry to be out', ({ pendingEntries }) => pendingEntries === 0);
    const open = control.books().positions.length;
    if (open > 0) return open;
    // On a busy machine both have ended meanwhile.
    await bot.client.call('engine.resume');
  }
}

describe('closing everything is not reported as done while the exchange refuses a part of it, and is finished once it does not', {
  concurrency: true,
}, () => {
  for (const closing of CLOSINGS)
    test(`${closing.unfinished} on ${VENUES[closing.protocol]}`, (t) => closedInPart(t, closing));
});
