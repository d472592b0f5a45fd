/**
 * Disk space that is taken while there is some, and given back when the disk is full, so that the commits which
 * close positions still go through.
 */
import { randomFillSync } from 'node:crypto';
import { closeSync, fsyncSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs';

const CHUNK = 256 * 1024;

export class Reserve {
  readonly #file: string;
  readonly #bytes: number;
  #held: boolean;

  /** Takes the space, unless it was taken before. @throws what the file system says */
  constructor(file: string, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
    this.#held = true;
    if (sizeOf(file) !== bytes) this.#take();
  }

  get held(): boolean {
    return this.#held;
  }

  /** Gives the space back; false when that was done before. */
  release(): boolean {
    if (!this.#held) return false;
    this.#held = false;
    unlinkSync(this.#file);
    return true;
  }

  /** Takes the space again. @throws what the file system says; nothing is held then */
  refill(): void {
    if (this.#held) return;
    this.#take();
    this.#held = true;
  }

  #take(): void {
    const opened = openSync(this.#file, 'w', 0o600);
    try {
      // Noise, not zeros: a file system that compresses would keep nothing.
      const chunk = randomFillSync(Buffer.allocUnsafe(CHUNK));
      for (let left = this.#bytes; left > 0; ) left -= writeSync(opened, chunk, 0, Math.min(left, CHUNK));
      fsyncSync(opened);
    } catch (error) {
      closeSync(opened);
      unlinkSync(this.#file);
      throw error;
    }
    closeSync(opened);
  }
}

function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null;
}
