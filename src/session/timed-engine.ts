import { Engine } from '../engine/engine.ts';
import type { Input } from '../engine/input.ts';
import type { Output } from '../engine/output.ts';

/** An engine whose decisions are timed: from the candles of one close time to what is to be done about them. */
export class TimedEngine extends Engine {
  readonly #measured: (ms: number) => void;
  #broken = false;

  constructor(measured: (ms: number) => void) {
    super();
    this.#measured = measured;
  }

  /** It threw in the middle of an input: its state is no state that inputs lead to. */
  get broken(): boolean {
    return this.#broken;
  }

  override apply(input: Input): readonly Output[] {
    const before = performance.now();
    let done = false;
    try {
      const outputs = super.apply(input);
      done = true;
      if (input.kind === 'bars' && input.phase !== 'history') this.#measured(performance.now() - before);
      return outputs;
    } finally {
      if (!done) this.#broken = true;
    }
  }
}
