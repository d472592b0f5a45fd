/** Leads an engine along recorded inputs and holds every output against the recorded one. */
import type { Engine } from '../../engine/engine.ts';
import type { Input } from '../../engine/input.ts';
import type { Output } from '../../engine/output.ts';
import { point } from '../../faults/point.ts';
import type { Millis } from '../../market/time.ts';

/** One recorded step: an input, and what came out of the engine then, as the journal writes it. */
export interface RecordedStep {
  readonly seq: number;
  readonly input: Input;
  readonly outputsText: string;
  readonly wallAt: Millis;
}

export interface Difference {
  readonly seq: number;
  readonly input: Input;
  readonly recorded: string;
  readonly now: string;
}

export interface Retraced {
  /** Steps applied, the one that differs included. */
  readonly steps: number;
  /** Ordinal of the last step applied; `from` when there was none. */
  readonly seq: number;
  readonly difference: Difference | null;
}

export interface RetraceOptions {
  readonly engine: Pick<Engine, 'apply'>;
  readonly steps: Iterable<RecordedStep>;
  /** Ordinal that the engine has come to. */
  readonly from: number;
  /** How the journal writes outputs. */
  readonly write: (outputs: readonly Output[]) => string;
  /** `stop` at the first difference, or go on to the end and report the first. */
  readonly onDifference: 'stop' | 'go on';
  /** False ends the walk before this step. */
  readonly until?: (step: RecordedStep) => boolean;
  readonly seen?: (step: RecordedStep, outputs: readonly Output[]) => void;
}

export function retrace(options: RetraceOptions): Retraced {
  const { engine, until, seen, write } = options;
  let steps = 0;
  let seq = options.from;
  let difference: Difference | null = null;
  for (const step of options.steps) {
    if (until !== undefined && !until(step)) break;
    const outputs = engine.apply(step.input);
    steps += 1;
    seq = step.seq;
    const now = write(outputs);
    if (now !== step.outputsText && difference === null) {
      difference = { seq: step.seq, input: step.input, recorded: step.outputsText, now };
      if (options.onDifference === 'stop') break;
    }
    seen?.(step, outputs);
    FAULT: point({ place: 'recovery.retraced' });
  }
  return { steps, seq, difference };
}
