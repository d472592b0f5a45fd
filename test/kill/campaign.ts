/** Kills, restarts and what is checked after each. A seed makes the same choices; when the system takes turns is its own affair. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ControlClient } from '../../src/protocol/client.ts';
import type { ResultOf } from '../../src/protocol/methods.ts';
import { Random } from '../chaos/random.ts';
import { type Audited, audit } from './audit.ts';
import { type Commanded, commandsOf } from './commanded.ts';
import { Bot, Life } from './life.ts';
import type { Cell, Scenario } from './places.ts';
import { CLOSE, RESTING } from './presets.ts';
import { type WrittenUp, writtenProblems } from './written-up.ts';

type Status = ResultOf<'engine.status'>;

/** What came of one kill. */
export interface Killed {
  readonly place: string;
  /** It was reached; null for a kill from outside. */
  readonly hits: number | null;
  readonly killed: boolean;
  readonly recovered: boolean;
  /** What the reconciliation had to correct. */
  readonly findings: number;
  readonly problems: readonly string[];
  readonly audited: Audited | null;
}

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'FETUSDT', 'GALAUSDT', 'ICPUSDT', 'SEIUSDT', 'SOLUSDT', 'WIFUSDT'];

/** Candles come as fast as the disk lets orders be committed. */
const SPEED = 100_000;

/** For what hangs: nothing that is awaited here takes a tenth of it. */
const PATIENCE_MS = 60_000;

/** Where a daemon is killed for the first time that is to be killed once more while it recovers. */
const FIRST_KILL = 'venue.acted:submit,stop';

/** Bots tried until one of them comes to a place: a position that was to be closed there may have been stopped out before. */
const TRIES = 4;

/** One daemon, killed at a named place. */
export async function killAt(file: string, cell: Cell, seed: number): Promise<Killed> {
  for (let nth = 1; ; nth++) {
    const killed = await tryAt(file, cell, seed + (nth - 1) * 1_000_003);
    if (killed.hits !== null) return killed;
    const missed = `the place was not reached by ${nth} bots`;
    if (nth === TRIES || killed.problems.length > 0)
      return { ...killed, problems: [missed, ...killed.problems] };
  }
}

async function tryAt(file: string, cell: Cell, seed: number): Promise<Killed> {
  const random = new Random(seed);
  using bot = new Bot();
  const nth = 1 + random.below(cell.upTo);
  const trace = new Trace(bot);
  let killed: Life;
  if (cell.scenario === 'again') {
    await live(file, bot, { at: FIRST_KILL, nth: 1 + random.below(6) }, 'trade', random, trace);
    killed = new Life(file, bot, { at: cell.place, nth });
    await patiently(killed, killed.exit);
  } else {
    killed = await live(file, bot, { at: cell.place, nth }, cell.scenario, random, trace);
  }
  const hits = killed.hit;
  const result = { place: cell.place, hits, killed: (await killed.exit) === 'SIGKILL' };
  try {
    const checked = await recoverAndCheck(file, bot, random, trace);
    return { ...result, ...checked };
  } catch (error) {
    return { ...result, ...failed(error) };
  }
}

/** Many kills of one bot, from outside, at moments that nobody chose. */
export async function killAtRandom(file: string, kills: number, seed: number): Promise<Killed[]> {
  const random = new Random(seed);
  using bot = new Bot();
  const trace = new Trace(bot);
  const results: Killed[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    const place = `random ${kill}`;
    const life = new Life(file, bot);
    let killed = false;
    // Now and then before it has recovered.
    if (random.chance(0.15)) {
      await delay(random.below(900));
    } else if ((await patiently(life, life.says('recovered'))) !== null) {
      const over = delay(60 + random.below(900)).then(() => {
        life.kill('SIGKILL');
      });
      await Promise.all([over, wander(life, random, trace)]);
    }
    life.kill('SIGKILL');
    killed = (await life.exit) === 'SIGKILL';
    try {
      const last = kill === kills;
      const checked = await recoverAndCheck(file, bot, random, trace, last ? 'end' : 'kill');
      results.push({ place, hits: null, killed, ...checked });
    } catch (error) {
      results.push({ place, hits: null, killed, ...failed(error) });
      break;
    }
  }
  return results;
}

function failed(error: unknown) {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { recovered: false, findings: 0, audited: null, problems: [told] };
}

/** What was asked of the daemon over all of its lives, and what it said that it had done. */
class Trace {
  readonly bot: Bot;
  readonly done: string[] = [];
  constructor(bot: Bot) {
    this.bot = bot;
  }
}

