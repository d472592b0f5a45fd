/** Requests that are sent again until they are answered: what passes is waited out, longer each time. */
import { backOff, MINUTE, type Millis, SECOND } from '../market/time.ts';
import { reasonOf } from '../venue/ccxt/reason.ts';
import { answerOf, type Trouble, troubleOf } from '../venue/ccxt/troubles.ts';
import { DataRefused } from './refused.ts';

export interface Waiter {
  readonly signal: AbortSignal;
  readonly exchange: string;
  /** Sends nothing for so long. */
  rest(ms: Millis): void;
  /** Resolves after the wait, or at once when the signal ends it. */
  pause(ms: Millis, signal: AbortSignal): Promise<void>;
  /** A request has failed, and is sent again after that time. */
  waits(reason: string, ms: Millis): void;
}

const FIRST: Millis = SECOND;
const LONGEST: Millis = MINUTE;
/** One request is not waited for longer than that, all waits together. */
const GIVE_UP: Millis = 15 * MINUTE;
/** What may be wrong for good is tried so often. */
const UNCLEAR_TRIES = 4;

const PASSING: readonly Trouble[] = ['rate_limit', 'exchange_down', 'network', 'clock'];

/** @throws DataRefused when it was in vain; the signal's reason when that ends the wait */
export async function patiently<T>(waiter: Waiter, ask: () => Promise<T>): Promise<T> {
  const { signal, exchange } = waiter;
  let waited = 0;
  for (let tries = 0; ; tries += 1) {
    signal.throwIfAborted();
    try {
      return await orAborted(ask(), signal);
    } catch (cause) {
      signal.throwIfAborted();
      const trouble = troubleOf(cause);
      const answer = answerOf(cause);
      const passing = PASSING.includes(trouble) || (trouble === 'unclear' && tries < UNCLEAR_TRIES);
      if (!passing)
        throw new DataRefused('EXCHANGE_REFUSED', `${exchange} does not give it: ${reasonOf(cause)}`, {
          cause,
        });
      const ms = Math.max(backOff(FIRST, LONGEST, tries), answer.kind === 'later' ? answer.afterMs : 0);
      if (waited + ms > GIVE_UP)
        throw new DataRefused('EXCHANGE_UNREACHABLE', `${exchange} does not answer: ${reasonOf(cause)}`, {
          hint: 'what came is kept; the same command goes on from there',
          cause,
        });
      waited += ms;
      waiter.waits(reasonOf(cause), ms);
      if (trouble === 'rate_limit') waiter.rest(ms);
      await waiter.pause(ms, signal);
    }
  }
}

/** What was sent is not waited for once the signal has come. */
async function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  let heard = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    heard = () => reject(signal.reason);
    signal.addEventListener('abort', heard, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', heard);
  }
}
