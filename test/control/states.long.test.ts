/** Every method in every situation in which an engine can rest: what it answers there, and that it holds to its word. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { STATES } from '../../src/engine/state.ts';
import { METHODS, type MethodName } from '../../src/protocol/methods.ts';
import { PERP } from '../engine/rig.ts';
import { type Asker, listOf } from './asker.ts';
import { READS } from './reads.ts';
import { SCENE_NAMES, SCENES, type SceneName, scene, startParams } from './scenes.ts';

/** A control command of a method, as it is asked for in every scene. */
const ASKED: Readonly<Record<Asked, readonly [MethodName, object]>> = {
  start: ['engine.start', startParams('box')],
  stop: ['engine.stop', {}],
  flatten: ['engine.stop', { flatten: true }],
  pause: ['engine.pause', { reason: 'another reason' }],
  resume: ['engine.resume', {}],
  panic: ['engine.emergencyStop', { reason: 'drill' }],
  reset: ['engine.reset', { reason: 'looked into it' }],
  retry: ['engine.retry', {}],
  close: ['positions.close', { tradeId: 1 }],
  cancel: ['orders.cancel', { orderId: 1 }],
  adopt: ['reconcile.adopt', { symbol: PERP.symbol }],
  ignore: ['reconcile.ignore', { symbol: PERP.symbol }],
};

type Asked =
  | 'start'
  | 'stop'
  | 'flatten'
  | 'pause'
  | 'resume'
  | 'panic'
  | 'reset'
  | 'retry'
  | 'close'
  | 'cancel'
  | 'adopt'
  | 'ignore';
const ASKED_NAMES: readonly Asked[] = [
  'start',
  'stop',
  'flatten',
  'pause',
  'resume',
  'panic',
  'reset',
  'retry',
  'close',
  'cancel',
  'adopt',
  'ignore',
];

/** Which of `engine.commands` says whether it is allowed. */
const COMMAND_OF: Readonly<Record<Asked, string>> = {
  start: 'start',
  stop: 'stop',
  flatten: 'stop',
  pause: 'pause',
  resume: 'resume',
  panic: 'emergencyStop',
  reset: 'reset',
  retry: 'retry',
  close: 'closePosition',
  cancel: 'cancelOrder',
  adopt: 'adopt',
  ignore: 'ignore',
};

/** What is said of a command that is taken and that the venue keeps from ending. */
const WAITS: Readonly<Record<string, string>> = {
  stop: 'STOP_INCOMPLETE',
  flatten: 'STOP_INCOMPLETE',
  panic: 'EMERGENCY_IN_PROGRESS',
};

const _ = 'ENGINE_NOT_RUNNING';
const RUNNING = 'ENGINE_ALREADY_RUNNING';
const NOT_PAUSED = 'ENGINE_NOT_PAUSED';
const NO_RESET = 'NOTHING_TO_RESET';
const NO_ERROR = 'ENGINE_NOT_IN_ERROR';
const NO_POSITION = 'POSITION_UNKNOWN';
const NO_ORDER = 'ORDER_UNKNOWN';
const PANIC = 'EMERGENCY_IN_PROGRESS';
const FOREIGN = 'FOREIGN_POSITION';

/** Where a row ends before them: there is nothing foreign to decide on. */
const NOTHING_FOREIGN: Readonly<Partial<Record<Asked, string>>> = {
  adopt: 'FOREIGN_UNKNOWN',
  ignore: 'FOREIGN_UNKNOWN',
};

