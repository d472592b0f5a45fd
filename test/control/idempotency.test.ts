/** Commands that come twice, late, or at once from several clients: what an operator may rely on. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { errorOf, RawConnection, serve } from '../daemon/support.ts';
import { fieldsOf, listOf } from './asker.ts';
import { Stage, scene, startParams } from './scenes.ts';

const stateEvents = ({ ann }: Stage) => ann.events.filter(({ type }) => type === 'state').length;

test('a start on a running engine is an error that says so, whatever it asks for, and the session goes on as it was', async (t) => {
  const { ann } = await scene(t, 'paused');
  const before = await ann.well('engine.status');
  for (const params of [startParams('box'), startParams('two', { seed: 7 }), { preset: 'breakout_v1' }]) {
    const { outcome, httpStatus, message } = await ann.ask('engine.start', params);
    assert.deepEqual([outcome, httpStatus], ['ENGINE_ALREADY_RUNNING', 400]);
    assert.match(message, /already running \(PAUSED\)/);
  }
  const after = await ann.well('engine.status');
  for (const key of ['state', 'preset', 'session', 'startedAt', 'pausedBy', 'ended'])
    assert.deepEqual(after[key], before[key], key);
  assert.equal(listOf((await ann.well('sessions.list')).sessions).length, 1);
});

test('a stop on a stopped engine is an error, the first time and every time', async (t) => {
  const stage = await scene(t, 'session ended flat');
  const moved = stateEvents(stage);
  for (const params of [{}, {}, { flatten: true }]) {
    const { outcome, httpStatus } = await stage.ann.ask('engine.stop', params);
    assert.deepEqual([outcome, httpStatus], ['ENGINE_NOT_RUNNING', 400]);
  }
  assert.equal(await stage.ann.state(), 'IDLE');
  assert.equal(stateEvents(stage), moved);
});

test('a pause on a paused engine succeeds and has no effect: the first reason and its author stay', async (t) => {
  const stage = await scene(t, 'paused');
  const bob = await stage.client(t, 'bob');
  const { pausedBy } = await stage.ann.well('engine.status');
  const moved = stateEvents(stage);
  const { message, success } = await bob.well('engine.pause', { reason: 'dinner' });
  assert.deepEqual([success, message], [true, 'already paused']);
  assert.deepEqual((await stage.ann.well('engine.status')).pausedBy, pausedBy);
  assert.deepEqual([fieldsOf(pausedBy).by, fieldsOf(pausedBy).reason], ['ann', 'lunch']);
  assert.equal(stateEvents(stage), moved);
});

test('a resume on an engine that is not paused is an error; one resume is enough after many pauses', async (t) => {
  const { ann } = await scene(t, 'paused');
  await ann.well('engine.pause', { reason: 'again' });
  await ann.well('engine.resume');
  const { outcome, httpStatus, message } = await ann.ask('engine.resume');
  assert.deepEqual([outcome, httpStatus], ['ENGINE_NOT_PAUSED', 400]);
  assert.match(message, /not paused/);
});

test('a command sent again because its answer was lost is not carried out twice', async (t) => {
  const stage = await Stage.open(t);
  const lost = connect(stage.socketPath);
  const line = { jsonrpc: '2.0', id: 1, method: 'engine.start', params: startParams('box') };
  lost.end(`${JSON.stringify(line)}\n`);
  await stage.ann.seen((event) => event.type === 'session' && event.change === 'started');
  lost.destroy();
  assert.equal((await stage.ann.ask('engine.start', startParams('box'))).outcome, 'ENGINE_ALREADY_RUNNING');
  assert.equal(listOf((await stage.ann.well('sessions.list')).sessions).length, 1);
});

test('statuses keep their meaning: 400 for what is wrong with the request or the state, 429 for too many, 500 for failures of ours', async (t) => {
  const { ann } = await Stage.open(t, { open: () => Promise.reject(new Error('/secret/place')) });
  const failed = await ann.ask('engine.start', startParams('box'));
  assert.deepEqual([failed.outcome, failed.httpStatus], ['INTERNAL', 500]);
  assert.ok(!failed.message.includes('secret'));
  assert.deepEqual((await ann.ask('engine.start', { preset: 'box', mode: 'yolo' })).httpStatus, 400);
  assert.deepEqual((await ann.ask('engine.start', startParams('box', { preset: 'nope' }))).httpStatus, 400);

  const control = { perSecond: 0.001, burst: 1 };
  const { socketPath } = await serve(t, { rates: { read: { perSecond: 1, burst: 99 }, control } });
  const raw = await RawConnection.open(t, socketPath);
  const pause = { jsonrpc: '2.0', id: 1, method: 'engine.pause' };
  assert.equal(errorOf(await raw.ask(pause)).app, 'ENGINE_NOT_RUNNING');
  const limited = fieldsOf(await raw.ask(pause));
  const data = fieldsOf(fieldsOf(limited.error).data);
  assert.deepEqual([data.code, data.httpStatus, data.retryable], ['RATE_LIMITED', 429, true]);
  assert.ok(Number(data.retryAfterMs) > 0);
  const panic = { jsonrpc: '2.0', id: 2, method: 'engine.emergencyStop', params: { reason: 'fire' } };
  assert.ok('result' in fieldsOf(await raw.ask(panic)), 'a panic is never limited');
});

test('of several clients at once exactly one starts, one stops, one pauses first; the others are told', async (t) => {
  const stage = await Stage.open(t);
  const clients = [stage.ann, await stage.client(t, 'bob'), await stage.client(t, 'eve')];
  const outcomes = async (...asked: Parameters<typeof stage.ann.ask>): Promise<string[]> =>
    (await Promise.all(clients.map((client) => client.ask(...asked)))).map(({ outcome }) => outcome).sort();
  assert.deepEqual(await outcomes('engine.start', startParams('box')), [
    'ENGINE_ALREADY_RUNNING',
    'ENGINE_ALREADY_RUNNING',
    'ok',
  ]);
  const paused = await Promise.all(
    clients.map((client, i) => client.well('engine.pause', { reason: `reason ${i}` })),
  );
  const first = paused.findIndex(({ message }) => message !== 'already paused');
  assert.equal(paused.filter(({ message }) => message === 'already paused').length, 2);
  const { pausedBy } = await stage.ann.well('engine.status');
  assert.equal(fieldsOf(pausedBy).reason, `reason ${first}`);
  assert.deepEqual(await outcomes('engine.resume'), ['ENGINE_NOT_PAUSED', 'ENGINE_NOT_PAUSED', 'ok']);
  assert.deepEqual(await outcomes('engine.stop'), ['ENGINE_NOT_RUNNING', 'ENGINE_NOT_RUNNING', 'ok']);
  assert.equal(listOf((await stage.ann.well('sessions.list')).sessions).length, 1);
});

/** A stage whose venue opens when it is told to, with a start of bob's under way. */
async function starting(t: Parameters<typeof Stage.open>[0]) {
  let opened: () => void = () => undefined;
  const opening = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const stage: Stage = await Stage.open(t, { open: () => opening.then(() => stage.venue.open) });
  const bob = await stage.client(t, 'bob');
  const start = bob.ask('engine.start', startParams('box'));
  await bob.state();
  return { stage, start, opened };
}

