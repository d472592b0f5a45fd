/** Streams of an exchange that are kept open: in batches where it takes several symbols at once, again after each failure. */
import { backOff, type Millis } from '../../market/time.ts';
import { type StreamState, StreamWatch, together } from './stream-watch.ts';
import { pause, type Timer } from './time.ts';

export interface StreamOptions {
  readonly timer: Timer;
  readonly symbols: readonly string[];
  /** 1 where the exchange takes one symbol at a time. */
  readonly batch: number;
  /** Resolves each time that something has come for any of them. */
  readonly watch: (symbols: readonly string[]) => Promise<unknown>;
  readonly failed: (error: unknown) => void;
  readonly signal: AbortSignal;
}

const RETRY = { first: 500, most: 30_000 } as const;

/** Some take no more names in one request to subscribe. */
export const BATCH = 10;

interface Batch {
  readonly symbols: readonly string[];
  readonly watch: StreamWatch;
}

export class Streams {
  readonly #options: StreamOptions;
  readonly #batches: Batch[] = [];
  readonly #of = new Map<string, Batch>();

  constructor(options: StreamOptions) {
    this.#options = options;
    for (let i = 0; i < options.symbols.length; i += options.batch) {
      const symbols = options.symbols.slice(i, i + options.batch);
      const batch: Batch = { symbols, watch: new StreamWatch(options.timer) };
      this.#batches.push(batch);
      for (const symbol of symbols) this.#of.set(symbol, batch);
    }
  }

  /** Ends when the signal does. */
  async run(): Promise<void> {
    await Promise.all(this.#batches.map((batch) => this.#keep(batch)));
  }

  /** When anything was heard last, by the even clock; null before. */
  get heardAt(): Millis | null {
    return this.#batches.reduce<Millis | null>(
      (last, { watch: { heardAt } }) =>
        heardAt === null || (last !== null && last > heardAt) ? last : heardAt,
      null,
    );
  }

  /** When anything was heard last on the stream of a symbol. */
  heardOf(symbol: string): Millis | null {
    return this.#of.get(symbol)?.watch.heardAt ?? null;
  }

  /** Whether they are up. */
  state(name: string): StreamState {
    return together(
      name,
      this.#batches.map(({ watch }) => watch),
    );
  }

  /** The stream of a symbol failed at or after that time, by the even clock, or has not begun: what it shows may be old. */
  brokenSince(symbol: string, since: Millis): boolean {
    const batch = this.#of.get(symbol);
    if (batch === undefined || batch.watch.heardAt === null) return true;
    const { failedAt } = batch.watch;
    return failedAt !== null && failedAt >= since;
  }

  async #keep(batch: Batch): Promise<void> {
    const { timer, watch, failed, signal } = this.#options;
    let tries = 0;
    while (!signal.aborted) {
      try {
        await watch(batch.symbols);
        if (signal.aborted) return;
        tries = 0;
        batch.watch.heard();
      } catch (error) {
        if (signal.aborted) return;
        const wait = backOff(RETRY.first, RETRY.most, tries);
        batch.watch.failed(error, wait);
        failed(error);
        await pause(timer, wait, signal);
        tries += 1;
        batch.watch.tries();
      }
    }
  }
}