/** In the order of `ASKED_NAMES`. `ok`: done; `waits`: taken, and the venue has not answered; else the refusal. */
const EXPECTED: Readonly<Record<SceneName, readonly string[]>> = {
  'never started': ['ok', _, _, _, _, 'ok', NO_RESET, NO_ERROR, NO_POSITION, NO_ORDER],
  'scanning, nothing passes': [
    RUNNING,
    'ok',
    'ok',
    'ok',
    NOT_PAUSED,
    'ok',
    NO_RESET,
    NO_ERROR,
    NO_POSITION,
    NO_ORDER,
  ],
  'waiting for a signal': [
    RUNNING,
    'ok',
    'ok',
    'ok',
    NOT_PAUSED,
    'ok',
    NO_RESET,
    NO_ERROR,
    NO_POSITION,
    NO_ORDER,
  ],
  'entry order out': [
    RUNNING,
    'waits',
    'waits',
    'waits',
    NOT_PAUSED,
    'waits',
    NO_RESET,
    NO_ERROR,
    NO_POSITION,
    'waits',
  ],
  'position open': [RUNNING, 'ok', 'ok', 'ok', NOT_PAUSED, 'ok', NO_RESET, NO_ERROR, 'ok', NO_ORDER],
  paused: [RUNNING, 'ok', 'ok', 'ok', 'ok', 'ok', NO_RESET, NO_ERROR, NO_POSITION, NO_ORDER],
  'paused with a position': [RUNNING, 'ok', 'ok', 'ok', 'ok', 'ok', NO_RESET, NO_ERROR, 'ok', NO_ORDER],
  halted: [RUNNING, 'ok', 'ok', 'ok', 'ENGINE_HALTED', 'ok', 'ok', NO_ERROR, NO_POSITION, NO_ORDER],
  'halted and flattened': ['ENGINE_HALTED', _, _, _, _, 'ok', 'ok', NO_ERROR, NO_POSITION, NO_ORDER],
  'venue broken': [RUNNING, 'ok', 'ok', _, NOT_PAUSED, 'ok', NO_RESET, _, NO_POSITION, NO_ORDER],
  'venue broken with a position': [RUNNING, 'ok', _, _, NOT_PAUSED, _, NO_RESET, _, _, NO_ORDER],
  'failed, venue still there': [
    RUNNING,
    'ok',
    'ok',
    _,
    NOT_PAUSED,
    'ok',
    NO_RESET,
    'ok',
    NO_POSITION,
    NO_ORDER,
  ],
  'failed with a position, venue still there': [
    RUNNING,
    'ok',
    'ok',
    _,
    NOT_PAUSED,
    'ok',
    NO_RESET,
    'ok',
    'ok',
    NO_ORDER,
  ],
  'emergency, not flat yet': [
    RUNNING,
    PANIC,
    PANIC,
    PANIC,
    NOT_PAUSED,
    'waits',
    PANIC,
    NO_ERROR,
    PANIC,
    PANIC,
  ],
  'emergency over a pause': [RUNNING, PANIC, PANIC, PANIC, PANIC, 'waits', PANIC, NO_ERROR, PANIC, PANIC],
  'emergency over': ['EMERGENCY_LATCHED', _, _, _, _, 'ok', 'ok', NO_ERROR, NO_POSITION, NO_ORDER],
  'stop under way': [
    RUNNING,
    'STOP_IN_PROGRESS',
    'STOP_IN_PROGRESS',
    'waits',
    NOT_PAUSED,
    'waits',
    NO_RESET,
    NO_ERROR,
    NO_POSITION,
    'waits',
  ],
  'stopped, position left': ['ok', _, 'ok', _, _, 'ok', NO_RESET, NO_ERROR, 'ok', NO_ORDER],
  'stopped, position being closed': [
    'STOP_IN_PROGRESS',
    // It stands IDLE already: only what an earlier stop left open is being closed.
    _,
    'STOP_IN_PROGRESS',
    _,
    _,
    'waits',
    NO_RESET,
    NO_ERROR,
    'waits',
    NO_ORDER,
  ],
  'session ended flat': ['ok', _, _, _, _, 'ok', NO_RESET, NO_ERROR, NO_POSITION, NO_ORDER],
  'recording ended, position left': ['ok', _, _, _, _, _, NO_RESET, NO_ERROR, _, NO_ORDER],
  'idle over a foreign position': [
    FOREIGN,
    _,
    _,
    _,
    _,
    'ok',
    NO_RESET,
    NO_ERROR,
    NO_POSITION,
    NO_ORDER,
    'ok',
    'ok',
  ],
  'paused over a foreign position': [
    RUNNING,
    'ok',
    'ok',
    'ok',
    FOREIGN,
    'ok',
    NO_RESET,
    NO_ERROR,
    NO_POSITION,
    NO_ORDER,
    'ok',
    'ok',
  ],
};

const NEVER_STARTED: readonly SceneName[] = ['never started', 'idle over a foreign position'];

/** A bound that the venue's next answers, some milliseconds away, are well within. */
const SHORT_MS = 60;

const expected = (name: SceneName, asked: Asked): string =>
  EXPECTED[name][ASKED_NAMES.indexOf(asked)] ??
  NOTHING_FOREIGN[asked] ??
  assert.fail(`${name}: nothing is expected of ${asked}`);

