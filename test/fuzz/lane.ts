/** One connection of the campaign: it sends hostile lines and holds every answer against what was due. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { LineSplitter } from '../../src/protocol/framing.ts';
import { complaint, type Expectation } from './oracle.ts';

/** What must never reach a client: paths of this machine, stacks, names of sources. */
const LEAK = /\/(?:home|work|tmp|root|usr|proc)\/|node:[a-z]|file:\/\/|\.[jt]s:\d|\\n {4}at |node_modules/;

const PATIENCE_MS = 20_000;

/** An answer that was wrong, missing or too many; says what was sent and what came. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}

interface Due {
  readonly expected: Expectation;
  readonly line: Buffer;
}

export class Lane {
  /** Answers by what they were: `result` or the code of the error. */
  readonly outcomes = new Map<string, number>();
  readonly #socket: Socket;
  readonly #due = new Map<string, Due[]>();
  #outstanding = 0;
  #failure: Complaint | null = null;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const splitter = new LineSplitter(Number.POSITIVE_INFINITY);
    socket.on('data', (chunk) => {
      for (const line of splitter.push(chunk)) this.#receive(line);
      this.#wake();
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#fail('the daemon closed the connection'));
  }

  static async open(socketPath: string): Promise<Lane> {
    const socket = connect(socketPath);
    await once(socket, 'connect');
    return new Lane(socket);
  }

  /**
   * Sends the lines, cut into pieces at the shares given, and resolves when each has been answered as it is due.
   * @throws Complaint
   */
  async exchange(
    lines: readonly { readonly line: Buffer; readonly expected: Expectation }[],
    cuts: readonly number[],
  ): Promise<void> {
    for (const { line, expected } of lines) {
      if (expected.kind === 'silence') continue;
      const key =
        expected.kind === 'one' ? keyOf(expected.answer.id) : keyOf(expected.answers.map(({ id }) => id));
      const same = this.#due.get(key);
      if (same) same.push({ expected, line });
      else this.#due.set(key, [{ expected, line }]);
      this.#outstanding += 1;
    }
    const bytes = Buffer.concat(lines.flatMap(({ line }) => [line, Buffer.from('\n')]));
    let from = 0;
    for (const share of [...cuts].sort((a, b) => a - b)) {
      const to = Math.floor(share * bytes.length);
      this.#socket.write(bytes.subarray(from, to));
      from = to;
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#socket.write(bytes.subarray(from));
    await this.#settled();
  }

  /** @throws Complaint when something came that nobody was waiting for. */
  close(): void {
    if (this.#failure) throw this.#failure;
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  async #settled(): Promise<void> {
    const deadline = setTimeout(() => {
      const [first] = [...this.#due.values()].flat();
      this.#fail(
        `${this.#outstanding} lines were not answered, the first: ${first ? shown(first.line) : '-'}`,
      );
      this.#wake();
    }, PATIENCE_MS);
    while (this.#outstanding > 0 && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    clearTimeout(deadline);
    if (this.#failure) throw this.#failure;
  }

  #receive(bytes: Buffer): void {
    const text = bytes.toString();
    const leak = LEAK.exec(text);
    if (leak) this.#fail(`an answer tells of the inside (${leak[0]}): ${text.slice(0, 500)}`);
    const got: unknown = JSON.parse(text);
    const key = keyOf(Array.isArray(got) ? got.map(idOf) : idOf(got));
    const same = this.#due.get(key) ?? [];
    // Lines may share an id: whichever of them this answers, there must be one.
    const index = same.findIndex(({ expected }) => complaint(expected, got) === null);
    if (index < 0) {
      const [first] = same;
      const why = first ? `${complaint(first.expected, got)} for ${shown(first.line)}` : 'nobody asked';
      this.#fail(`${why}; the answer: ${text.slice(0, 500)}`);
      return;
    }
    same.splice(index, 1);
    if (same.length === 0) this.#due.delete(key);
    this.#outstanding -= 1;
    for (const one of Array.isArray(got) ? got : [got]) this.#count(one);
  }

  #count(answer: unknown): void {
    const { error } = Object(answer);
    const outcome = error === undefined ? 'result' : String(error.data.code);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  #fail(what: string): void {
    this.#failure ??= new Complaint(what);
    this.#wake();
  }
}

function keyOf(id: unknown): string {
  return JSON.stringify(id ?? null);
}

function idOf(answer: unknown): unknown {
  return Object(answer).id ?? null;
}

/** A line as it can be pasted into a test. */
function shown(line: Buffer): string {
  const text = JSON.stringify(line.toString('latin1'));
  return text.length <= 600 ? text : `${text.slice(0, 600)}… (${line.length} bytes)`;
}
