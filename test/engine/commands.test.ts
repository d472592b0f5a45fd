/** What each command answers in each state in which the engine can rest, and where it leads. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CommandName } from '../../src/engine/input.ts';
import type { EngineState } from '../../src/engine/state.ts';
import { Rig } from './rig.ts';

type RestingState = Exclude<EngineState, 'LEVEL_BUILDING' | 'SIZING'>;

/** Answer ('ok', an error code, 'waits') and the state after it. */
type Expectation = readonly [answer: string, state: EngineState];

const inState: Record<RestingState, () => Rig> = {
  IDLE: () => new Rig(),
  INITIALIZING: () => {
    const rig = new Rig();
    rig.start();
    return rig;
  },
  SCANNING: () => {
    const rig = new Rig();
    rig.start();
    rig.ready();
    return rig;
  },
  SIGNAL_WAIT: () => new Rig().boot(),
  EXECUTION: () => {
    const rig = new Rig().boot();
    rig.accept(rig.breakOut());
    return rig;
  },
  MANAGING: () => {
    const rig = new Rig({ preset: { risk: { max_open_positions: 1 } } }).boot();
    rig.hold();
    return rig;
  },
  PAUSED: () => {
    const rig = new Rig().boot();
    rig.pause();
    return rig;
  },
  ERROR: () => {
    const rig = new Rig().boot();
    rig.give({ kind: 'fault', reason: 'the disk is full' });
    return rig;
  },
  EMERGENCY: () => {
    const rig = new Rig().boot();
    rig.hold();
    rig.panic();
    return rig;
  },
  STOPPED: () => {
    const rig = new Rig().boot();
    rig.panic();
    rig.venueSays();
    return rig;
  },
};

