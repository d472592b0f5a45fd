/** Timers that go by an emulated exchange's time, which stands still until it is told to pass. */
import type { Emulator } from '../../../scripts/exchange-emulator/emulator.ts';
import type { Timer } from '../../../src/venue/ccxt/time.ts';

export class EmulatedTimer implements Timer {
  readonly #control: Emulator['control'];
  readonly #due: { readonly at: number; readonly run: () => void }[] = [];

  constructor(control: Emulator['control']) {
    this.#control = control;
  }

  steady(): number {
    return this.#control.now();
  }

  after(ms: number, run: () => void): () => void {
    const entry = { at: this.steady() + ms, run };
    this.#due.push(entry);
    return () => {
      const i = this.#due.indexOf(entry);
      if (i >= 0) this.#due.splice(i, 1);
    };
  }

  fire(): void {
    const now = this.steady();
    for (const entry of this.#due.filter(({ at }) => at <= now)) {
      const i = this.#due.indexOf(entry);
      if (i < 0) continue;
      this.#due.splice(i, 1);
      entry.run();
    }
  }
}

/** The promise's value, while something goes on until it is there. */
export async function meanwhile<T>(promise: Promise<T>, goOn: () => void): Promise<T> {
  const beat = setInterval(goOn, 5);
  try {
    return await promise;
  } finally {
    clearInterval(beat);
  }
}
