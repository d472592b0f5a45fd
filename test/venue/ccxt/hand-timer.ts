import type { Timer } from '../../../src/venue/ccxt/time.ts';

/** Time that passes when it is told to. */
export class HandTimer implements Timer {
  #now = 1_000;
  readonly #due: { at: number; run: () => void }[] = [];

  steady(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const entry = { at: this.#now + ms, run };
    this.#due.push(entry);
    return () => {
      const i = this.#due.indexOf(entry);
      if (i >= 0) this.#due.splice(i, 1);
    };
  }

  /** That time is over before anything could run. */
  stall(ms: number): void {
    this.#now += ms;
  }

  /** Lets that time pass; what is due runs in its order, and what waits for that has run too. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settled();
    }
    this.#now = end;
  }
}

/** All that was ready to run has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
