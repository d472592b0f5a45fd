/** What could not be written while a log's file or pipe was out of order. Told once at its begin and once at its end. */
export interface Outage {
  readonly reason: string;
  /** Epoch ms. */
  readonly since: number;
  readonly dropped: number;
}

export class OutageWatch {
  readonly #what: string;
  readonly #complain: (text: string) => void;
  readonly #now: () => number;
  #outage: Outage | null = null;

  /** @param what "the log file", for the complaint. */
  constructor(what: string, complain: (text: string) => void, now: () => number = Date.now) {
    this.#what = what;
    this.#complain = complain;
    this.#now = now;
  }

  /** The one under way. */
  get current(): Outage | null {
    return this.#outage;
  }

  /** A line was lost. */
  lost(error: unknown): void {
    if (this.#outage) {
      this.#outage = { ...this.#outage, dropped: this.#outage.dropped + 1 };
      return;
    }
    const reason = error instanceof Error ? error.message : String(error);
    this.#outage = { reason, since: this.#now(), dropped: 1 };
    this.#complain(`${this.#what} cannot be written: ${reason}; its lines are lost until it can`);
  }

  /** A line went through again. */
  over(): void {
    if (!this.#outage) return;
    const { dropped } = this.#outage;
    this.#outage = null;
    this.#complain(`${this.#what} is written again; lines lost: ${dropped}`);
  }
}
