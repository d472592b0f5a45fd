/** The framing of the control socket: one JSON value per line, UTF-8, at most 1 MiB with its line feed. */

export const MAX_LINE_BYTES = 1024 * 1024;

/** Answers are ours and may be longer: a session's trades come in one. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const LINE_FEED = 0x0a;

/** The other side sent a line over the limit: the stream cannot be trusted any further. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';

  constructor(limit: number) {
    super(`a line is longer than ${limit} bytes`);
  }
}

/** Cuts a byte stream into lines. Lines are bytes still, so that bad UTF-8 is the reader's to report. */
export class LineSplitter {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(limit = MAX_LINE_BYTES) {
    this.#limit = limit;
  }

  /** Bytes of a line that has begun and not ended. */
  get pending(): number {
    return this.#bytes;
  }

  /**
   * The lines that `chunk` completes, without their line feed; empty lines are passed over.
   * @throws LineTooLong once a line is over the limit, whether or not its end has come.
   */
  *push(chunk: Buffer): Generator<Buffer, void, void> {
    let rest = chunk;
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      this.#take(rest.subarray(0, end), 1);
      const line = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
      this.#parts = [];
      this.#bytes = 0;
      rest = rest.subarray(end + 1);
      if (line !== undefined && line.length > 0) yield line;
    }
    if (rest.length > 0) this.#take(rest, 0);
  }

  #take(part: Buffer, terminator: number): void {
    this.#bytes += part.length;
    if (this.#bytes + terminator > this.#limit) throw new LineTooLong(this.#limit);
    this.#parts.push(part);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws SyntaxError for what is not JSON, TypeError for what is not UTF-8. */
export function parseLine(line: Buffer): unknown {
  return JSON.parse(utf8.decode(line));
}

export function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
