/** What a measurement came to: its value, or why there is none. */
export type Measured<T> = { readonly value: T } | { readonly value: null; readonly reason: string };

/**
 * A measurement that asks the system and takes time: made again and again in the background, never twice at once,
 * and answered from what it last found.
 */
export class Refreshed<T> {
  readonly #measure: () => Promise<T>;
  readonly #staleMs: number;
  #latest: Measured<T> = { value: null, reason: 'not measured yet' };
  /** Monotonic milliseconds. */
  #measuredAt = performance.now();
  #running: Promise<void> | null = null;

  /** @param staleMs what is older than this is no answer any more: the system does not reply. */
  constructor(measure: () => Promise<T>, staleMs: number) {
    this.#measure = measure;
    this.#staleMs = staleMs;
  }

  /** Resolves once measured, whatever came of it; while a measurement is under way, with that one. */
  refresh(): Promise<void> {
    this.#running ??= this.#once().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  read(): Measured<T> {
    const age = performance.now() - this.#measuredAt;
    if (age <= this.#staleMs) return this.#latest;
    return { value: null, reason: `the system has not answered for ${Math.round(age / 1000)} s` };
  }

  async #once(): Promise<void> {
    try {
      this.#latest = { value: await this.#measure() };
    } catch (error) {
      // Told by its code: the text has paths in it, and this goes to clients.
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown failure';
      this.#latest = { value: null, reason: `the system refuses: ${code}` };
    }
    this.#measuredAt = performance.now();
  }
}
