import type { Refusal } from './refusal.ts';

/**
 * Control commands go one after another, in the order they came. A panic does not queue: it overtakes, and
 * what it overtakes is refused.
 */
export class ControlQueue {
  #tail: Promise<void> = Promise.resolve();
  /** Refuses one of those that have not had their turn. */
  readonly #waiting = new Set<(refusal: Refusal) => void>();
  /** The last thing that overtook. */
  #overtook: Refusal | null = null;

  /**
   * Runs `task` in its turn. `overtaken` throws once something has overtaken it: a task that awaits anything
   * asks it before it acts.
   * @throws Refusal of what overtook; whatever the task throws.
   */
  enqueue<T>(task: (overtaken: () => void) => Promise<T> | T): Promise<T> {
    const before = this.#overtook;
    const overtaken = (): void => {
      if (this.#overtook !== null && this.#overtook !== before) throw this.#overtook;
    };
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const turn = this.#tail.then(() => {
        this.#waiting.delete(reject);
        overtaken();
        return task(overtaken);
      });
      turn.then(resolve, reject);
      // The one who asked hears of a failure; the next in the queue only waits for the turn to end.
      const ended = (): void => undefined;
      this.#tail = turn.then(ended, ended);
    });
  }

  /** Everything queued is refused with this at once, and what is under way when it asks. */
  overtake(refusal: Refusal): void {
    this.#overtook = refusal;
    for (const refuse of this.#waiting) refuse(refusal);
    this.#waiting.clear();
  }
}
