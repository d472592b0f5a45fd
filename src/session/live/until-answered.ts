/** Asks a venue again and again until it answers: a `null`, and an answer that stays out, are none. */
import { backOff, type Millis } from '../../market/time.ts';
import type { Clock } from './clock.ts';

/** Between two tries. */
const AGAIN = { first: 500, most: 15_000 } as const satisfies Record<string, Millis>;

/** An answer that has not come by then is not waited for; should it come later it counts no more. */
const ANSWER_MS: Millis = 15_000;

export function untilAnswered<T>(
  clock: Clock,
  ask: (answer: (found: T | null) => void) => void,
  done: (found: T) => void,
  answerMs: Millis = ANSWER_MS,
  tries = 0,
): void {
  let open = true;
  const answered = (found: T | null): void => {
    if (!open) return;
    open = false;
    callOff();
    if (found !== null) done(found);
    else
      clock.after(backOff(AGAIN.first, AGAIN.most, tries), () =>
        untilAnswered(clock, ask, done, answerMs, tries + 1),
      );
  };
  const callOff = clock.after(answerMs, () => answered(null));
  ask(answered);
}
