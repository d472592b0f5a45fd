import type { Refusal } from './refusal.ts';

/**
 * Control commands go one after another, in the order they came. A panic does not queue: it overtakes, and
 * what it overtakes is refused.
 */
export class ControlQueue {
  #tail: Promise<void> = Promise.resolve();
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
    const turn = this.#tail.then(() => {
      overtaken();
      return task(overtaken);
    });
    // The one who asked hears of a failure; the next in the queue only waits for the turn to end.
    const ended = (): void => undefined;
    this.#tail = turn.then(ended, ended);
    return turn;
  }

  /** Everything queued, and what is under way if it asks, is refused with this. */
  overtake(refusal: Refusal): void {
    this.#overtook = refusal;
  }
}
