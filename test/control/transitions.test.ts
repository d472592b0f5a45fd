/**
 * The arrows of the engine's graph, seen by a client on the socket. The engine's own test (test/engine/state.test.ts)
 * holds its table to the graph, all 144 pairs; here the product is driven along each arrow that it can be driven along.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { STATES, TRANSITIONS } from '../../src/engine/state.ts';
import { ABOVE } from '../engine/rig.ts';
import { type SceneName, Stage, scene } from './scenes.ts';

const seen = new Set<string>();

/** All arrows that the client of a stage has been told of. */
function told({ ann }: Stage): string[] {
  const arrows = ann.events.flatMap((event) =>
    event.type === 'state' ? [`${event.from} -> ${event.to}`] : [],
  );
  for (const arrow of arrows) seen.add(arrow);
  return arrows;
}

/** Drives the product along arrows; each of them must be announced. */
function drives(what: string, arrows: readonly string[], drive: (t: TestContext) => Promise<Stage>): void {
  test(what, async (t) => {
    const stage = await drive(t);
    // What is announced comes before the answer to what is asked after it.
    await stage.ann.state();
    const announced = told(stage);
    for (const arrow of arrows)
      assert.ok(announced.includes(arrow), `${arrow} is not among ${announced.join(', ')}`);
  });
}

/** From a scene on, with one thing asked. */
const asked =
  (name: SceneName, ...request: Parameters<Stage['ann']['well']>) =>
  async (t: TestContext): Promise<Stage> => {
    const stage = await scene(t, name);
    await stage.ann.well(...request);
    return stage;
  };

const PANIC = ['engine.emergencyStop', { reason: 'fire' }] as const;
const PAUSE = ['engine.pause', { reason: 'lunch' }] as const;

/** The venue breaks in a scene. */
const broken =
  (name: SceneName) =>
  async (t: TestContext): Promise<Stage> => {
    const stage = await scene(t, name);
    stage.venue.broken = new Error('the venue is gone');
    await stage.until('ERROR');
    return stage;
  };

drives(
  'a start goes by its initialisation to scanning, levels and waiting for a signal; a scan that is due goes round again',
  [
    'IDLE -> INITIALIZING',
    'INITIALIZING -> SCANNING',
    'SCANNING -> LEVEL_BUILDING',
    'LEVEL_BUILDING -> SIGNAL_WAIT',
    'SIGNAL_WAIT -> SCANNING',
  ],
  async (t) => {
    const stage = await scene(t, 'waiting for a signal');
    await stage.ann.seen(
      (event) => event.type === 'state' && event.to === 'SCANNING',
      stage.ann.events.length,
    );
    return stage;
  },
);

drives('a scan without a level to watch goes back to scanning', ['LEVEL_BUILDING -> SCANNING'], async (t) => {
  const stage = await Stage.open(t);
  await stage.start('bare');
  await stage.until('LEVEL_BUILDING');
  await stage.until('SCANNING');
  return stage;
});

drives(
  'a signal is sized, sent, held, closed, and the next one looked for',
  ['SIGNAL_WAIT -> SIZING', 'SIZING -> EXECUTION', 'EXECUTION -> MANAGING', 'MANAGING -> SCANNING'],
  async (t) => {
    const stage = await scene(t, 'position open');
    await stage.ann.well('positions.close', { tradeId: 1 });
    await stage.until('SIGNAL_WAIT');
    return stage;
  },
);

drives('a signal that cannot be sized sends nothing', ['SIZING -> SCANNING'], async (t) => {
  const stage = await Stage.open(t);
  await stage.start('box', { equity: '0.01' });
  await stage.until('SIGNAL_WAIT');
  stage.venue.closeAt(ABOVE);
  await stage.ann.seen((event) => event.type === 'refused');
  return stage;
});

drives('an entry that the venue refuses leaves nothing behind', ['EXECUTION -> SCANNING'], async (t) => {
  const stage = await Stage.open(t);
  stage.venue.answers.entry = 'reject';
  await stage.start('box');
  await stage.until('SIGNAL_WAIT');
  await stage.breakOut();
  await stage.until('SIGNAL_WAIT');
  return stage;
});

drives(
  'an order that rests at a level fills while signals are waited for',
  ['SIGNAL_WAIT -> MANAGING'],
  async (t) => {
    const stage = await Stage.open(t);
    stage.venue.answers.entry = 'rest';
    // An order whose level moves on is withdrawn: this venue is too late for it.
    stage.venue.answers.cancel = 'silent';
    await stage.start('resting');
    const out = await stage.ann.seen((event) => event.type === 'order' && event.status === 'accepted');
    await stage.until('SIGNAL_WAIT');
    assert.ok(out.type === 'order');
    stage.venue.fill(out.order);
    await stage.until('MANAGING');
    return stage;
  },
);

drives('a start over a position that was left goes on managing it', ['SCANNING -> MANAGING'], async (t) => {
  const stage = await scene(t, 'stopped, position left');
  await stage.start('box');
  await stage.until('MANAGING');
  return stage;
});

drives('a pause holds a scan', ['SCANNING -> PAUSED'], asked('scanning, nothing passes', ...PAUSE));
drives(
  'a pause holds the wait for signals',
  ['SIGNAL_WAIT -> PAUSED'],
  asked('waiting for a signal', ...PAUSE),
);
drives('a pause leaves a position managed', ['MANAGING -> PAUSED'], asked('position open', ...PAUSE));
drives('a resume scans', ['PAUSED -> SCANNING'], asked('paused', 'engine.resume'));
drives('a resume manages', ['PAUSED -> MANAGING'], asked('paused with a position', 'engine.resume'));

