import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startEmulator } from '../../scripts/exchange-emulator/emulator.ts';
import { packageInfo } from '../../src/config/package.ts';
import { HOUR, MINUTE } from '../../src/market/time.ts';
import { type ControlClient, connect } from '../../src/protocol/client.ts';
import { METHODS } from '../../src/protocol/methods.ts';
import { recordSessions } from '../cli/recorded.ts';
import { candleFolder } from '../e2e/candle-folder.ts';
import {
  allExamples,
  DOWNLOADS,
  ELSEWHERE,
  FOREGROUND,
  FURTHER,
  PROCESS,
  READING,
  RECORDED,
  SESSION,
  START,
  type Step,
  WITHOUT_DAEMON,
} from './examples.ts';
import { Installed, type Outcome, Person } from './person.ts';
import { assertLooksAs } from './shape.ts';

/** As many as the machine that tests has cores. */
const AT_ONCE = 2;
const MOST_TRIES = 10;

const EXAMPLES = allExamples();
/** A raw connection; found by what it begins with, as it is long. */
const RAW = [...EXAMPLES.keys()].filter((line) => line.startsWith(`node -e 'require("net")`));

/** Methods that no example calls: what the command does instead. */
const NOT_CALLED = new Set([
  'presets.validate', // checks the file where the person is, by the same code
  'events.unsubscribe', // Ctrl-C closes the connection, and its subscriptions with it
]);

test('no example of the page or of --help is left out, and none is run that is no longer there', () => {
  const run = [
    ...WITHOUT_DAEMON.flat(),
    ...DOWNLOADS,
    ...RECORDED,
    ...READING,
    ...SESSION,
    ...FURTHER,
    ...PROCESS,
    ...FOREGROUND,
  ];
  const known = new Set([...run.map(({ line }) => line), ...Object.keys(ELSEWHERE), ...RAW]);
  const left = [...EXAMPLES.keys()].filter((line) => !known.has(line));
  assert.deepEqual(left, []);
  assert.deepEqual(
    [...known].filter((line) => !EXAMPLES.has(line)),
    [],
  );
  assert.equal(RAW.length, 1);
});

