/** Ctrl-C and SIGTERM as an AbortSignal, for as long as it is held. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

export function interrupt(): Interrupt {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.on('SIGINT', abort);
  process.on('SIGTERM', abort);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', abort);
      process.off('SIGTERM', abort);
    },
  };
}
