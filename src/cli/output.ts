import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { type Paint, painter } from './style.ts';

/** Without a terminal nothing is cut: what reads the pipe decides. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

export interface Screen extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where a command speaks: its result on stdout, all else on stderr. */
export class Output {
  readonly json: boolean;
  readonly width: number;
  /** Paints what goes to stdout. */
  readonly paint: Paint;
  readonly #stdout: Screen;
  readonly #stderr: Screen;

  constructor(stdout: Screen, stderr: Screen, env: NodeJS.ProcessEnv, json: boolean) {
    this.json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.width = stdout.isTTY ? (stdout.columns ?? 80) : UNBOUNDED;
    this.paint = painter(stdout.isTTY === true && !json, env);
  }

  /** One document under `--json`, else the lines. */
  result(document: unknown, lines: () => readonly string[]): void {
    if (this.json) this.document(document);
    else this.lines(lines());
  }

  document(value: unknown): void {
    this.#stdout.write(`${JSON.stringify(value)}\n`);
  }

  lines(lines: readonly string[]): void {
    if (lines.length > 0) this.#stdout.write(`${lines.join('\n')}\n`);
  }

  /** As it is, without a line end of its own. */
  text(text: string): void {
    this.#stdout.write(text);
  }

  /** Resolves once stdout takes more: what a slow reader leaves must not pile up in this process. Rejects on the signal. */
  async room(signal: AbortSignal): Promise<void> {
    if (this.#stdout.writableNeedDrain) await once(this.#stdout, 'drain', { signal });
  }

  /** For the person, never for the pipe. */
  note(text: string): void {
    this.#stderr.write(`${text}\n`);
  }

  /** The terminal that stderr is, for a progress line; null when it is none. */
  get progress(): Screen | null {
    return this.#stderr.isTTY ? this.#stderr : null;
  }
}
