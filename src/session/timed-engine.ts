import { Engine } from '../engine/engine.ts';
import type { Input } from '../engine/input.ts';
import type { Output } from '../engine/output.ts';

/** An engine whose decisions are timed: from the candles of one close time to what is to be done about them. */
export class TimedEngine extends Engine {
  readonly #measured: (ms: number) => void;

  constructor(measured: (ms: number) => void) {
    super();
    this.#measured = measured;
  }

  override apply(input: Input): readonly Output[] {
    if (input.kind !== 'bars' || input.phase === 'history') return super.apply(input);
    const before = performance.now();
    const outputs = super.apply(input);
    this.#measured(performance.now() - before);
    return outputs;
  }
}
