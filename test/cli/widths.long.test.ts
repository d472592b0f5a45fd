import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { account } from '../../src/cli/commands/account.ts';
import { candidates } from '../../src/cli/commands/candidates.ts';
import { candles } from '../../src/cli/commands/candles.ts';
import { commands } from '../../src/cli/commands/commands.ts';
import { configShow } from '../../src/cli/commands/config.ts';
import { daemonStatus } from '../../src/cli/commands/daemon.ts';
import { doctor } from '../../src/cli/commands/doctor.ts';
import { equity } from '../../src/cli/commands/equity.ts';
import { diagnostics, explain } from '../../src/cli/commands/explain.ts';
import { health } from '../../src/cli/commands/health.ts';
import { levels } from '../../src/cli/commands/levels.ts';
import { logs } from '../../src/cli/commands/logs.ts';
import { metrics } from '../../src/cli/commands/metrics.ts';
import { orders } from '../../src/cli/commands/orders.ts';
import { positions } from '../../src/cli/commands/positions.ts';
import { presetsList, presetsShow } from '../../src/cli/commands/presets.ts';
import { reconcile } from '../../src/cli/commands/reconcile.ts';
import { rpc } from '../../src/cli/commands/rpc.ts';
import { sessionsCheckpoints, sessionsList, sessionsShow } from '../../src/cli/commands/sessions.ts';
import { signals } from '../../src/cli/commands/signals.ts';
import { status } from '../../src/cli/commands/status.ts';
import { trades } from '../../src/cli/commands/trades.ts';
import { transitions } from '../../src/cli/commands/transitions.ts';
import type { Context } from '../../src/cli/context.ts';
import { visible } from '../../src/cli/format.ts';
import { Output } from '../../src/cli/output.ts';
import type { Paths } from '../../src/config/paths.ts';
import type { ControlClient } from '../../src/protocol/client.ts';
import { daemonHere, privateFolder } from '../daemon/support.ts';

/** A terminal so many columns wide that keeps what is written to it. */
class Terminal extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  text = '';

  constructor(columns: number) {
    super();
    this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A longer one (a path, an address) is shown whole wherever it stands. */
const LONG_WORD = 14;

const LOGS = { lines: 20, linesGiven: false } as const;

const SHOWN: readonly (readonly [name: string, show: (context: Context) => unknown])[] = [
  ['status', status],
  ['metrics', (context) => metrics(context, {})],
  ['health', health],
  ['commands', commands],
  ['transitions', (context) => transitions(context, {})],
  ['reconcile', (context) => reconcile(context, {})],
  ['positions', positions],
  ['trades', trades],
  ['orders', (context) => orders(context, { all: true })],
  ['levels', (context) => levels(context, undefined)],
  ['candles', (context) => candles(context, 'BTCUSDT', {})],
  ['candidates', candidates],
  ['account', account],
  ['explain', (context) => explain(context, undefined)],
  ['explain BTCUSDT', (context) => explain(context, 'BTCUSDT')],
  ['diagnostics', diagnostics],
  ['signals', (context) => signals(context, {})],
  ['equity', (context) => equity(context, {})],
  ['sessions', (context) => sessionsList(context, {})],
  ['sessions show', (context) => sessionsShow(context, undefined, {})],
  ['sessions checkpoints', (context) => sessionsCheckpoints(context, undefined, {})],
  ['presets', presetsList],
  ['presets show', (context) => presetsShow(context, 'breakout_v1')],
  ['config show', configShow],
  ['daemon status', daemonStatus],
  ['logs --levels', (context) => logs(context, { ...LOGS, levels: true })],
  ['rpc', (context) => rpc(context, undefined, undefined)],
  ['doctor', (context) => doctor(() => context)],
];

/** Runs until there is something in every table. */
async function tradeAwhile(client: ControlClient): Promise<void> {
  await client.call('engine.start', { preset: 'breakout_v1', seed: 7, speed: 200_000 });
  let held = 0;
  let closed = 0;
  await new Promise<void>((resolve, reject) => {
    client
      .subscribe(
        { topics: ['position', 'trade'] },
        {
          onEvent({ event }) {
            if (event.type === 'position' && event.change === 'opened') held += 1;
            if (event.type === 'trade') closed += 1;
            if (closed >= 3 && held > closed) resolve();
          },
        },
      )
      .catch(reject);
  });
}

function contextFor(paths: Paths, columns: number, json = false): { context: Context; screen: Terminal } {
  const screen = new Terminal(columns);
  const env = { LANG: 'C.UTF-8' };
  return { screen, context: { output: new Output(screen, new Terminal(columns), env, json), paths, env } };
}

test('what a person looks at fits a terminal of 40, 80 and 120 columns: no line wraps by itself', async (t) => {
  const { client, paths } = await daemonHere(t);
  await tradeAwhile(client);
  for (const columns of [40, 80, 120])
    for (const [name, show] of SHOWN)
      await t.test(`${name} at ${columns}`, async () => {
        const { context, screen } = contextFor(paths, columns);
        await show(context);
        const lines = screen.text.trimEnd().split('\n');
        assert.ok(lines.length > 1 || visible(lines[0] ?? '') > 3, `${name} says nothing`);
        const over = lines.filter(
          (line) => visible(line) > columns && visible(line.split(' ').at(-1) ?? '') <= LONG_WORD,
        );
        assert.deepEqual(over, []);
      });
  for (const [name, show] of SHOWN)
    await t.test(`${name} --json is one document on one line, without colour`, async () => {
      const { context, screen } = contextFor(paths, 80, true);
      await show(context);
      assert.equal(screen.text.indexOf('\n'), screen.text.length - 1);
      assert.ok(!screen.text.includes('\u001b'));
      assert.equal(typeof JSON.parse(screen.text), 'object');
    });
});

test('under NO_COLOR and in a pipe there is no colour, on a terminal there is', async (t) => {
  const { paths } = privateFolder(t);
  const text = (env: Record<string, string>, isTerminal: boolean): string => {
    const screen = new Terminal(80);
    const plain = Object.assign(new Terminal(80), { isTTY: false });
    const out = isTerminal ? screen : plain;
    configShow({ output: new Output(out, out, env, false), paths, env });
    return out.text;
  };
  const CODE = '\u001b[';
  assert.ok(text({ TERM: 'xterm' }, true).includes(CODE));
  assert.ok(!text({ TERM: 'xterm', NO_COLOR: '1' }, true).includes(CODE));
  assert.ok(!text({ TERM: 'dumb' }, true).includes(CODE));
  assert.ok(!text({ TERM: 'xterm' }, false).includes(CODE));
});