test('a command waits for the one before it, of whichever client, and reads do not wait', async (t) => {
  const { stage, start, opened } = await starting(t);
  let answered = false;
  const pause = stage.ann.ask('engine.pause', { reason: 'at once' }).finally(() => {
    answered = true;
  });
  assert.equal(await stage.ann.state(), 'IDLE');
  assert.equal(answered, false);
  opened();
  assert.deepEqual([(await start).outcome, (await pause).outcome], ['ok', 'ok']);
  const { transitions } = await stage.ann.well('engine.transitions');
  const [first, second, ...rest] = listOf(transitions).map(({ to, by }) => `${to} by ${by}`);
  assert.deepEqual([first, second], ['INITIALIZING by bob', 'SCANNING by bob']);
  assert.equal(rest.at(-1), 'PAUSED by ann');
  assert.equal(await stage.ann.state(), 'PAUSED');
});

test('a panic overtakes what runs and what waits; all of it is told so, and none of it happens later', async (t) => {
  const { stage, start, opened } = await starting(t);
  const waiting = [
    stage.ann.ask('engine.pause', {}),
    stage.ann.ask('engine.stop', {}),
    stage.ann.ask('engine.reset', { reason: 'x' }),
    stage.ann.ask('engine.start', startParams('two')),
  ];
  await stage.ann.state();
  const eve = await stage.client(t, 'eve');
  assert.equal((await eve.ask('engine.emergencyStop', { reason: 'fire' })).outcome, 'ok');
  for (const answer of await Promise.all(waiting)) {
    assert.deepEqual([answer.outcome, answer.httpStatus], ['SUPERSEDED', 409]);
  }
  opened();
  assert.equal((await start).outcome, 'SUPERSEDED');
  const { state, haltedBy, pausedBy } = await stage.ann.well('engine.status');
  assert.deepEqual([state, fieldsOf(haltedBy).by, pausedBy], ['STOPPED', 'eve', null]);
  assert.deepEqual(listOf((await stage.ann.well('sessions.list')).sessions), []);
});

/** The market moves between two questions, and the state that a message names with it. */
const stateless = (message: unknown): string => String(message).replace(/ \([A-Z_]+\)/, '');

test('whatever the commands before: what engine.commands allows is done, what it does not is refused for its reason', async (t) => {
  const requests: Readonly<Record<string, Parameters<Stage['ann']['ask']>>> = {
    start: ['engine.start', startParams('box')],
    stop: ['engine.stop', {}],
    pause: ['engine.pause', { reason: 'lunch' }],
    resume: ['engine.resume', {}],
    emergencyStop: ['engine.emergencyStop', { reason: 'fire' }],
    reset: ['engine.reset', { reason: 'over' }],
    retry: ['engine.retry', {}],
  };
  const name = fc.constantFrom(...Object.keys(requests), 'fault');
  const run = fc.asyncProperty(fc.array(name, { minLength: 4, maxLength: 14 }), async (names) => {
    const stage = await Stage.open(t);
    const { ann } = stage;
    for (const each of names) {
      const before = await ann.well('engine.status');
      const request = requests[each];
      if (request === undefined) {
        if (before.session !== null && before.ended === null) stage.lockstep.fault('the disk is full');
        continue;
      }
      const views = listOf((await ann.well('engine.commands')).commands);
      const view = views.find(({ command }) => command === each) ?? assert.fail(each);
      const { outcome, message } = await ann.ask(...request);
      assert.equal(outcome === 'ok', view.allowed, `${each} in ${before.state}: ${outcome} ${message}`);
      if (!view.allowed) assert.equal(stateless(message), stateless(view.reason), each);
    }
    stage.venue.release();
    await stage.host.close('test');
  });
  await fc.assert(run, { numRuns: 20, seed: 3, endOnFailure: true });
});
