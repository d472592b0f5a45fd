/** The periodic reads of what is on the screen: each at its cadence, sooner after an event that changes it. */
import { CallTimeout, type ControlClient } from '../../protocol/client.ts';
import { NotReachable } from '../../protocol/errors.ts';
import type { WireEvent } from '../../protocol/events.ts';
import {
  type About,
  OF_SYMBOL,
  READ_NAMES,
  READS,
  READS_AFTER,
  type ReadName,
  type ReadResult,
} from './reads.ts';

export interface ReaderOptions {
  client(): ControlClient | null;
  onAnswer<K extends ReadName>(name: K, data: ReadResult<K>): void;
  onFailure(name: ReadName, message: string): void;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
}

/** How often it is looked what is due. */
const LOOK_EVERY_MS = 100;

interface Due {
  /** Of the last attempt. */
  askedAt: number;
  asking: boolean;
  old: boolean;
}

export class Reader implements Disposable {
  readonly #options: ReaderOptions;
  readonly #now: () => number;
  readonly #due = new Map<ReadName, Due>();
  readonly #timer: NodeJS.Timeout;
  #wanted: ReadonlySet<ReadName> = new Set();
  #about: About = { symbol: null };

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** What the screen needs from now on. What is new among it is read at once. */
  want(names: ReadonlySet<ReadName>, about: About): void {
    this.#wanted = names;
    if (about.symbol !== this.#about.symbol) for (const name of OF_SYMBOL) this.#due.delete(name);
    this.#about = about;
    this.look();
  }

  /** An event has made some of it old. */
  changed(type: WireEvent['type']): void {
    for (const name of READS_AFTER.get(type) ?? []) {
      const due = this.#due.get(name);
      if (due) due.old = true;
    }
  }

  /** A new connection: nothing that was read holds. */
  restart(): void {
    this.#due.clear();
    this.look();
  }

  look(): void {
    const client = this.#options.client();
    if (client === null) return;
    const now = this.#now();
    for (const name of READ_NAMES) {
      if (!this.#wanted.has(name)) continue;
      const due = this.#due.get(name);
      if (due?.asking) continue;
      const since = due ? now - due.askedAt : Number.POSITIVE_INFINITY;
      const { everyMs, leastMs } = READS[name];
      if (since >= everyMs || (due?.old && since >= leastMs)) void this.#ask(client, name);
    }
  }

  async #ask<K extends ReadName>(client: ControlClient, name: K): Promise<void> {
    const asked = ASK[name].ask(client, this.#about);
    if (asked === null) return;
    const due: Due = { askedAt: this.#now(), asking: true, old: false };
    this.#due.set(name, due);
    // An answer over a connection that is gone, or about what is no longer asked for, is older than the next one.
    const holds = (): boolean => this.#options.client() === client && this.#due.get(name) === due;
    try {
      const data = await asked;
      if (holds()) this.#options.onAnswer(name, data);
    } catch (error) {
      // A lost connection is the link's to tell.
      if (error instanceof NotReachable || !holds()) return;
      const message =
        error instanceof CallTimeout
          ? 'no answer in time'
          : String(error instanceof Error ? error.message : error);
      this.#options.onFailure(name, message);
    } finally {
      due.asking = false;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** The same table, with the answer of each read tied to its name. */
const ASK: {
  readonly [K in ReadName]: { ask(client: ControlClient, about: About): Promise<ReadResult<K>> | null };
} = READS;
