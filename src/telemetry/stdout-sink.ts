/**
 * Lines to stdout, for a supervisor that keeps them. One that stalls must not stall the engine: what its pipe does
 * not take waits in a bounded queue, and beyond that is dropped and counted. One that is gone does not end the daemon.
 */
import { writeSync } from 'node:fs';
import { type Outage, OutageWatch } from './outage.ts';
import type { LineSink } from './rotating-file.ts';

const MAX_WAITING_BYTES = 1024 * 1024;
const RETRY_MS = 50;
const STDOUT = 1;

export interface StdoutSinkOptions {
  readonly complain: (text: string) => void;
  readonly afterOutage: (outage: Outage) => string;
  readonly fd?: number;
}

export class StdoutSink implements LineSink {
  readonly #fd: number;
  readonly #afterOutage: (outage: Outage) => string;
  readonly #outages: OutageWatch;
  /** The first may be the rest of a line. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: StdoutSinkOptions) {
    this.#fd = options.fd ?? STDOUT;
    this.#afterOutage = options.afterOutage;
    this.#outages = new OutageWatch('the log on stdout', options.complain);
  }

  write(line: string): void {
    const { current } = this.#outages;
    const bytes = Buffer.from(`${current === null ? line : `${this.#afterOutage(current)}\n${line}`}\n`);
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) this.#flush();
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#outages.lost(new Error('its reader does not keep up'));
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#flush()) this.#outages.over();
  }

  close(): void {
    this.#flush();
    if (this.#retry) clearTimeout(this.#retry);
    this.#retry = null;
  }

  /** @returns whether nothing was lost: written, or still waiting. */
  #flush(): boolean {
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        const written = writeSync(this.#fd, next);
        this.#waitingBytes -= written;
        if (written === next.length) this.#waiting.shift();
        else this.#waiting[0] = next.subarray(written);
      }
      return true;
    } catch (error) {
      if (isBusy(error)) {
        this.#retry ??= setTimeout(() => {
          this.#retry = null;
          this.#flush();
        }, RETRY_MS).unref();
        return true;
      }
      for (const _ of this.#waiting) this.#outages.lost(error);
      this.#waiting = [];
      this.#waitingBytes = 0;
      return false;
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