async function live(
  file: string,
  bot: Bot,
  armed: { readonly at: string; readonly nth: number },
  scenario: Scenario,
  random: Random,
  trace: Trace,
): Promise<Life> {
  const life = new Life(file, bot, armed);
  if ((await patiently(life, life.says('recovered'))) === null) return life;
  const client = await life.connect();
  try {
    await play(life, client, scenario, random, trace);
  } catch (error) {
    // The connection is lost with the life: that is what was wanted. Anything else is not.
    if (!isLost(error)) throw error;
  } finally {
    client.destroy();
  }
  // It may have gone through all that leads to the place and not been killed: then it is now.
  await Promise.race([life.exit, delay(LINGER_MS, null, { ref: false })]);
  life.kill('SIGKILL');
  await life.exit;
  return life;
}

/** Long enough for a daemon to come to a place that it only has to trade for. */
const LINGER_MS = 60_000;

async function play(
  life: Life,
  client: ControlClient,
  scenario: Scenario,
  random: Random,
  trace: Trace,
): Promise<void> {
  await start(
    client,
    random,
    scenario === 'rest' ? RESTING : scenario === 'calm' ? 'breakout_v1' : CLOSE,
    scenario,
  );
  if (scenario === 'start' || scenario === 'trade' || scenario === 'rest' || scenario === 'calm') return;
  await busy(life, client, 1 + random.below(3));
  if (scenario === 'pause')
    await command(trace, 'pause', client.call('engine.pause', { reason: 'kill test' }));
  if (scenario === 'stop') await command(trace, 'stop', client.call('engine.stop'));
  if (scenario === 'flatten') await command(trace, 'stop', client.call('engine.stop', { flatten: true }));
  if (scenario === 'panic')
    await command(trace, 'emergencyStop', client.call('engine.emergencyStop', { reason: 'kill test' }));
  if (scenario === 'end') life.kill('SIGTERM');
}

async function start(
  client: ControlClient,
  random: Random,
  preset: string,
  scenario: Scenario,
): Promise<void> {
  await client.call('engine.start', {
    preset,
    venue: 'sim',
    symbols: SYMBOLS,
    seed: 1 + random.below(50),
    speed: scenario === 'calm' ? 0 : SPEED,
  });
}

async function command(trace: Trace, name: string, asked: Promise<unknown>): Promise<void> {
  await asked;
  trace.done.push(name);
}

/** Until so many positions are open, so that a command has something to do. */
async function busy(life: Life, client: ControlClient, positions: number): Promise<void> {
  while (!life.ended && (await client.call('engine.status')).openPositions < positions) await delay(5);
}

/** What a person does meanwhile: mostly nothing. */
async function wander(life: Life, random: Random, trace: Trace): Promise<void> {
  const client = await life.connect().catch(() => null);
  if (client === null) return;
  try {
    const { state, haltedBy, pausedBy } = await client.call('engine.status');
    if (haltedBy !== null) await client.call('engine.reset', { reason: 'kill test' });
    if (state === 'IDLE' || state === 'STOPPED')
      await start(client, random, random.pick([CLOSE, RESTING]), 'trade');
    if (pausedBy !== null && random.chance(0.6)) await client.call('engine.resume');
    await delay(random.below(500));
    const whim = random.next();
    if (whim < 0.2) await command(trace, 'pause', client.call('engine.pause', { reason: 'kill test' }));
    else if (whim < 0.28)
      await command(trace, 'stop', client.call('engine.stop', { flatten: random.chance(0.5) }));
    else if (whim < 0.36) await client.call('engine.emergencyStop', { reason: 'kill test' });
  } catch (error) {
    if (!isLost(error) && !isRefusal(error)) throw error;
  } finally {
    client.destroy();
  }
}

interface Checked {
  readonly recovered: boolean;
  readonly findings: number;
  readonly problems: readonly string[];
  readonly audited: Audited | null;
}

/** Restarts, looks at the books before anything goes on, goes on a little, ends, and looks again. */
async function recoverAndCheck(
  file: string,
  bot: Bot,
  random: Random,
  trace: Trace,
  then: 'end' | 'kill' = 'end',
): Promise<Checked> {
  const problems: string[] = [];
  const life = new Life(file, bot, { hold: true });
  try {
    const word = await patiently(life, life.says('held', 'recovered'));
    if (word === null)
      return { recovered: false, findings: 0, audited: null, problems: [`no restart: ${life.stderr}`] };
    let audited: Audited | null = null;
    // Held, it stands still; else there is no session that could move.
    const commanded = commandsOf(bot.paths);
    if (word === 'held') {
      audited = await audit(bot.paths, bot.ledger);
      problems.push(...audited.problems.map((problem) => `at the restart: ${problem}`));
      life.letGo();
      if ((await patiently(life, life.says('recovered'))) === null)
        return { recovered: false, findings: 0, audited, problems: [...problems, life.stderr] };
    }
    const client = await life.connect();
    try {
      problems.push(...(await goOn(life, client, random, commanded, trace)));
    } finally {
      client.destroy();
    }
    const findings = commanded?.findings ?? 0;
    if (then === 'kill') return { recovered: true, findings, problems, audited };
    const written = await writtenUp(life);
    life.kill('SIGTERM');
    const code = await patiently(life, life.exit);
    problems.push(...writtenProblems(bot.paths, written));
    if (code !== 0 || life.stderr !== '') problems.push(`the end: ${code} ${life.stderr}`);
    const last = await audit(bot.paths, bot.ledger);
    problems.push(...last.problems.map((problem) => `at the end: ${problem}`));
    return { recovered: true, findings, problems, audited: last };
  } finally {
    life.kill('SIGKILL');
    await life.exit;
  }
}