const isTaken = (outcome: string): boolean => outcome === 'ok' || outcome === 'waits';

/** What a refused command must leave as it was: all of the status but for what time and prices move. */
async function standing(asker: Asker): Promise<unknown> {
  const { at, latencyMs, progress, equity, ...rest } = await asker.well('engine.status');
  return rest;
}

for (const name of SCENE_NAMES) {
  describe(name, () => {
    test(`${SCENES[name].state}: every read answers, in the shape that the table promises`, async (t) => {
      const { ann } = await scene(t, name);
      for (const [method, params] of READS) {
        const answer = await ann.ask(method, params);
        const started = !NEVER_STARTED.includes(name);
        if (answer.outcome === 'SESSION_UNKNOWN') assert.ok(!started, `${method}: ${answer.message}`);
        else if (answer.outcome === 'SYMBOL_UNKNOWN') assert.ok(!started, `${method}: ${answer.message}`);
        else assert.equal(answer.outcome, 'ok', `${method}: ${answer.message}`);
      }
      // What depends on no state beside the reads.
      const before = await standing(ann);
      await ann.well('logs.setLevel', { level: 'debug', component: 'engine', for: 60 });
      await ann.well('engine.reload');
      await ann.well('daemon.stop');
      assert.deepEqual(await standing(ann), before);
    });

    test('what is refused says why and changes nothing, and engine.commands says the same', async (t) => {
      const { ann } = await scene(t, name);
      const commands = listOf((await ann.well('engine.commands')).commands);
      const before = await standing(ann);
      /** What those that engine.commands does not allow were answered, by its name of them. */
      const said = new Map<unknown, string[]>();
      for (const asked of ASKED_NAMES) {
        const view = commands.find(({ command }) => command === COMMAND_OF[asked]) ?? assert.fail(asked);
        const outcome = expected(name, asked);
        // A stop that may only flatten, or only not flatten, is one that is allowed.
        const either =
          asked === 'flatten' || asked === 'stop'
            ? [expected(name, 'stop'), expected(name, 'flatten')]
            : [outcome];
        assert.equal(view.allowed, either.some(isTaken), `engine.commands of ${asked}: ${view.reason}`);
        if (isTaken(outcome)) continue;
        const answer = await ann.ask(...ASKED[asked]);
        assert.equal(answer.outcome, outcome, `${asked}: ${answer.message}`);
        if (!view.allowed) said.set(view.command, (said.get(view.command) ?? []).concat(answer.message));
        assert.deepEqual(await standing(ann), before, asked);
      }
      for (const { command, reason } of commands) {
        // What is asked of one order is answered of that order.
        const messages = command === 'cancelOrder' ? undefined : said.get(command);
        if (messages)
          assert.ok(messages.includes(String(reason)), `${reason} is not ${messages.join(' or ')}`);
      }
    });

    for (const asked of ASKED_NAMES.filter((each) => isTaken(expected(name, each)))) {
      const waits = expected(name, asked) === 'waits';
      test(`${asked} is ${waits ? 'taken, and under way while the venue is silent' : 'carried out'}`, async (t) => {
        const { ann } = await scene(t, name, waits ? { commandBoundMs: SHORT_MS } : {});
        const answer = await ann.ask(...ASKED[asked]);
        if (!waits) {
          assert.equal(answer.outcome, 'ok', answer.message);
          return;
        }
        assert.equal(answer.outcome, WAITS[asked] ?? 'COMMAND_PENDING', answer.message);
        assert.match(answer.message, /not done after/);
      });
    }
  });
}

test('every state in which an engine can rest has a scene, and every method is asked in each of them', () => {
  const rested = new Set<string>(SCENE_NAMES.map((name) => SCENES[name].state));
  // Within one input the engine goes through these and on: transitions.test.ts sees it do so.
  const passed = ['INITIALIZING', 'LEVEL_BUILDING', 'SIZING'];
  assert.deepEqual(
    STATES.filter((state) => !rested.has(state)),
    passed,
  );
  const asked = new Set<string>([
    ...READS.map(([method]) => method),
    ...Object.values(ASKED).map(([method]) => method),
  ]);
  for (const method of ['logs.setLevel', 'engine.reload', 'daemon.stop']) asked.add(method);
  assert.deepEqual(
    Object.keys(METHODS).filter((method) => !asked.has(method)),
    [],
  );
  assert.ok(READS.some(([, params]) => JSON.stringify(params).includes(PERP.symbol)));
});
