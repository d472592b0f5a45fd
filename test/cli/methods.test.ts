import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { METHODS, type MethodName } from '../../src/protocol/methods.ts';
import { commandTree, examplesOf } from './tree.ts';

/** The command that a person would guess, for every method. That each is really called is shown where all examples are run. */
const COMMAND_OF: Readonly<Record<MethodName, string>> = {
  'engine.status': 'status',
  'engine.start': 'start',
  'engine.stop': 'stop',
  'engine.pause': 'pause',
  'engine.resume': 'resume',
  'engine.emergencyStop': 'emergency-stop',
  'engine.reset': 'reset',
  'engine.retry': 'retry',
  'engine.reload': 'reload',
  'engine.commands': 'commands',
  'engine.metrics': 'metrics',
  'engine.transitions': 'transitions',
  'engine.explain': 'explain',
  'engine.diagnostics': 'diagnostics',
  'engine.resourceHealth': 'health',
  'metrics.prometheus': 'metrics',
  'positions.list': 'positions',
  'positions.close': 'close',
  'orders.list': 'orders',
  'orders.cancel': 'cancel',
  'reconcile.list': 'reconcile',
  'reconcile.adopt': 'reconcile',
  'reconcile.ignore': 'reconcile',
  'trades.list': 'trades',
  'signals.list': 'signals',
  'levels.list': 'levels',
  'candles.list': 'candles',
  'scanner.candidates': 'candidates',
  'account.get': 'account',
  'equity.series': 'equity',
  'sessions.list': 'sessions list',
  'sessions.get': 'sessions show',
  'sessions.checkpoints': 'sessions checkpoints',
  'presets.list': 'presets list',
  'presets.get': 'presets show',
  'presets.validate': 'presets validate',
  'events.subscribe': 'events',
  'events.unsubscribe': 'events',
  'logs.tail': 'logs',
  'logs.levels': 'logs',
  'logs.setLevel': 'logs',
  'daemon.hello': 'daemon status',
  'daemon.info': 'daemon status',
  'daemon.stop': 'daemon stop',
  'rpc.discover': 'rpc',
};

/** Commands that ask no daemon for what they are about, and the view of everything. */
const WITHOUT_DAEMON: ReadonlySet<string> = new Set([
  'completion',
  'man',
  'tui',
  'backtest',
  'replay',
  'export',
  'db path',
  'config show',
  'config validate',
  'config path',
  'config schema',
  'data download',
  'data list',
  'data import',
  'data export',
  'keys list',
  'keys check',
  'doctor',
  'daemon run',
  'daemon start',
  'service install',
  'service uninstall',
  'service print',
]);

describe('the command line over the method table', () => {
  const tree = commandTree();
  const leaves = tree.filter(({ isGroup }) => !isGroup).map(({ path }) => path);

  for (const [method, command] of Object.entries(COMMAND_OF))
    test(`${method} is at hand as \`breakout ${command}\``, () => assert.ok(leaves.includes(command)));

  test('no method is without a command, and no command is for a method that is gone', () =>
    assert.deepEqual(Object.keys(COMMAND_OF).sort(), Object.keys(METHODS).sort()));

  test('every command is for a method, or is known to need no daemon', () => {
    const known = new Set([...Object.values(COMMAND_OF), ...WITHOUT_DAEMON]);
    assert.deepEqual(
      leaves.filter((path) => !known.has(path)),
      [],
    );
  });

  for (const { path, command } of tree)
    test(`\`breakout ${path} --help\` has an example of it`, () => {
      const examples = examplesOf(command);
      assert.ok(examples.length > 0);
      const [, group = path] = /^(\w+) (?:list)$/.exec(path) ?? [];
      assert.ok(
        path === '' ||
          examples.some((line) => ` ${line} `.includes(` ${path} `) || ` ${line} `.includes(` ${group} `)),
        `none of ${examples.join('; ')} is of ${path}`,
      );
    });
});
