/**
 * The process and what it lives on, measured at a steady pace and independent of who asks: a reading is put together
 * from what is known already and costs microseconds. Its timer keeps no process alive.
 */
import { availableParallelism, loadavg } from 'node:os';
import { CpuUsage, type CpuView } from './cpu-usage.ts';
import { type DiskView, readDisk } from './disk.ts';
import { LoopDelay, type LoopDelayView } from './loop-delay.ts';
import { type MemoryView, readMemory } from './memory.ts';
import { type OpenFilesView, readOpenFiles } from './open-files.ts';
import { type Measured, Refreshed } from './refreshed.ts';

export interface VitalsReading {
  /** Null in the first tenth of a second. */
  readonly cpu: CpuView | null;
  readonly cores: number;
  /** Processes that ran or waited to run, of the whole machine, over 1, 5 and 15 minutes. */
  readonly load: readonly [number, number, number];
  readonly memory: MemoryView;
  readonly disk: Measured<DiskView>;
  /** Null until the loop has turned for some milliseconds. */
  readonly loop: LoopDelayView | null;
  /** null as a value: this system does not tell. */
  readonly files: Measured<OpenFilesView | null>;
  /** Timers, sockets and requests that keep the process running. */
  readonly handles: number;
}

const TICK_MS = 1_000;
const WINDOW_TICKS = 15;
const REFRESH_TICKS = 5;
/** Several refreshes without an answer. */
const STALE_MS = 30_000;

export class Vitals implements Disposable {
  readonly #cpu = new CpuUsage(WINDOW_TICKS * TICK_MS);
  readonly #loop = new LoopDelay();
  readonly #disk: Refreshed<DiskView>;
  readonly #files = new Refreshed(readOpenFiles, STALE_MS);
  readonly #timer: NodeJS.Timeout;
  readonly #first: Promise<unknown>;
  #ticks = 0;

  /** @param folder the one whose file system is watched. */
  constructor(folder: string) {
    this.#disk = new Refreshed(() => readDisk(folder), STALE_MS);
    this.#first = this.#refresh();
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Waits for what takes time to measure only where it has never been measured. */
  async read(): Promise<VitalsReading> {
    await this.#first;
    return this.readNow();
  }

  readNow(): VitalsReading {
    const [one = 0, five = 0, fifteen = 0] = loadavg();
    return {
      cpu: this.#cpu.read(),
      cores: availableParallelism(),
      load: [one, five, fifteen],
      memory: readMemory(),
      disk: this.#disk.read(),
      loop: this.#loop.read(),
      files: this.#files.read(),
      handles: process.getActiveResourcesInfo().length,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#loop.stop();
  }

  #tick(): void {
    this.#ticks += 1;
    this.#cpu.sample();
    if (this.#ticks % WINDOW_TICKS === 0) this.#loop.rotate();
    if (this.#ticks % REFRESH_TICKS === 0) this.#refresh();
  }

  #refresh(): Promise<unknown> {
    return Promise.all([this.#disk.refresh(), this.#files.refresh()]);
  }
}
