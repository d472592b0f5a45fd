import type { Archive, Shape } from '../archive/archive.ts';
import type { Millis } from '../market/time.ts';
import { canTransition, type EngineState, STATE_CODES } from './state.ts';
import type { TransitionView } from './view.ts';

/** Transitions kept for reading; the journal has all of them. */
const HISTORY = 2_000;

const transitionShape: Shape<TransitionView> = (a, transition) => ({
  seq: a.number(transition?.seq),
  at: a.number(transition?.at),
  from: a.choice(transition?.from, STATE_CODES),
  to: a.choice(transition?.to, STATE_CODES),
  reason: a.text(transition?.reason),
  by: a.text(transition?.by),
});

/** The state and how it came about. A transition that the table lacks is a programming error and throws. */
export class Machine {
  state: EngineState = 'IDLE';
  #seq = 0;
  readonly #history: TransitionView[] = [];
  #oldest = 0;
  readonly #moved: (transition: TransitionView) => void;

  constructor(moved: (transition: TransitionView) => void) {
    this.#moved = moved;
  }

  go(to: EngineState, at: Millis, reason: string, by = 'engine'): void {
    const from = this.state;
    if (!canTransition(from, to)) throw new Error(`no transition from ${from} to ${to} (${reason})`);
    this.state = to;
    const transition = { seq: ++this.#seq, at, from, to, reason, by };
    if (this.#history.length < HISTORY) {
      this.#history.push(transition);
    } else {
      this.#history[this.#oldest] = transition;
      this.#oldest = (this.#oldest + 1) % HISTORY;
    }
    this.#moved(transition);
  }

  /** The newest `limit` transitions after ordinal `since`, oldest first. */
  history(since: number, limit: number): TransitionView[] {
    const wanted = this.#ordered().filter((t) => t.seq > since);
    return wanted.slice(Math.max(0, wanted.length - limit));
  }

  archive(a: Archive): void {
    a.section('Machine');
    this.state = a.choice(this.state, STATE_CODES);
    this.#seq = a.number(this.#seq);
    // Stored oldest first, wherever the ring begins.
    const history = a.list(this.#ordered(), transitionShape);
    if (!a.loading) return;
    this.#history.splice(0, this.#history.length, ...history);
    this.#oldest = 0;
  }

  /** Oldest first. */
  #ordered(): TransitionView[] {
    return [...this.#history.slice(this.#oldest), ...this.#history.slice(0, this.#oldest)];
  }
}
