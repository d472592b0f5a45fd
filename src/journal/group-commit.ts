/**
 * Commits together what need not be durable at once: a busy market does not wait on the disk for each input. What
 * must be durable before something is sent goes through `now`.
 */

export interface GroupCommitOptions {
  readonly journal: { readonly uncommitted: number; commit(): void };
  /** Told of every commit that failed. */
  readonly onError: (error: unknown) => void;
  /** Wall time that a row waits at most. */
  readonly everyMs?: number;
  /** Rows that are not waited with. */
  readonly rows?: number;
}

const EVERY_MS = 20;
const ROWS = 512;

export class GroupCommit {
  readonly #journal: GroupCommitOptions['journal'];
  readonly #onError: (error: unknown) => void;
  readonly #everyMs: number;
  readonly #rows: number;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor({ journal, onError, everyMs = EVERY_MS, rows = ROWS }: GroupCommitOptions) {
    this.#journal = journal;
    this.#onError = onError;
    this.#everyMs = everyMs;
    this.#rows = rows;
  }

  /** What is buffered becomes durable soon; a failure goes to `onError`. */
  soon(): void {
    if (this.#closed || this.#journal.uncommitted >= this.#rows) {
      this.now();
      return;
    }
    this.#timer ??= setTimeout(() => this.now(), this.#everyMs);
  }

  /** What is buffered is durable when this returns true; else `onError` was told, and nothing may be sent. */
  now(): boolean {
    this.#stopTimer();
    try {
      this.#journal.commit();
      return true;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  /** Commits what is left; from then on `soon` is `now`. */
  close(): boolean {
    this.#closed = true;
    return this.now();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
