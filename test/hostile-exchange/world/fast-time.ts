/**
 * The exchange's time, as fast as the machine can do what happens in it: it stands still while anything is on its way
 * over a socket, and then goes on to whatever comes next, at the exchange or in a timer of the daemon's.
 */
import { channel } from 'node:diagnostics_channel';
import type { Control } from '../../../scripts/exchange-emulator/control/control.ts';
import type { Millis } from '../../../src/market/time.ts';
import type { Timer } from '../../../src/venue/ccxt/time.ts';

/** Requests of this process that have been made and have not come back. */
let requests = 0;
channel('undici:request:create').subscribe(() => {
  requests += 1;
});
for (const end of ['undici:request:trailers', 'undici:request:error'])
  channel(end).subscribe(() => {
    requests -= 1;
  });

/** Waits of a few real milliseconds, with which ccxt puts something off to the next turn. */
const SHORT_MS = 5;
let shortWaits = 0;
const { setTimeout: wait, clearTimeout: callOff } = globalThis;
const short = new WeakSet<object>();
globalThis.setTimeout = Object.assign(
  <A extends unknown[]>(run: (...args: A) => void, ms?: number, ...args: A): NodeJS.Timeout => {
    if ((ms ?? 0) > SHORT_MS) return wait(run, ms, ...args);
    const timer = wait(() => {
      if (short.delete(timer)) shortWaits -= 1;
      run(...args);
    }, ms);
    short.add(timer);
    shortWaits += 1;
    return timer;
  },
  { __promisify__: wait.__promisify__ },
);
globalThis.clearTimeout = (timer) => {
  if (typeof timer === 'object' && timer !== null && short.delete(timer)) shortWaits -= 1;
  callOff(timer);
};

/** Turns of the event loop in which nothing may happen: a connection that is being made takes some. */
const CALM_TURNS = 12;
/** After a step that has sent nothing. */
const CALM_TURNS_OF_NONE = 3;
/** While a daemon comes up, in turns of a real millisecond. */
const CALM_TURNS_OF_LOADING = 3;
/** Turns after which something hangs that no time of the exchange's would free. */
const MOST_TURNS = 200_000;

interface Due {
  readonly at: Millis;
  readonly ordinal: number;
  readonly run: () => void;
}

export class FastTime implements Timer {
  readonly #control: Control;
  readonly #due: Due[] = [];
  /** Requests of before that this world has nothing to do with. */
  readonly #others = requests;
  #ordinal = 0;
  #lastMessages = 0;
  /** The daemon loads modules and reads files, which no socket shows: it is given more turns. */
  loading = true;
  stops = 0;

  constructor(control: Control) {
    this.#control = control;
  }

  steady(): Millis {
    return this.#control.now();
  }

  after(ms: Millis, run: () => void): () => void {
    const due = { at: this.steady() + Math.max(0, Math.ceil(ms)), ordinal: this.#ordinal++, run };
    let place = this.#due.length;
    while (place > 0 && (this.#due[place - 1]?.at ?? 0) > due.at) place -= 1;
    this.#due.splice(place, 0, due);
    return () => {
      const i = this.#due.indexOf(due);
      if (i >= 0) this.#due.splice(i, 1);
    };
  }

  /** Lets time pass until `until`, or until `done` says so; `look` sees the world at each stop. */
  async pass(until: Millis, look: () => void, done: () => boolean = () => false): Promise<void> {
    await this.#quiet();
    look();
    while (!done() && (this.steady() < until || (this.#due[0]?.at ?? until + 1) <= until)) {
      const own = this.#due[0]?.at ?? until;
      const next = Math.min(until, own, this.#control.nextAt() ?? until);
      this.#control.advance(Math.max(0, next - this.steady()));
      this.#fire();
      this.stops += 1;
      await this.#quiet();
      look();
    }
  }

  /** The exchange is gone: whatever was out comes back broken. */
  async settled(): Promise<void> {
    for (let turns = 0; requests > this.#others && turns < MOST_TURNS; turns += 1)
      await new Promise((resolve) => setImmediate(resolve));
  }

  #fire(): void {
    const now = this.steady();
    for (let first = this.#due[0]; first !== undefined && first.at <= now; first = this.#due[0]) {
      this.#due.shift();
      first.run();
    }
  }

  /** Resolves once nothing is on its way but what the exchange itself holds back. */
  async #quiet(): Promise<void> {
    let calm = 0;
    let needed = this.loading ? CALM_TURNS_OF_LOADING : CALM_TURNS_OF_NONE;
    let before = '';
    for (let turns = 0; calm < needed; turns += 1) {
      if (turns > MOST_TURNS) throw new Error(`the sockets do not come to rest: ${before}`);
      await new Promise<void>((resolve) => {
        if (this.loading) wait(resolve, 1);
        else setImmediate(resolve);
      });
      const { pending, messages } = this.#control.traffic();
      const out = requests - this.#others;
      const now = `${out} ${pending} ${messages}`;
      if (messages !== this.#lastMessages || out !== 0) needed = Math.max(needed, CALM_TURNS);
      this.#lastMessages = messages;
      calm = out === pending && now === before && shortWaits === 0 ? calm + 1 : 0;
      before = now;
    }
  }
}