const RUNNING = 'ENGINE_ALREADY_RUNNING';
const TABLE: Record<RestingState, Record<CommandName, Expectation>> = {
  IDLE: {
    start: ['waits', 'INITIALIZING'],
    stop: ['ENGINE_NOT_RUNNING', 'IDLE'],
    pause: ['ENGINE_NOT_RUNNING', 'IDLE'],
    resume: ['ENGINE_NOT_RUNNING', 'IDLE'],
    emergencyStop: ['ok', 'STOPPED'],
    reset: ['NOTHING_TO_RESET', 'IDLE'],
    retry: ['ENGINE_NOT_IN_ERROR', 'IDLE'],
    closePosition: ['POSITION_UNKNOWN', 'IDLE'],
    cancelOrder: ['ORDER_UNKNOWN', 'IDLE'],
    adopt: ['FOREIGN_UNKNOWN', 'IDLE'],
    ignore: ['FOREIGN_UNKNOWN', 'IDLE'],
  },
  INITIALIZING: {
    start: [RUNNING, 'INITIALIZING'],
    stop: ['ok', 'IDLE'],
    pause: ['waits', 'INITIALIZING'],
    resume: ['ENGINE_NOT_PAUSED', 'INITIALIZING'],
    emergencyStop: ['waits', 'EMERGENCY'],
    reset: ['NOTHING_TO_RESET', 'INITIALIZING'],
    retry: ['ENGINE_NOT_IN_ERROR', 'INITIALIZING'],
    closePosition: ['POSITION_UNKNOWN', 'INITIALIZING'],
    cancelOrder: ['ORDER_UNKNOWN', 'INITIALIZING'],
    adopt: ['FOREIGN_UNKNOWN', 'INITIALIZING'],
    ignore: ['FOREIGN_UNKNOWN', 'INITIALIZING'],
  },
  SCANNING: {
    start: [RUNNING, 'SCANNING'],
    stop: ['ok', 'IDLE'],
    pause: ['ok', 'PAUSED'],
    resume: ['ENGINE_NOT_PAUSED', 'SCANNING'],
    emergencyStop: ['waits', 'EMERGENCY'],
    reset: ['NOTHING_TO_RESET', 'SCANNING'],
    retry: ['ENGINE_NOT_IN_ERROR', 'SCANNING'],
    closePosition: ['POSITION_UNKNOWN', 'SCANNING'],
    cancelOrder: ['ORDER_UNKNOWN', 'SCANNING'],
    adopt: ['FOREIGN_UNKNOWN', 'SCANNING'],
    ignore: ['FOREIGN_UNKNOWN', 'SCANNING'],
  },
  SIGNAL_WAIT: {
    start: [RUNNING, 'SIGNAL_WAIT'],
    stop: ['ok', 'IDLE'],
    pause: ['ok', 'PAUSED'],
    resume: ['ENGINE_NOT_PAUSED', 'SIGNAL_WAIT'],
    emergencyStop: ['waits', 'EMERGENCY'],
    reset: ['NOTHING_TO_RESET', 'SIGNAL_WAIT'],
    retry: ['ENGINE_NOT_IN_ERROR', 'SIGNAL_WAIT'],
    closePosition: ['POSITION_UNKNOWN', 'SIGNAL_WAIT'],
    cancelOrder: ['ORDER_UNKNOWN', 'SIGNAL_WAIT'],
    adopt: ['FOREIGN_UNKNOWN', 'SIGNAL_WAIT'],
    ignore: ['FOREIGN_UNKNOWN', 'SIGNAL_WAIT'],
  },
  EXECUTION: {
    start: [RUNNING, 'EXECUTION'],
    stop: ['waits', 'EXECUTION'],
    pause: ['waits', 'EXECUTION'],
    resume: ['ENGINE_NOT_PAUSED', 'EXECUTION'],
    emergencyStop: ['waits', 'EMERGENCY'],
    reset: ['NOTHING_TO_RESET', 'EXECUTION'],
    retry: ['ENGINE_NOT_IN_ERROR', 'EXECUTION'],
    closePosition: ['POSITION_UNKNOWN', 'EXECUTION'],
    cancelOrder: ['waits', 'EXECUTION'],
    adopt: ['FOREIGN_UNKNOWN', 'EXECUTION'],
    ignore: ['FOREIGN_UNKNOWN', 'EXECUTION'],
  },
  MANAGING: {
    start: [RUNNING, 'MANAGING'],
    stop: ['ok', 'IDLE'],
    pause: ['ok', 'PAUSED'],
    resume: ['ENGINE_NOT_PAUSED', 'MANAGING'],
    emergencyStop: ['waits', 'EMERGENCY'],
    reset: ['NOTHING_TO_RESET', 'MANAGING'],
    retry: ['ENGINE_NOT_IN_ERROR', 'MANAGING'],
    closePosition: ['waits', 'MANAGING'],
    cancelOrder: ['ORDER_UNKNOWN', 'MANAGING'],
    adopt: ['FOREIGN_UNKNOWN', 'MANAGING'],
    ignore: ['FOREIGN_UNKNOWN', 'MANAGING'],
  },
  PAUSED: {
    start: [RUNNING, 'PAUSED'],
    stop: ['ok', 'IDLE'],
    pause: ['ok', 'PAUSED'],
    resume: ['ok', 'SCANNING'],
    emergencyStop: ['waits', 'EMERGENCY'],
    reset: ['NOTHING_TO_RESET', 'PAUSED'],
    retry: ['ENGINE_NOT_IN_ERROR', 'PAUSED'],
    closePosition: ['POSITION_UNKNOWN', 'PAUSED'],
    cancelOrder: ['ORDER_UNKNOWN', 'PAUSED'],
    adopt: ['FOREIGN_UNKNOWN', 'PAUSED'],
    ignore: ['FOREIGN_UNKNOWN', 'PAUSED'],
  },
  ERROR: {
    start: [RUNNING, 'ERROR'],
    stop: ['ok', 'IDLE'],
    pause: ['ENGINE_NOT_RUNNING', 'ERROR'],
    resume: ['ENGINE_NOT_PAUSED', 'ERROR'],
    emergencyStop: ['waits', 'EMERGENCY'],
    reset: ['NOTHING_TO_RESET', 'ERROR'],
    retry: ['ok', 'SIGNAL_WAIT'],
    closePosition: ['POSITION_UNKNOWN', 'ERROR'],
    cancelOrder: ['ORDER_UNKNOWN', 'ERROR'],
    adopt: ['FOREIGN_UNKNOWN', 'ERROR'],
    ignore: ['FOREIGN_UNKNOWN', 'ERROR'],
  },
  EMERGENCY: {
    start: [RUNNING, 'EMERGENCY'],
    stop: ['EMERGENCY_IN_PROGRESS', 'EMERGENCY'],
    pause: ['EMERGENCY_IN_PROGRESS', 'EMERGENCY'],
    resume: ['ENGINE_NOT_PAUSED', 'EMERGENCY'],
    emergencyStop: ['waits', 'EMERGENCY'],
    reset: ['EMERGENCY_IN_PROGRESS', 'EMERGENCY'],
    retry: ['ENGINE_NOT_IN_ERROR', 'EMERGENCY'],
    closePosition: ['EMERGENCY_IN_PROGRESS', 'EMERGENCY'],
    cancelOrder: ['EMERGENCY_IN_PROGRESS', 'EMERGENCY'],
    adopt: ['FOREIGN_UNKNOWN', 'EMERGENCY'],
    ignore: ['FOREIGN_UNKNOWN', 'EMERGENCY'],
  },
  STOPPED: {
    start: ['EMERGENCY_LATCHED', 'STOPPED'],
    stop: ['ENGINE_NOT_RUNNING', 'STOPPED'],
    pause: ['ENGINE_NOT_RUNNING', 'STOPPED'],
    resume: ['ENGINE_NOT_RUNNING', 'STOPPED'],
    emergencyStop: ['waits', 'EMERGENCY'],
    reset: ['ok', 'IDLE'],
    retry: ['ENGINE_NOT_IN_ERROR', 'STOPPED'],
    closePosition: ['POSITION_UNKNOWN', 'STOPPED'],
    cancelOrder: ['ORDER_UNKNOWN', 'STOPPED'],
    adopt: ['FOREIGN_UNKNOWN', 'STOPPED'],
    ignore: ['FOREIGN_UNKNOWN', 'STOPPED'],
  },
};

