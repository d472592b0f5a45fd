/** Asks a venue again and again until it answers: a `null` is no answer. */
import { backOff, type Millis } from '../../market/time.ts';
import type { Clock } from './clock.ts';

/** Between two tries. */
const AGAIN = { first: 500, most: 15_000 } as const satisfies Record<string, Millis>;

/** After that long it is asked again; the answer counts all the same, should it come: a slow venue would never be heard. */
const ANSWER_MS: Millis = 15_000;

export function untilAnswered<T>(
  clock: Clock,
  ask: (answer: (found: T | null) => void) => void,
  done: (found: T) => void,
  answerMs: Millis = ANSWER_MS,
): void {
  let waits = true;
  const attempt = (tries: number): void => {
    let open = true;
    const answered = (found: T | null): void => {
      if (found !== null && waits) {
        waits = false;
        callOff();
        done(found);
        return;
      }
      if (!open) return;
      open = false;
      callOff();
      if (waits) clock.after(backOff(AGAIN.first, AGAIN.most, tries), () => waits && attempt(tries + 1));
    };
    const callOff = clock.after(answerMs, () => answered(null));
    ask(answered);
  };
  attempt(0);
}
