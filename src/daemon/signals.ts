/**
 * What signals mean to the daemon:
 *
 *     SIGTERM         ends in order: entries are cancelled, positions are left with their protection at the venue
 *     SIGINT          the same; a second one ends at once
 *     SIGHUP          reads the configuration and the presets again
 */

export interface SignalActions {
  readonly end: (by: string) => void;
  /** Waits for nothing any more. */
  readonly endAtOnce: () => void;
  readonly reload: (by: string) => void;
}

/** A terminal and a wrapper such as npx each pass on the one Ctrl-C: so close together it is no second one. */
const SAME_KEY_MS = 150;

/** Listens until it is disposed of. */
export function onSignals(actions: SignalActions): Disposable {
  let interruptedAt: number | null = null;
  const terminate = (): void => actions.end('SIGTERM');
  const hangUp = (): void => actions.reload('SIGHUP');
  const interrupt = (): void => {
    const now = performance.now();
    if (interruptedAt === null) {
      interruptedAt = now;
      actions.end('SIGINT');
    } else if (now - interruptedAt > SAME_KEY_MS) actions.endAtOnce();
  };
  process.on('SIGTERM', terminate);
  process.on('SIGINT', interrupt);
  process.on('SIGHUP', hangUp);
  return {
    [Symbol.dispose]() {
      process.off('SIGTERM', terminate);
      process.off('SIGINT', interrupt);
      process.off('SIGHUP', hangUp);
    },
  };
}
