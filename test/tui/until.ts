import type { Store } from '../../src/tui/store/external-store.ts';

/** Resolves once the store has told a state that holds. */
export async function until<T>(
  store: Pick<Store<T>, 'get' | 'subscribe'>,
  holds: (state: T) => boolean,
  withinMs = 15_000,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const state = store.get();
      if (!holds(state)) return;
      clearTimeout(timer);
      stop();
      resolve(state);
    };
    const stop = store.subscribe(look);
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`it never held: ${holds}`));
    }, withinMs);
    look();
  });
}
