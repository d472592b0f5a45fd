import { type LogLine, type LogRecord, publicLine } from './log-line.ts';

export interface HeldLine extends LogLine {
  /** Rises by one with each line of a daemon's life. */
  readonly seq: number;
}

const MAX_LINES = 5_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** Lines given up are cut off together: moving thousands for each new one would cost more than they hold. */
const CUT_EVERY = 1_024;

interface Held {
  readonly seq: number;
  readonly bytes: number;
  readonly record: LogRecord;
}

/** The newest lines, in memory: there is no file to read under a supervisor that keeps the log itself. */
export class LogRing {
  readonly #maxLines: number;
  readonly #maxBytes: number;
  readonly #listeners = new Set<() => void>();
  #held: Held[] = [];
  /** Index of the oldest in `#held`: what is before it has been given up and not yet cut off. */
  #first = 0;
  #bytes = 0;
  #seq = 0;

  constructor(maxLines = MAX_LINES, maxBytes = MAX_BYTES) {
    this.#maxLines = maxLines;
    this.#maxBytes = maxBytes;
  }

  /** Number of the newest line; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Number of the oldest line still held; one more than `seq` when there is none. */
  get oldest(): number {
    return this.#held[this.#first]?.seq ?? this.#seq + 1;
  }

  /** @param bytes what it takes as JSON. */
  add(record: LogRecord, bytes: number): void {
    this.#seq += 1;
    this.#held.push({ seq: this.#seq, bytes, record });
    this.#bytes += bytes;
    while (this.#held.length - this.#first > this.#maxLines || this.#bytes > this.#maxBytes) {
      this.#bytes -= this.#held[this.#first]?.bytes ?? 0;
      this.#first += 1;
    }
    if (this.#first >= CUT_EVERY) {
      this.#held = this.#held.slice(this.#first);
      this.#first = 0;
    }
    for (const listener of this.#listeners) listener();
  }

  /** The newest `limit` lines that fit, the oldest of them first. */
  newest(limit: number, fits: (record: LogRecord) => boolean): HeldLine[] {
    const found: HeldLine[] = [];
    for (let i = this.#held.length - 1; i >= this.#first && found.length < limit; i -= 1) {
      const held = this.#held[i];
      if (held && fits(held.record)) found.push({ seq: held.seq, ...publicLine(held.record) });
    }
    return found.reverse();
  }

  /** The first `limit` lines after a number that fit, in order, and the number up to which all have been looked at. */
  following(
    after: number,
    limit: number,
    fits: (record: LogRecord) => boolean,
  ): { lines: HeldLine[]; upTo: number } {
    const lines: HeldLine[] = [];
    for (let i = this.#first + Math.max(0, after - this.oldest + 1); i < this.#held.length; i += 1) {
      const held = this.#held[i];
      if (!held || !fits(held.record)) continue;
      lines.push({ seq: held.seq, ...publicLine(held.record) });
      if (lines.length === limit) return { lines, upTo: held.seq };
    }
    return { lines, upTo: this.#seq };
  }

  /** @returns what ends the listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
