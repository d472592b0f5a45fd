/** The framing of the control socket: one JSON value per line, UTF-8, at most 1 MiB with its line feed. */

export const MAX_LINE_BYTES = 1024 * 1024;

/** Answers are ours and may be longer: a session's trades come in one. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Arrays and objects within each other that a request may hold; the deepest of the table needs four, a batch one more. */
export const MAX_DEPTH = 32;

const LINE_FEED = 0x0a;

/** Pieces of one line that are held apart. */
const MAX_PARTS = 1024;

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
    // A line that dribbles in byte by byte must not cost an object for each of them.
    if (this.#parts.length >= MAX_PARTS) this.#parts = [Buffer.concat(this.#parts)];
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A line nests arrays and objects deeper than a reader should have to follow. */
export class TooDeep extends Error {
  override readonly name = 'TooDeep';
}

/**
 * @param maxDepth what the line may nest; looked at before anything is made of it.
 * @throws SyntaxError for what is not JSON, TypeError for what is not UTF-8, TooDeep.
 */
export function parseLine(line: Buffer, maxDepth = Number.POSITIVE_INFINITY): unknown {
  if (line.length > maxDepth && isDeeper(line, maxDepth)) {
    throw new TooDeep(`the line nests arrays and objects more than ${maxDepth} deep`);
  }
  return JSON.parse(utf8.decode(line));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Square and curly brackets differ in this bit alone. */
const CURLY = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** Counts brackets outside of texts. UTF-8 has no such byte within another symbol. */
function isDeeper(line: Buffer, max: number): boolean {
  let depth = 0;
  let inText = false;
  for (let i = 0; i < line.length; i++) {
    const byte = line[i] ?? 0;
    if (inText) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if ((byte | CURLY) === OPENING) {
      depth += 1;
      if (depth > max) return true;
    } else if ((byte | CURLY) === CLOSING) depth -= 1;
  }
  return false;
}

export function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
