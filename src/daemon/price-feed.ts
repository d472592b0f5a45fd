/**
 * Prices for those who asked for them: every 100 ms each gets what has changed since its last line, when its socket
 * takes it. Nobody waits for prices and nothing of them is queued: who does not read finds the newest later.
 */
import type { PricesNotification } from '../protocol/events.ts';
import type { PriceBoard } from '../session/price-board.ts';

export const PRICE_INTERVAL_MS = 100;

export interface PriceSink {
  /** False while what was written waits for the other side to read. */
  readonly ready: boolean;
  write(line: string): void;
}

interface Subscriber {
  readonly subscription: number;
  /** null = all. */
  readonly symbols: ReadonlySet<string> | null;
  readonly sink: PriceSink;
  /** Of the board, when it was last looked at for this one. */
  revision: number;
}

export class PriceFeed {
  readonly #board: PriceBoard;
  readonly #subscribers = new Set<Subscriber>();
  #timer: NodeJS.Timeout | null = null;

  constructor(board: PriceBoard) {
    this.#board = board;
  }

  /** Begins with all prices there are, within the interval. @returns what ends it. */
  add(subscription: number, symbols: ReadonlySet<string> | null, sink: PriceSink): () => void {
    const subscriber = { subscription, symbols, sink, revision: 0 };
    this.#subscribers.add(subscriber);
    this.#timer ??= setInterval(() => this.#send(), PRICE_INTERVAL_MS).unref();
    return () => {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  #send(): void {
    const { revision } = this.#board;
    // Most ask for all symbols and have seen the same: their text is made once.
    const made = new Map<number, string | null>();
    for (const subscriber of this.#subscribers) {
      const from = subscriber.revision;
      if (from === revision || !subscriber.sink.ready) continue;
      subscriber.revision = revision;
      let text = subscriber.symbols === null ? made.get(from) : undefined;
      if (text === undefined) {
        text = this.#textSince(from, subscriber.symbols);
        if (subscriber.symbols === null) made.set(from, text);
      }
      if (text === null) continue;
      subscriber.sink.write(
        `{"jsonrpc":"2.0","method":"prices","params":{"subscription":${subscriber.subscription},${text}}\n`,
      );
    }
  }

  /** The params but for the subscription before them; null when nothing has changed. */
  #textSince(revision: number, symbols: ReadonlySet<string> | null): string | null {
    const changed: Omit<PricesNotification, 'subscription'> | null = this.#board.since(revision, symbols);
    return changed === null ? null : JSON.stringify(changed).slice(1);
  }
}