/** What was told before the kill holds after it. */
async function goOn(
  life: Life,
  client: ControlClient,
  random: Random,
  commanded: Commanded | null,
  trace: Trace,
): Promise<string[]> {
  const problems: string[] = [];
  const status = await client.call('engine.status');
  if (commanded?.panicking === true) return panicTakenUp(life, client);
  for (const name of trace.done.splice(0))
    if (!(commanded?.names.includes(name) ?? false))
      problems.push(`${name} was done, and is not in the journal`);
  if (commanded !== null && commanded.paused !== null) {
    const { pausedBy } = status;
    if (pausedBy === null) problems.push('the pause is gone');
    else if (pausedBy.by !== commanded.paused.by || pausedBy.reason !== commanded.paused.reason)
      problems.push(`the pause is ${JSON.stringify(pausedBy)}, it was ${JSON.stringify(commanded.paused)}`);
    if (!PAUSED.has(status.state)) problems.push(`paused, and ${status.state}`);
    const entries = (await client.call('orders.list')).orders.filter(({ purpose }) => purpose === 'entry');
    if (entries.length > 0) problems.push(`paused, and ${entries.length} entries are out`);
    await client.call('engine.resume');
  }
  if (commanded?.stopping === true) {
    await until(life, client, ({ state }) => state === 'IDLE');
    return problems;
  }
  if (status.state === 'IDLE') await start(client, random, CLOSE, 'trade');
  const before = await client.call('engine.status');
  if (before.state === 'ERROR') problems.push('it is in ERROR after the restart');
  await until(life, client, ({ progress }) => (progress?.done ?? 0) >= (before.progress?.done ?? 0) + 6);
  return problems;
}

/** What clients are told of the newest session, and how often it is listed. */
async function writtenUp(life: Life): Promise<WrittenUp> {
  const client = await life.connect();
  try {
    const { sessions } = await client.call('sessions.list');
    const { session, checkpoints } = await client.call('sessions.checkpoints', { limit: 2_000 });
    return { sessions: sessions.map(({ id }) => id), session, checkpoints };
  } finally {
    client.destroy();
  }
}

const PAUSED: ReadonlySet<string> = new Set(['PAUSED']);

async function panicTakenUp(life: Life, client: ControlClient): Promise<string[]> {
  const problems: string[] = [];
  const { haltedBy } = await until(life, client, ({ state }) => state === 'STOPPED');
  if (haltedBy?.rule !== 'panic' || haltedBy.reason !== 'kill test')
    problems.push(`after a panic it is halted by ${JSON.stringify(haltedBy)}`);
  const { positions } = await client.call('positions.list');
  if (positions.length > 0) problems.push('after a panic positions are open');
  await assert.rejects(
    client.call('engine.start', { preset: CLOSE, symbols: SYMBOLS }),
    /EMERGENCY_LATCHED|emergency|reset/i,
  );
  return problems;
}

async function until(
  life: Life,
  client: ControlClient,
  reached: (status: Status) => boolean,
): Promise<Status> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const status = await client.call('engine.status');
    if (reached(status)) return status;
    if (performance.now() > deadline)
      throw new Error(`it stays in ${JSON.stringify(status)}: ${life.stderr}`);
    await delay(10);
  }
}

async function patiently<T>(life: Life, awaited: Promise<T>): Promise<T> {
  const patience = new AbortController();
  const late = delay(PATIENCE_MS, null, { signal: patience.signal }).then(
    () => {
      life.kill('SIGKILL');
      throw new Error(`nothing for ${PATIENCE_MS / 1000} s: ${life.stderr}`);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([awaited, late]);
  } finally {
    patience.abort();
  }
}

function isLost(error: unknown): boolean {
  return error instanceof Error && ['AnswerLost', 'NotReachable'].includes(error.name);
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'RpcError';
}