describe('every example does what the page says', () => {
  let installed: Installed;
  let person: Person;
  let port: number;
  /** What stands in an example for something that only a running session knows, or takes too long. */
  const instead = new Map<string, string>();
  const seen = new Set<string>();

  before(async () => {
    installed = await Installed.build();
    person = new Person(installed, 'home');
    port = await freePort();
    instead.set('127.0.0.1:9464', `127.0.0.1:${port}`);
    instead.set('--for 60s', '--for 1s');
    // Twice as fast as the page has it: there is enough to run until the first trade is finished.
    instead.set(START, `${START} --speed 7200`);
    candleFolder(join(person.folder, 'candles'), {
      seed: 3,
      bars: 500,
      symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
    });
    mkdirSync(join(person.folder, 'units'));
    writeFileSync(join(person.folder, 'config.json'), '{ "log": { "level": "info" } }');
    const mine = readFileSync(join(packageInfo().root, 'presets', 'breakout_v1.json'), 'utf8');
    writeFileSync(join(person.folder, 'mine.json'), mine.replace('"breakout_v1"', '"mine"'));
    const presets = join(person.folder, 'config', 'breakout', 'presets');
    mkdirSync(presets, { recursive: true });
    copyFileSync(join(person.folder, 'mine.json'), join(presets, 'mine.json'));
  });
  after(async () => {
    await person[Symbol.asyncDispose]();
    installed[Symbol.dispose]();
  });

  async function run({ line, code = 0, until, says }: Step, who = person): Promise<Outcome> {
    let typed = line;
    for (const [what, other] of instead) typed = typed.replace(what, other);
    const outcome = await who.types(typed, until);
    const { stdout, stderr } = outcome;
    const told = `$ ${typed}\nexit code ${outcome.code}\n${stdout}${stderr}`;
    assert.ok([code].flat().includes(outcome.code ?? Number.NaN), told);
    if (says) assert.match(`${stdout}${stderr}`, says, told);
    if (line.includes('--json') && until === undefined) JSON.parse(stdout);
    // What is shown is what comes the first time.
    if (!seen.has(line)) assertLooksAs(stdout, EXAMPLES.get(line) ?? [], told);
    seen.add(line);
    return outcome;
  }

  async function inTurn(list: readonly Step[]): Promise<void> {
    for (const each of list) await (each.market ? inTheMarket(each) : run(each));
  }

  /** An hour of the market passes in half a second: a position may be gone when the command comes to it. */
  async function inTheMarket(each: Step): Promise<void> {
    await using client = await connect({ socketPath: person.socketPath });
    for (let tries = 1; ; tries += 1) {
      instead.set('close 12', `close ${await heldPosition(client)}`);
      try {
        await run(each);
        return;
      } catch (error) {
        if (tries === MOST_TRIES) throw error;
      }
    }
  }

  async function atOnce(list: readonly Step[]): Promise<void> {
    const waiting = [...list];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await run(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  test('without a daemon', async () => {
    await Promise.all(WITHOUT_DAEMON.map(inTurn));
  });

  test('with an exchange, and no daemon', async (t) => {
    await using other = new Person(installed, 'downloads');
    const emulator = await startEmulator({ symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'] });
    t.after(() => emulator.stop());
    emulator.control.advance(2 * HOUR + MINUTE);
    emulator.control.withholdCandle('ETHUSDT', Date.UTC(2025, 0, 1, 0, 30));
    const { restUrl: rest, streamUrl: stream } = emulator;
    const config = { exchanges: { bybit: { urls: { rest, ws_public: stream, ws_private: stream } } } };
    mkdirSync(join(other.folder, 'config', 'breakout'), { recursive: true });
    writeFileSync(join(other.folder, 'config', 'breakout', 'config.json'), JSON.stringify(config));
    candleFolder(join(other.folder, 'candles'), { seed: 3, bars: 500, symbols: ['BTCUSDT', 'ETHUSDT'] });
    for (const each of DOWNLOADS) await run(each, other);
  });

  test('with the journal of two sessions, and no daemon', async () => {
    await using other = new Person(installed, 'recorded');
    recordSessions(join(other.folder, 'state', 'breakout'));
    for (const each of RECORDED) await run(each, other);
    const heads = (file: string) => readFileSync(join(other.folder, file), 'utf8').split(/\r?\n/)[0];
    assert.match(heads('fills.csv') ?? '', /^session,time,symbol,/);
    assert.match(heads('tax.csv') ?? '', /^time,venue,mode,symbol,/);
  });

  test('in the first session: start, look, pause, resume, close, stop', async () => {
    await run({ line: START });
    await atOnce([...READING, ...RAW.map((line) => ({ line }))]);
    await inTurn(SESSION);
  });

  test('in further sessions: panic, reset, recorded candles, an orderly stop', () => inTurn(FURTHER));

  test('and in all of that every method of the table was called by a command', async () => {
    const { stdout } = await run({ line: 'breakout metrics --prometheus' });
    const called = new Set(
      [...stdout.matchAll(/^breakout_requests_total\{method="([^"]+)"/gm)].map(([, m]) => m),
    );
    called.add('daemon.stop'); // the next test
    assert.deepEqual(
      Object.keys(METHODS).filter((method) => !called.has(method) && !NOT_CALLED.has(method)),
      [],
    );
  });

  test('with the daemon as a process', () => inTurn(PROCESS));

  test('with a daemon in the foreground', async () => {
    for (const [n, each] of FOREGROUND.entries()) {
      await using other = new Person(installed, `other-${n}`);
      instead.set('127.0.0.1:9464', `127.0.0.1:${await freePort()}`);
      await run(each, other);
    }
  });
});

/** Waits until a position is open and a trade is finished. @returns the newest position's id. */
async function heldPosition(client: ControlClient): Promise<number> {
  let look = (): void => undefined;
  const subscription = await client.subscribe({ topics: ['position', 'trade'] }, { onEvent: () => look() });
  for (;;) {
    const next = new Promise<void>((resolve) => {
      look = resolve;
    });
    const { trades, openPositions } = await client.call('trades.list');
    const newest = openPositions.at(-1);
    if (trades.length > 0 && newest !== undefined) {
      await subscription.unsubscribe();
      return newest.tradeId;
    }
    await next;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return isAddress(address) ? address.port : 0;
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