for (const [name, state] of [
  ['scanning, nothing passes', 'SCANNING'],
  ['waiting for a signal', 'SIGNAL_WAIT'],
  ['position open', 'MANAGING'],
  ['paused', 'PAUSED'],
  ['venue broken', 'ERROR'],
] as const) {
  drives(`a stop ends ${name}`, [`${state} -> STOPPED`, 'STOPPED -> IDLE'], asked(name, 'engine.stop'));
  drives(`a panic ends ${name}`, [`${state} -> EMERGENCY`, 'EMERGENCY -> STOPPED'], asked(name, ...PANIC));
  if (state !== 'ERROR') drives(`a venue that breaks ends ${name}`, [`${state} -> ERROR`], broken(name));
}

drives('a venue that breaks ends an entry under way', ['EXECUTION -> ERROR'], async (t) => {
  const stage = await broken('entry order out')(t);
  // Its last word, so that the end of the host has no order to wait for.
  stage.venue.broken = null;
  stage.venue.release();
  stage.lockstep.step();
  return stage;
});

drives(
  'a stop waits for the entry order to be final',
  ['EXECUTION -> STOPPED', 'STOPPED -> IDLE'],
  async (t) => {
    const stage = await scene(t, 'stop under way');
    assert.equal((await stage.ann.well('engine.status')).stopping, true);
    stage.venue.release();
    await stage.until('IDLE');
    return stage;
  },
);

drives(
  'a panic waits for the entry order to be final',
  ['EXECUTION -> EMERGENCY', 'EMERGENCY -> STOPPED'],
  async (t) => {
    const stage = await scene(t, 'entry order out');
    const panic = stage.ann.ask(...PANIC);
    await stage.until('EMERGENCY');
    stage.venue.release();
    assert.equal((await panic).outcome, 'ok');
    return stage;
  },
);

drives(
  'a panic before any start goes by the initialisation, and a reset ends it',
  ['IDLE -> INITIALIZING', 'INITIALIZING -> EMERGENCY', 'EMERGENCY -> STOPPED', 'STOPPED -> IDLE'],
  async (t) => {
    const stage = await Stage.open(t);
    await stage.ann.well(...PANIC);
    await stage.ann.well('engine.reset', { reason: 'drill over' });
    return stage;
  },
);

drives(
  'a panic after a panic goes the same way again',
  ['STOPPED -> INITIALIZING'],
  asked('emergency over', ...PANIC),
);

drives(
  'a kill switch that flattened for the day starts anew with the next one',
  ['MANAGING -> EMERGENCY', 'EMERGENCY -> STOPPED', 'STOPPED -> INITIALIZING', 'INITIALIZING -> SCANNING'],
  async (t) => {
    const stage = await Stage.open(t);
    await stage.start('daily', { speed: 200_000 });
    await stage.until('SIGNAL_WAIT');
    const { length } = stage.ann.events;
    // Back in the box the loss is over the limit of the day.
    await stage.breakOut();
    await stage.ann.seen((event) => event.type === 'halt_released', length);
    return stage;
  },
);

drives('a retry scans', ['ERROR -> SCANNING'], asked('failed, venue still there', 'engine.retry'));
drives(
  'a retry manages',
  ['ERROR -> MANAGING'],
  asked('failed with a position, venue still there', 'engine.retry'),
);

drives('a venue whose warm-up fails ends the start', ['INITIALIZING -> ERROR'], async (t) => {
  const stage = await Stage.open(t);
  stage.venue.brokenHistory = new Error('a candle is missing');
  assert.equal((await stage.ann.ask('engine.start', { preset: 'box' })).outcome, 'START_FAILED');
  return stage;
});

drives('a daemon in doubt fails before any start', ['IDLE -> ERROR'], async (t) => {
  const stage = await Stage.open(t);
  stage.host.fault('an error that nobody caught');
  return stage;
});

/** Why no client can make the product go there: the engine's table test is all that these have. */
const ON_THE_TABLE_ONLY: Readonly<Record<string, string>> = {
  'IDLE -> SCANNING': 'a start goes by INITIALIZING',
  'IDLE -> STOPPED': 'a panic goes by INITIALIZING; a stop on IDLE is refused',
  'INITIALIZING -> STOPPED': 'a start is through before the next command has its turn',
  'LEVEL_BUILDING -> ERROR': 'passed within one input',
  'LEVEL_BUILDING -> EMERGENCY': 'passed within one input',
  'LEVEL_BUILDING -> STOPPED': 'passed within one input',
  'SIZING -> ERROR': 'passed within one input',
  'SIZING -> EMERGENCY': 'passed within one input',
  'SIZING -> STOPPED': 'passed within one input',
  'MANAGING -> MANAGING': 'what changes about positions is announced as such',
  'PAUSED -> IDLE': 'a stop goes by STOPPED',
  'ERROR -> IDLE': 'a retry of what never started: only a daemon that is ending gets there',
  'EMERGENCY -> IDLE': 'a panic ends in STOPPED, and a reset is asked for',
};

test('every arrow of the graph has been seen on a socket, but for those that nothing drives along', () => {
  const graph = STATES.flatMap((from) => TRANSITIONS[from].map((to) => `${from} -> ${to}`));
  assert.equal(graph.length, 57);
  assert.deepEqual(
    [...seen].filter((arrow) => !graph.includes(arrow)),
    [],
    'announced, and not in the graph',
  );
  assert.deepEqual(
    graph.filter((arrow) => !seen.has(arrow)),
    graph.filter((arrow) => Object.hasOwn(ON_THE_TABLE_ONLY, arrow)),
  );
});
