/**
 * Every refusal that the table names, by the method that names it, brought about over a socket. That no method answers
 * with one that it does not name is what every `Asker` of every test sees to.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { accountLocker } from '../../src/daemon/account-lock.ts';
import { METHODS, type MethodName, type Methods } from '../../src/protocol/methods.ts';
import type { OpenRequest } from '../../src/session/host-options.ts';
import { openVenue } from '../../src/session/venues.ts';
import { daemonHere, privateFolder } from '../daemon/support.ts';
import { PERP, SECOND_PERP } from '../engine/rig.ts';
import { keysOf, type LiveExchange, liveExchange } from '../live/exchange.ts';
import { type Answer, Asker, listOf } from './asker.ts';
import { type SceneName, Stage, type StageOptions, scene, startParams } from './scenes.ts';

/** Brings a refusal about; or says why nothing can today. */
type Recipe = ((t: TestContext) => Promise<Answer>) | { readonly never: string };

type Recipes = {
  readonly [M in MethodName]: Readonly<Record<Methods[M]['errors'][number], Recipe>>;
};

const never = (why: string): Recipe => ({ never: why });
const AT_ONCE = never('the engine answers it in the same turn; a venue that keeps it waiting is yet to come');

const within =
  (name: SceneName, method: MethodName, params: object = {}, options: StageOptions = {}): Recipe =>
  async (t) =>
    (await scene(t, name, options)).ann.ask(method, params);

/** The venue is silent for longer than the command may take. */
const unanswered = (name: SceneName, method: MethodName, params: object = {}): Recipe =>
  within(name, method, params, { commandBoundMs: 40 });

const start = (params: object, options: StageOptions = {}): Recipe =>
  within('never started', 'engine.start', { ...startParams('box'), ...params }, options);

/** Overtaken by a panic of somebody else's while the venue has not answered it. */
const overtaken =
  (name: SceneName, method: MethodName, params: object = {}): Recipe =>
  async (t) => {
    const stage = await scene(t, name);
    stage.venue.answers.exit = 'silent';
    const bob = await stage.client(t, 'bob');
    const asked = stage.ann.ask(method, params);
    await stage.ann.state();
    void bob.ask('engine.emergencyStop', { reason: 'fire' });
    return asked;
  };

/** Overtaken while it waits for its turn behind a start whose venue is slow to open. */
const overtakenInTheQueue =
  (method: MethodName, params: object = {}): Recipe =>
  async (t) => {
    let opened: () => void = () => undefined;
    const opening = new Promise<void>((resolve) => {
      opened = resolve;
    });
    const stage: Stage = await Stage.open(t, { open: () => opening.then(() => stage.venue.open) });
    const bob = await stage.client(t, 'bob');
    const starting = bob.ask('engine.start', startParams('box'));
    await bob.state();
    const asked = method === 'engine.start' ? starting : stage.ann.ask(method, params);
    await stage.ann.state();
    await (await stage.client(t, 'eve')).well('engine.emergencyStop', { reason: 'fire' });
    opened();
    assert.equal((await starting).outcome, 'SUPERSEDED');
    return asked;
  };

/** A live start on an emulated exchange, with the keys that `prepare` leaves it. */
const live =
  (prepare: (exchange: LiveExchange) => Promise<Readonly<Record<string, string>>>): Recipe =>
  async (t) => {
    const exchange = await liveExchange(t);
    const env = await prepare(exchange);
    const open = (request: OpenRequest) => exchange.open(request, env);
    const { ann } = await scene(t, 'never started', { open });
    const { preset } = startParams('box');
    return ann.ask('engine.start', { preset, venue: 'bybit', mode: 'live' });
  };

const REASON = { reason: 'looked into it' };
const HELD = 'position open';
const LATE = 'recording ended, position left';
const IN_PANIC = 'emergency, not flat yet';
const FOREIGN = { symbol: 'no such' };

