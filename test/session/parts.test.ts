import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlQueue } from '../../src/session/control-queue.ts';
import { EventLog } from '../../src/session/event-log.ts';
import { Latency } from '../../src/session/latency.ts';
import { Pacer } from '../../src/session/pacer.ts';
import { PendingCommands } from '../../src/session/pending-commands.ts';
import { Refusal } from '../../src/session/refusal.ts';

const gap = (missing: number) => ({ type: 'gap', symbol: 'A', missing }) as const;

test('latency says nothing before the first measurement, then the truth within a quarter octave', () => {
  const latency = new Latency();
  assert.equal(latency.mean, null);
  assert.equal(latency.recentMean, null);
  assert.equal(latency.view(), null);
  for (let i = 1; i <= 1000; i++) latency.add(i / 100);
  assert.ok(Math.abs((latency.mean ?? 0) - 5.005) < 1e-9);
  assert.ok(Math.abs((latency.recentMean ?? 0) - (7.45 + 10) / 2) < 1e-9);
  const view = latency.view();
  assert.ok(view !== null && view.count === 1000 && view.maxMs === 10);
  assert.ok(view.p50Ms >= 5 && view.p50Ms <= 5 * 1.19, `${view.p50Ms}`);
  assert.ok(view.p99Ms >= 9.9 && view.p99Ms <= 10, `${view.p99Ms}`);
  latency.add(0);
  latency.add(1e9);
  assert.equal(latency.view()?.maxMs, 1e9);
});

test('events are numbered without a hole, and what the log no longer holds is not made up', () => {
  const log = new EventLog(() => 5, 3);
  assert.equal(log.oldest, 1);
  assert.equal(log.at(1), undefined);
  const heard: number[] = [];
  const stop = log.listen(({ seq }) => heard.push(seq));
  for (let i = 1; i <= 5; i++) log.publish('s', i * 10, gap(i));
  stop();
  log.publish('s', 60, gap(6));
  assert.deepEqual(heard, [1, 2, 3, 4, 5]);
  assert.equal(log.oldest, 4);
  assert.equal(log.at(3), undefined);
  assert.deepEqual(
    [4, 5, 6].map((seq) => log.at(seq)?.at),
    [40, 50, 60],
  );
  assert.equal(log.at(7), undefined);
});

test('a command that the engine does not answer in time is told so, and its late answer is nobody else’s', async () => {
  const pending = new PendingCommands(5);
  for (const [name, code] of [
    ['stop', 'STOP_INCOMPLETE'],
    ['emergencyStop', 'EMERGENCY_IN_PROGRESS'],
    ['pause', 'COMMAND_PENDING'],
  ] as const) {
    let issued = 0;
    await assert.rejects(
      pending.wait(name, (id) => {
        issued = id;
      }),
      (error) => error instanceof Refusal && error.code === code,
    );
    pending.settle({ kind: 'reply', at: 0, commandId: issued, error: null, message: 'late' });
  }
  const next = pending.wait('stop', (id) =>
    pending.settle({ kind: 'reply', at: 0, commandId: id, error: null, message: 'done' }),
  );
  assert.equal(await next, 'done');
});

test('an emergency stop is not kept waiting by a start, and the start does not come after it', async () => {
  const queue = new ControlQueue();
  let open: () => void = () => undefined;
  const opening = new Promise<void>((resolve) => {
    open = resolve;
  });
  const done: string[] = [];
  const start = queue.enqueue(async (overtaken) => {
    await opening;
    overtaken();
    done.push('start');
  });
  const pause = queue.enqueue(() => done.push('pause'));
  const superseded = new Refusal('SUPERSEDED', 'panic');
  queue.overtake(superseded);
  open();
  await assert.rejects(start, superseded);
  await assert.rejects(pause, superseded);
  await queue.enqueue(() => done.push('reset'));
  assert.deepEqual(done, ['reset']);
});

/** A venue with `count` things to happen, one a venue second. */
function stepper(count: number, onStep: (left: number) => void = () => undefined) {
  let left = count;
  const step = (): boolean => {
    left -= 1;
    self.now += 1000;
    onStep(left);
    return true;
  };
  const self = { now: 0, nextAt: () => (left > 0 ? self.now + 1000 : null), step, stepBar: step };
  return self;
}

function paced(options: {
  speed: number;
  count: number;
  onStep?: (left: number) => void;
  verdict?: () => 'go on' | 'yield' | 'stop';
}) {
  const venue = stepper(options.count, options.onStep);
  let resolve: (outcome: unknown) => void = () => undefined;
  const ended = new Promise<unknown>((settle) => {
    resolve = settle;
  });
  const pacer = new Pacer({
    stepper: venue,
    speed: options.speed,
    afterStep: options.verdict ?? (() => 'go on'),
    onEnd: () => resolve('ended'),
    onFault: resolve,
  });
  pacer.start();
  return { venue, ended, pacer };
}

test('speed N takes venue time over N of wall time, speed 0 no more than the work', async () => {
  const before = performance.now();
  await paced({ speed: 100, count: 20 }).ended;
  const took = performance.now() - before;
  assert.ok(took >= 195, `20 venue seconds at speed 100 took ${took} ms`);
  const again = performance.now();
  await paced({ speed: 0, count: 10_000 }).ended;
  assert.ok(performance.now() - again < took * 50);
});

test('at full speed timers and sockets still get their turn', async () => {
  let turns = 0;
  const interval = setInterval(() => {
    turns += 1;
  }, 1);
  const busy = () => {
    const until = performance.now() + 1;
    while (performance.now() < until);
  };
  await paced({ speed: 0, count: 100, onStep: busy }).ended;
  clearInterval(interval);
  assert.ok(turns >= 4, `${turns} turns in 100 ms of work`);
});

test('a step that throws stops the pacing and is reported, not swallowed', async () => {
  const failure = new Error('bad bar');
  const run = paced({
    speed: 0,
    count: 10,
    onStep: (left) => {
      if (left === 5) throw failure;
    },
  });
  assert.equal(await run.ended, failure);
  assert.equal(run.pacer.running, false);
});