function give(rig: Rig, name: CommandName): number {
  switch (name) {
    case 'start':
      return rig.start();
    case 'stop':
      return rig.stop();
    case 'pause':
      return rig.pause();
    case 'resume':
      return rig.resume();
    case 'emergencyStop':
      return rig.panic();
    case 'reset':
      return rig.reset();
    case 'retry':
      return rig.retry();
    case 'closePosition':
      return rig.closePosition(1);
    case 'cancelOrder':
      return rig.cancelOrder(1);
    case 'adopt':
      return rig.adopt();
    case 'ignore':
      return rig.ignore();
  }
}

const STATES = Object.keys(TABLE) as RestingState[];
const COMMANDS = Object.keys(TABLE.IDLE) as CommandName[];

for (const state of STATES) {
  it(`an operator's command in ${state} does what is documented, or says why not and changes nothing`, () => {
    for (const name of COMMANDS) {
      const rig = inState[state]();
      assert.equal(rig.state, state);
      const before = rig.outputs.length;
      const view = rig.engine.commands().find((c) => c.command === name);
      const [answer, after] = TABLE[state][name];
      const id = give(rig, name);
      assert.deepEqual([rig.answer(id), rig.state], [answer, after], `${name} in ${state}`);
      const refused = answer !== 'ok' && answer !== 'waits';
      assert.equal(view?.allowed, !refused, `the list of commands tells the same of ${name} in ${state}`);
      assert.equal(view?.reason === '', !refused);
      if (refused) {
        assert.equal(rig.outputs.length, before + 1, 'a refused command does nothing but answer');
        assert.ok((rig.replyTo(id)?.error?.message.length ?? 0) > 10, 'in words');
      }
    }
  });
}

