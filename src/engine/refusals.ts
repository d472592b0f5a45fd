/** What each command is refused for, by the engine's state and latches. One place for `apply` and `commands`. */
import type { Preset } from '../config/preset.ts';
import type { VenueFacts } from './facts.ts';
import type { Foreign } from './foreign.ts';
import type { Command, CommandName } from './input.ts';
import type { Latches } from './latches.ts';
import type { Refusal } from './refusal.ts';
import type { Run } from './run.ts';
import type { EngineState } from './state.ts';

/** What the answer depends on. */
export interface ControlFacts {
  readonly machine: { readonly state: EngineState };
  readonly latches: Latches;
  readonly foreign: Foreign;
  readonly facts: VenueFacts | null;
  readonly run: Run | null;
  readonly stopping: object | null;
}

const IN_PANIC: Refusal = {
  code: 'EMERGENCY_IN_PROGRESS',
  message: 'an emergency stop is closing everything; wait until it is verified flat',
};

const STOPPING: Refusal = { code: 'STOP_IN_PROGRESS', message: 'a stop is already under way' };

const NOT_RUNNING: Refusal = { code: 'ENGINE_NOT_RUNNING', message: 'the engine is not running' };

/** Why the command would change nothing, or null when it may go on. */
export function refusalOf(controls: ControlFacts, command: Command): Refusal | null {
  const general = refusalByName(controls, command.name);
  if (command.name === 'stop' && !command.flatten && controls.machine.state === 'IDLE') return NOT_RUNNING;
  // Whether there is no such order, or one that belongs to a position, is told by the order itself.
  if (command.name === 'cancelOrder' && general?.code === 'ORDER_UNKNOWN' && controls.run !== null)
    return null;
  if (command.name === 'adopt' || command.name === 'ignore')
    return (
      general ??
      controls.foreign.refusalOfDecision(
        command.symbol,
        command.name,
        controls.run?.markets ?? controls.facts?.markets ?? null,
      )
    );
  if (general !== null || command.name !== 'start') return general;
  if (controls.facts === null || controls.facts.markets.length === 0) {
    return { code: 'START_FAILED', message: 'the venue has no instruments' };
  }
  const { run } = controls;
  if (run === null || run.desk.size === 0) return null;
  if (command.account === 'fresh') {
    return {
      code: 'POSITIONS_OPEN',
      message: 'positions of the last session are still open: continue it, or close them first',
    };
  }
  if (command.account === 'continue' && !samePreset(run.preset, command.preset)) {
    return {
      code: 'POSITIONS_OPEN',
      message: `positions of the last session are still open under preset '${run.preset.name}': continue with it as it was, or close them first`,
    };
  }
  return null;
}

/** Whether two presets say the same in every parameter. */
export function samePreset(a: Preset, b: Preset): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function refusalByName(controls: ControlFacts, name: CommandName): Refusal | null {
  const { state } = controls.machine;
  const { halt } = controls.latches;
  const idle = state === 'IDLE' || state === 'STOPPED';
  switch (name) {
    case 'start':
      if (halt?.rule === 'panic' && idle) {
        return {
          code: 'EMERGENCY_LATCHED',
          message: `an emergency stop is latched (${halt.reason}): reset it with a reason first`,
        };
      }
      if (state === 'STOPPED' && halt !== null) {
        return {
          code: 'ENGINE_HALTED',
          message: `halted by ${halt.rule} (${halt.reason}): reset it with a reason first`,
        };
      }
      if (state === 'IDLE' && controls.stopping !== null) return STOPPING;
      return state === 'IDLE'
        ? controls.foreign.refusalOfStart()
        : { code: 'ENGINE_ALREADY_RUNNING', message: `the engine is already running (${state})` };
    case 'stop':
      // What an earlier stop left open can still be closed: `stop --flatten`.
      if (idle && (state === 'STOPPED' || (controls.run?.desk.size ?? 0) === 0)) return NOT_RUNNING;
      if (state === 'EMERGENCY') return IN_PANIC;
      return controls.stopping === null ? null : STOPPING;
    case 'pause':
      if (idle || state === 'ERROR')
        return { code: 'ENGINE_NOT_RUNNING', message: `the engine is not running (${state})` };
      return state === 'EMERGENCY' ? IN_PANIC : null;
    case 'resume':
      if (idle) return NOT_RUNNING;
      if (controls.latches.pause === null) {
        if (halt !== null && state === 'PAUSED') {
          return {
            code: 'ENGINE_HALTED',
            message: `halted by ${halt.rule} (${halt.reason}), not paused: ${lifting(halt.release)}`,
          };
        }
        return { code: 'ENGINE_NOT_PAUSED', message: `the engine is not paused (${state})` };
      }
      if (state === 'EMERGENCY') return IN_PANIC;
      return controls.stopping === null ? controls.foreign.refusalOfStart() : STOPPING;
    case 'emergencyStop':
      return null;
    case 'reset':
      if (state === 'EMERGENCY') return IN_PANIC;
      return halt === null ? { code: 'NOTHING_TO_RESET', message: 'nothing is halted or latched' } : null;
    case 'closePosition':
      if (state === 'EMERGENCY') return IN_PANIC;
      return (controls.run?.desk.positions ?? 0) > 0
        ? null
        : { code: 'POSITION_UNKNOWN', message: 'no position is open' };
    case 'cancelOrder':
      if (state === 'EMERGENCY') return IN_PANIC;
      return (controls.run?.desk.entriesPending ?? 0) > 0
        ? null
        : { code: 'ORDER_UNKNOWN', message: 'no entry order is out' };
    case 'adopt':
    case 'ignore':
      return controls.foreign.list().length > 0
        ? null
        : { code: 'FOREIGN_UNKNOWN', message: 'nothing is known at the venue that the bot did not make' };
    case 'retry':
      return state === 'ERROR'
        ? null
        : { code: 'ENGINE_NOT_IN_ERROR', message: `the engine is not in ERROR (${state})` };
  }
}

function lifting(release: 'manual' | 'next_utc_day'): string {
  return release === 'manual'
    ? 'reset it with a reason'
    : 'it lifts on the next UTC day, or reset it with a reason';
}