const RECIPES: Recipes = {
  'engine.status': {},
  'engine.start': {
    ENGINE_ALREADY_RUNNING: within('waiting for a signal', 'engine.start', startParams('box')),
    EMERGENCY_LATCHED: within('emergency over', 'engine.start', startParams('box')),
    EMERGENCY_IN_PROGRESS: never('in EMERGENCY a start is refused as ENGINE_ALREADY_RUNNING'),
    ENGINE_HALTED: within('halted and flattened', 'engine.start', startParams('box')),
    STOP_IN_PROGRESS: within('stopped, position being closed', 'engine.start', startParams('box')),
    POSITIONS_OPEN: within('stopped, position left', 'engine.start', startParams('two')),
    FOREIGN_POSITION: within('idle over a foreign position', 'engine.start', startParams('box')),
    SUPERSEDED: overtakenInTheQueue('engine.start'),
    START_FAILED: start({}, { instruments: [] }),
    COMMAND_PENDING: AT_ONCE,
    PRESET_UNKNOWN: start({ preset: 'nope' }),
    PRESET_INVALID: start({ preset: 'broken' }),
    VENUE_UNKNOWN: start({ venue: 'mars' }, { open: openVenue }),
    DATA_INVALID: start({ venue: 'replay', data: '/nowhere' }, { open: openVenue }),
    MODE_REFUSED: start({ mode: 'live', venue: 'sim' }),
    CREDENTIALS_MISSING: live(async () => ({})),
    PREFLIGHT_REFUSED: live(async ({ emulator }) => {
      emulator.control.setHedged(true);
      return keysOf(emulator);
    }),
    CONFIRMATION_REQUIRED: live(async ({ emulator }) => keysOf(emulator)),
    EXCHANGE_UNREACHABLE: live(async ({ emulator }) => {
      await emulator.stop();
      return keysOf(emulator);
    }),
    ACCOUNT_IN_USE: async (t) => {
      const lockAccount = accountLocker(join(privateFolder(t).folder, 'accounts'));
      await scene(t, 'waiting for a signal', { lockAccount });
      const other = await Stage.open(t, { lockAccount });
      return other.ann.ask('engine.start', startParams('box'));
    },
  },
  'engine.stop': {
    ENGINE_NOT_RUNNING: within('session ended flat', 'engine.stop'),
    STOP_IN_PROGRESS: within('stop under way', 'engine.stop'),
    STOP_INCOMPLETE: unanswered('entry order out', 'engine.stop'),
    EMERGENCY_IN_PROGRESS: within(IN_PANIC, 'engine.stop'),
    SUPERSEDED: overtaken('entry order out', 'engine.stop'),
  },
  'engine.pause': {
    ENGINE_NOT_RUNNING: within('never started', 'engine.pause'),
    STOP_IN_PROGRESS: never('a pause during a stop is taken: it holds from the next start on'),
    EMERGENCY_IN_PROGRESS: within(IN_PANIC, 'engine.pause'),
    SUPERSEDED: overtaken('entry order out', 'engine.pause'),
    COMMAND_PENDING: unanswered('entry order out', 'engine.pause'),
  },
  'engine.resume': {
    ENGINE_NOT_RUNNING: within('emergency over', 'engine.resume'),
    ENGINE_NOT_PAUSED: within(HELD, 'engine.resume'),
    ENGINE_HALTED: within('halted', 'engine.resume'),
    FOREIGN_POSITION: within('paused over a foreign position', 'engine.resume'),
    STOP_IN_PROGRESS: async (t) => {
      const stage = await scene(t, 'paused with a position');
      stage.venue.answers.exit = 'silent';
      void stage.ann.ask('engine.stop', { flatten: true });
      return stage.ann.ask('engine.resume');
    },
    EMERGENCY_IN_PROGRESS: within('emergency over a pause', 'engine.resume'),
    SUPERSEDED: overtakenInTheQueue('engine.resume'),
    COMMAND_PENDING: AT_ONCE,
  },
  'engine.emergencyStop': {
    ENGINE_NOT_RUNNING: within(LATE, 'engine.emergencyStop', REASON),
    EMERGENCY_IN_PROGRESS: unanswered(IN_PANIC, 'engine.emergencyStop', REASON),
  },
  'engine.reset': {
    NOTHING_TO_RESET: within('paused', 'engine.reset', REASON),
    EMERGENCY_IN_PROGRESS: within(IN_PANIC, 'engine.reset', REASON),
    SUPERSEDED: overtakenInTheQueue('engine.reset', REASON),
    COMMAND_PENDING: AT_ONCE,
  },
  'engine.retry': {
    ENGINE_NOT_RUNNING: within('venue broken', 'engine.retry'),
    ENGINE_NOT_IN_ERROR: within('paused', 'engine.retry'),
    START_FAILED: never('only on a full disk: the daemon is tried on one among the damaged files'),
    EMERGENCY_IN_PROGRESS: never('in EMERGENCY a retry is refused as ENGINE_NOT_IN_ERROR'),
    SUPERSEDED: overtakenInTheQueue('engine.retry'),
    COMMAND_PENDING: AT_ONCE,
  },
  'engine.reload': {
    RELOAD_INVALID: async (t) => {
      const { paths } = await daemonHere(t);
      mkdirSync(paths.configDir, { recursive: true });
      writeFileSync(join(paths.configDir, 'config.json'), '{"log":{"level":"loud"}}');
      return (await Asker.open(t, paths.socketPath)).ask('engine.reload');
    },
  },
  'engine.commands': {},
  'engine.metrics': {},
  'engine.transitions': {},
  'positions.list': {},
  'positions.close': {
    ENGINE_NOT_RUNNING: within(LATE, 'positions.close', { tradeId: 1 }),
    POSITION_UNKNOWN: within(HELD, 'positions.close', { tradeId: 99 }),
    SYMBOL_UNKNOWN: within(HELD, 'positions.close', FOREIGN),
    EMERGENCY_IN_PROGRESS: within(IN_PANIC, 'positions.close', { symbol: PERP.symbol }),
    SUPERSEDED: overtaken(HELD, 'positions.close', { symbol: PERP.symbol }),
    COMMAND_PENDING: unanswered('stopped, position being closed', 'positions.close', { tradeId: 1 }),
  },
  'orders.list': { SYMBOL_UNKNOWN: within(HELD, 'orders.list', FOREIGN) },
  'orders.cancel': {
    ENGINE_NOT_RUNNING: never('no entry is out while none runs: the order is refused as ORDER_UNKNOWN'),
    ORDER_UNKNOWN: within('entry order out', 'orders.cancel', { orderId: 99 }),
    ORDER_NOT_CANCELLABLE: async (t) => {
      const stage = await Stage.open(t, { instruments: [PERP, SECOND_PERP] });
      await stage.start('two');
      await stage.until('SIGNAL_WAIT');
      await stage.breakOut();
      await stage.ann.seen((event) => event.type === 'position' && event.change === 'protected');
      stage.venue.answers.entry = 'silent';
      stage.venue.answers.cancel = 'silent';
      await stage.until('SIGNAL_WAIT');
      await stage.breakOut(1);
      const orders = listOf((await stage.ann.well('orders.list')).orders);
      const stop = orders.find(({ purpose }) => purpose === 'stop');
      return stage.ann.ask('orders.cancel', { orderId: stop?.id });
    },
    EMERGENCY_IN_PROGRESS: within(IN_PANIC, 'orders.cancel', { orderId: 1 }),
    SUPERSEDED: overtaken('entry order out', 'orders.cancel', { orderId: 1 }),
    COMMAND_PENDING: unanswered('entry order out', 'orders.cancel', { orderId: 1 }),
  },
  'reconcile.list': {},
  'reconcile.adopt': {
    FOREIGN_UNKNOWN: within(HELD, 'reconcile.adopt', FOREIGN),
    COMMAND_PENDING: AT_ONCE,
  },
  'reconcile.ignore': {
    FOREIGN_UNKNOWN: within(HELD, 'reconcile.ignore', FOREIGN),
    COMMAND_PENDING: AT_ONCE,
  },
  'trades.list': {},
  'levels.list': { SYMBOL_UNKNOWN: within(HELD, 'levels.list', FOREIGN) },
  'candles.list': { SYMBOL_UNKNOWN: within(HELD, 'candles.list', FOREIGN) },
  'scanner.candidates': {},
  'account.get': {},
  'engine.explain': { SYMBOL_UNKNOWN: within(HELD, 'engine.explain', FOREIGN) },
  'engine.diagnostics': {},
  'sessions.list': {},
  'sessions.get': { SESSION_UNKNOWN: within(HELD, 'sessions.get', { id: 'no such' }) },
  'sessions.checkpoints': { SESSION_UNKNOWN: within(HELD, 'sessions.checkpoints', { id: 'no such' }) },
  'signals.list': {},
  'equity.series': {},
  'engine.resourceHealth': {},
  'metrics.prometheus': {},
  'presets.list': {},
  'presets.get': {
    PRESET_UNKNOWN: within('never started', 'presets.get', { name: 'nope' }),
    PRESET_INVALID: within('never started', 'presets.get', { name: 'broken' }),
  },
  'presets.validate': {},
  'events.subscribe': {
    TOO_MANY_SUBSCRIPTIONS: async (t) => {
      const { ann } = await scene(t, 'never started');
      // The scene's own is the first of eight.
      for (let i = 1; i < 8; i++) await ann.well('events.subscribe');
      return ann.ask('events.subscribe');
    },
  },
  'events.unsubscribe': {
    UNKNOWN_SUBSCRIPTION: within('never started', 'events.unsubscribe', { subscription: 99 }),
  },
  'logs.tail': {},
  'logs.levels': {},
  'logs.setLevel': {},
  'daemon.hello': {
    PROTOCOL_UNSUPPORTED: within('never started', 'daemon.hello', { protocol: { min: 99, max: 99 } }),
  },
  'daemon.info': {},
  'daemon.stop': {},
  'rpc.discover': {},
};

const NEVER: string[] = [];
for (const [method, recipes] of Object.entries(RECIPES)) {
  for (const [code, recipe] of Object.entries<Recipe>(recipes)) {
    if (typeof recipe !== 'function') {
      NEVER.push(`${method} ${code}`);
      continue;
    }
    test(`${method} is refused with ${code} when it is due`, async (t) => {
      const answer = await recipe(t);
      assert.equal(answer.outcome, code, answer.message);
    });
  }
}

test('every refusal that the table names has been seen, but for those that nothing brings about today', () => {
  const named = Object.entries(METHODS).flatMap(([method, { errors }]) =>
    errors.map((code) => `${method} ${code}`),
  );
  assert.deepEqual(
    named.filter((refusal) => !Asker.refusals.has(refusal)),
    named.filter((refusal) => NEVER.includes(refusal)),
  );
});