it('a start passes IDLE, INITIALIZING, SCANNING, is answered once it trades, and is recorded with who asked', () => {
  const rig = new Rig();
  const id = rig.start();
  assert.equal(rig.answer(id), 'waits');
  assert.equal(rig.submitted().length, 0);
  rig.ready();
  assert.equal(rig.answer(id), 'ok');
  assert.match(rig.replyTo(id)?.message ?? '', /permissive.*paper/);
  assert.deepEqual(rig.passed(), ['INITIALIZING', 'SCANNING']);
  assert.deepEqual(
    rig.engine.transitions().map((t) => [t.seq, t.by]),
    [
      [1, 'tester'],
      [2, 'tester'],
    ],
  );
});

it('a start at a venue without instruments is refused and leaves the engine idle', () => {
  const rig = new Rig({ instruments: [] });
  assert.equal(rig.answer(rig.start()), 'START_FAILED');
  assert.equal(rig.state, 'IDLE');
});

it('a stop passes STOPPED and ends in IDLE', () => {
  const rig = new Rig().boot();
  rig.stop();
  assert.deepEqual(rig.passed().slice(-2), ['STOPPED', 'IDLE']);
});

it('a stop during the warm-up tells the start that it was overtaken', () => {
  const rig = new Rig();
  const start = rig.start();
  const stop = rig.stop();
  assert.deepEqual([rig.answer(start), rig.answer(stop), rig.state], ['SUPERSEDED', 'ok', 'IDLE']);
});

it('a fault during the warm-up tells the start that it failed', () => {
  const rig = new Rig();
  const start = rig.start();
  rig.give({ kind: 'fault', reason: 'no candles' });
  assert.deepEqual([rig.answer(start), rig.state], ['START_FAILED', 'ERROR']);
  assert.match(rig.replyTo(start)?.message ?? '', /no candles/);
});

it('a fault before anything was started can be retried, and the engine can then be started', () => {
  const rig = new Rig();
  rig.give({ kind: 'fault', reason: 'no network' });
  assert.equal(rig.state, 'ERROR');
  assert.equal(rig.answer(rig.retry()), 'ok');
  assert.equal(rig.state, 'IDLE', 'there is nothing to trade with yet');
  assert.equal(rig.answer(rig.start()), 'waits');
});

it('a retry with a position open goes to MANAGING, never back to entering first', () => {
  const rig = new Rig({ preset: { risk: { max_open_positions: 1 } } }).boot();
  rig.hold();
  rig.give({ kind: 'fault', reason: 'x' });
  const from = rig.passed().length;
  rig.retry();
  assert.equal(rig.passed()[from], 'MANAGING');
});

it('a new account over open positions is refused: they would be forgotten', () => {
  const rig = new Rig().boot();
  rig.hold();
  rig.stop();
  assert.equal(rig.state, 'IDLE');
  assert.equal(rig.answer(rig.start('fresh')), 'POSITIONS_OPEN');
  assert.equal(rig.engine.positions().length, 1);
});

it('going on with another preset over open positions is refused: they would be forgotten', () => {
  const rig = new Rig().boot();
  rig.hold();
  rig.stop();
  const other = new Rig({ preset: { name: 'other' } }).preset;
  assert.equal(rig.answer(rig.start('continue', other)), 'POSITIONS_OPEN');
  assert.equal(rig.engine.positions().length, 1);
});

it('going on with the account keeps its positions, trades and equity, and manages them again', () => {
  const rig = new Rig({ preset: { risk: { max_open_positions: 1 } } }).boot();
  const { stop } = rig.hold();
  rig.stop();
  const id = rig.start('continue');
  rig.give({ kind: 'ready' });
  assert.equal(rig.answer(id), 'ok');
  assert.equal(rig.state, 'MANAGING');
  assert.equal(rig.engine.positions().length, 1);
  rig.fill(stop, { price: '100.44' });
  assert.equal(rig.trades().length, 1);
  assert.equal(rig.trades()[0]?.exitReason, 'stop');
});
