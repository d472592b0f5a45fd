import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { sessionsCheckpoints, sessionsList, sessionsShow } from '../../src/cli/commands/sessions.ts';
import { outcomeText, signals } from '../../src/cli/commands/signals.ts';
import type { Context } from '../../src/cli/context.ts';
import { CliError } from '../../src/cli/exit.ts';
import { Output } from '../../src/cli/output.ts';
import type { Paths } from '../../src/config/paths.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { daemonHere } from '../daemon/support.ts';

/** What a command prints on a terminal that is `columns` wide, or under `--json`. */
async function shown(
  paths: Paths,
  run: (context: Context) => Promise<void>,
  { columns = 80, json = false } = {},
): Promise<string> {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns });
  const env = { NO_COLOR: '1' };
  const said = text(stdout);
  await run({ output: new Output(stdout, new PassThrough(), env, json), paths, env });
  stdout.end();
  return said;
}

/** A daemon that has been trading until a trade was over. */
async function traded(t: TestContext): Promise<Paths> {
  const { client, paths } = await daemonHere(t);
  let over: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    over = resolve;
  });
  await client.subscribe({ topics: ['trade'] }, { onEvent: () => over() });
  await client.call('engine.start', { preset: 'breakout_v1', speed: 1_000_000, seed: 7 });
  await closed;
  await client.call('engine.stop', { flatten: true });
  return paths;
}

test('sessions, their checkpoints and signals fit the terminal, and a session is found by number, id or not at all', async (t) => {
  const paths = await traded(t);
  const list = await shown(paths, (context) => sessionsList(context, {}));
  assert.match(
    list,
    /^#\s+session\s+preset\s+venue\s+by\s+trades\s+R\s+state\n1\s+\d{8}T\d{6}-[a-z]{4}\s+breakout_v1/,
  );
  const id = /\d{8}T\d{6}-[a-z]{4}/.exec(list)?.[0] ?? '';
  for (const named of ['1', id, undefined]) {
    const one = await shown(paths, (context) => sessionsShow(context, named, {}));
    assert.match(one, new RegExp(`^session +${id}, number 1$`, 'm'));
    assert.match(one, /^preset +breakout_v1, sha256 [0-9a-f]{16}/m);
    assert.match(one, /^stopped by +tester$/m);
    const marks = await shown(paths, (context) => sessionsCheckpoints(context, named, {}));
    assert.match(marks, /^ *1 +\S+Z +session started +10000\.00 +0 +breakout_v1 on sim/m);
    assert.match(marks, /session ended/);
  }
  const found = await shown(paths, (context) => signals(context, {}));
  assert.match(found, /trade 1: [+-]\d+\.\d\d R by /);
  for (const columns of [80, 100]) {
    for (const run of [
      (context: Context) => sessionsList(context, {}),
      (context: Context) => sessionsCheckpoints(context, undefined, {}),
      (context: Context) => signals(context, {}),
    ]) {
      for (const line of (await shown(paths, run, { columns })).split('\n')) {
        assert.ok(line.length <= columns, `${line.length} columns: ${line}`);
      }
    }
  }
});

test('a session can be asked for its preset alone, fit for a file, and for everything as one JSON document', async (t) => {
  const { client, paths } = await daemonHere(t);
  await client.call('engine.start', { preset: 'breakout_v1', speed: 1 });
  const { preset } = await client.call('presets.get', { name: 'breakout_v1' });
  const written = await shown(paths, (context) => sessionsShow(context, undefined, { preset: true }));
  assert.deepEqual(JSON.parse(written), preset);
  const whole = await shown(paths, (context) => sessionsShow(context, undefined, {}), { json: true });
  assert.deepEqual(JSON.parse(whole).session.preset.values, preset);
  const running = await shown(paths, (context) => sessionsShow(context, undefined, {}));
  assert.match(running, /^state +running$/m);
  const none = await shown(paths, (context) => signals(context, { symbol: 'BTCUSDT' }));
  assert.equal(none, 'no signal of BTCUSDT\n');
});

test('a session that is not there is refused by its number and by its id', async (t) => {
  const { paths } = await daemonHere(t);
  assert.equal(
    await shown(paths, (context) => sessionsList(context, {})),
    'no session has been started yet\n',
  );
  await assert.rejects(
    shown(paths, (context) => sessionsShow(context, '7', {})),
    (error) => error instanceof CliError && error.code === 'SESSION_UNKNOWN' && error.exitCode === 1,
  );
  await assert.rejects(
    shown(paths, (context) => sessionsCheckpoints(context, 'nope', {})),
    (error) => error instanceof RpcError && error.code === 'SESSION_UNKNOWN',
  );
});

test('what became of a signal reads as a sentence', () => {
  const refused = {
    result: 'refused',
    code: 'free_slot',
    value: 0,
    threshold: 1,
    text: 'no slot is free',
  } as const;
  assert.equal(outcomeText(refused), 'refused: no slot is free');
  assert.equal(outcomeText({ result: 'sent', tradeId: 3 }), 'trade 3: entry sent');
  assert.equal(
    outcomeText({ result: 'unfilled', tradeId: 3, reason: 'unfilled at the close' }),
    'trade 3: not filled, unfilled at the close',
  );
  assert.equal(
    outcomeText({ result: 'closed', tradeId: 3, r: -1.1, pnl: '-5', exitReason: 'failed_breakout' }),
    'trade 3: -1.10 R by failed breakout',
  );
});
