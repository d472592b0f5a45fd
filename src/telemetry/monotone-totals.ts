/**
 * Counters that begin again at zero now and then (each session counts for itself), summed up to totals that never
 * run backwards. A total is exact when the counters are looked at right before and right after they begin again.
 */
export class MonotoneTotals<Name extends string> {
  readonly #totals: Record<Name, number>;
  readonly #last: Record<Name, number>;
  readonly #names: readonly Name[];

  /** @param zero every counter, at zero. */
  constructor(zero: Readonly<Record<Name, 0>>, names: readonly Name[]) {
    this.#names = names;
    this.#totals = { ...zero };
    this.#last = { ...zero };
  }

  look(counters: Readonly<Record<Name, number>>): void {
    for (const name of this.#names) {
      const now = counters[name];
      const last = this.#last[name];
      this.#totals[name] += now >= last ? now - last : now;
      this.#last[name] = now;
    }
  }

  get totals(): Readonly<Record<Name, number>> {
    return this.#totals;
  }
}
