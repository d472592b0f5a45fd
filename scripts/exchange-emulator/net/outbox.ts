/**
 * Pushes on their way to the clients. What a request causes is pushed after its answer has been written, unless the
 * answer is held back: so that which comes first is told, and never a race.
 */
export class Outbox {
  #queue: (() => void)[] = [];
  #holds = 0;

  put(send: () => void): void {
    if (this.#holds > 0) this.#queue.push(send);
    else send();
  }

  hold(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    const queue = this.#queue;
    this.#queue = [];
    for (const send of queue) send();
  }
}
