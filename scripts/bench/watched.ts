/** A program on a terminal of its own, and what it uses while it is looked at. */
import { item } from '../../src/market/arrays.ts';
import { Pane, type PaneOptions } from '../terminal/pane.ts';
import { type ProcessFigures, processFigures } from './process-figures.ts';

interface Look extends ProcessFigures {
  readonly seconds: number;
  readonly bytes: number;
}

export class Watched implements AsyncDisposable {
  readonly name: string;
  readonly pane: Pane;
  readonly #pid: number;
  readonly #looks: Look[] = [];
  #bytes = 0;

  /** @throws Error when tmux cannot make the terminal. */
  constructor(options: Omit<PaneOptions, 'onOutput'>) {
    this.name = options.name;
    const onOutput = (bytes: Buffer): void => {
      this.#bytes += bytes.length;
    };
    this.pane = new Pane({ ...options, onOutput });
    this.#pid = this.pane.pid;
  }

  /** Takes its figures as they are now. @throws Error when it has ended. */
  look(): void {
    this.#looks.push({
      ...processFigures(this.#pid),
      seconds: performance.now() / 1_000,
      bytes: this.#bytes,
    });
  }

  /** Of one CPU, in percent, from the first look to the last. */
  get cpu(): number {
    return 100 * this.#rate(({ cpuSeconds }) => cpuSeconds);
  }

  /** Written to the terminal, from the first look to the last. */
  get bytesPerSecond(): number {
    return this.#rate(({ bytes }) => bytes);
  }

  /** Resident memory in MB, the mean of each minute. */
  get residentByMinute(): readonly number[] {
    const { seconds: began } = item(this.#looks, 0);
    const minuteOf = ({ seconds }: Look): number => Math.floor((seconds - began) / 60);
    const count = Math.max(1, Math.round((item(this.#looks, this.#looks.length - 1).seconds - began) / 60));
    return Array.from({ length: count }, (_, minute) =>
      meanMb(this.#looks.filter((look) => Math.min(minuteOf(look), count - 1) === minute)),
    );
  }

  /** Resident memory in MB, the mean of the first quarter of the looks and that of the last. */
  get residentByQuarter(): { readonly first: number; readonly last: number } {
    const quarter = Math.ceil(this.#looks.length / 4);
    return { first: meanMb(this.#looks.slice(0, quarter)), last: meanMb(this.#looks.slice(-quarter)) };
  }

  get mostMb(): number {
    return Math.max(...this.#looks.map(({ residentMb }) => residentMb));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pane[Symbol.asyncDispose]();
  }

  #rate(of: (look: Look) => number): number {
    const first = item(this.#looks, 0);
    const last = item(this.#looks, this.#looks.length - 1);
    return (of(last) - of(first)) / (last.seconds - first.seconds);
  }
}

function meanMb(looks: readonly Look[]): number {
  return looks.reduce((sum, { residentMb }) => sum + residentMb, 0) / looks.length;
}
