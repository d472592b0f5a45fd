/** Who asked the daemon to end. The first one counts; a stop cannot be taken back. */
export class Ending implements Disposable {
  /** Resolves with who asked. */
  readonly requested: Promise<string>;
  readonly #resolve: (by: string) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.request('abort');
  #asked = false;

  constructor(signal?: AbortSignal) {
    let resolve: (by: string) => void = () => undefined;
    this.requested = new Promise((settle) => {
      resolve = settle;
    });
    this.#resolve = resolve;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted) this.#onAbort();
  }

  get asked(): boolean {
    return this.#asked;
  }

  readonly request = (by: string): void => {
    this.#asked = true;
    this.#resolve(by);
  };

  [Symbol.dispose](): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
