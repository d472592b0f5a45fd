/**
 * What an error of ccxt means: what became of the request, and what is the matter. One table, by the names of ccxt's
 * error classes; the nearest ancestor that is in it counts.
 */
import type { Millis } from '../../market/time.ts';
import type { Answer } from '../broker.ts';
import { RequestHeld } from './budget.ts';
import { reasonOf } from './reason.ts';

/** What is the matter, for health and preflight. `request`: this one request was wrong, and nothing else is. */
export type Trouble =
  | 'request'
  | 'funds'
  | 'credentials'
  | 'permission'
  | 'rate_limit'
  | 'clock'
  | 'exchange_down'
  | 'network'
  | 'unclear';

interface Meaning {
  /** `refused`: the venue has shown that it did not act on it. */
  readonly fate: 'refused' | 'later' | 'unknown';
  readonly trouble: Trouble;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  // The request was read and turned down.
  ArgumentsRequired: { fate: 'refused', trouble: 'request' },
  BadRequest: { fate: 'refused', trouble: 'request' },
  BadSymbol: { fate: 'refused', trouble: 'request' },
  InvalidOrder: { fate: 'refused', trouble: 'request' },
  NotSupported: { fate: 'refused', trouble: 'request' },
  OperationRejected: { fate: 'refused', trouble: 'request' },
  MarketClosed: { fate: 'refused', trouble: 'exchange_down' },
  InsufficientFunds: { fate: 'refused', trouble: 'funds' },
  AuthenticationError: { fate: 'refused', trouble: 'credentials' },
  PermissionDenied: { fate: 'refused', trouble: 'permission' },
  AccountSuspended: { fate: 'refused', trouble: 'permission' },
  RestrictedLocation: { fate: 'refused', trouble: 'permission' },
  // It may have been this very request that took the id, sent twice on its way.
  DuplicateOrderId: { fate: 'unknown', trouble: 'request' },
  // Not looked at, and welcome later.
  RateLimitExceeded: { fate: 'later', trouble: 'rate_limit' },
  DDoSProtection: { fate: 'later', trouble: 'rate_limit' },
  OnMaintenance: { fate: 'unknown', trouble: 'exchange_down' },
  // Too old when it arrived: this copy of it, at least.
  InvalidNonce: { fate: 'unknown', trouble: 'clock' },
  // A stream that has left something out: ccxt files it under clocks.
  ChecksumError: { fate: 'unknown', trouble: 'network' },
  ExchangeNotAvailable: { fate: 'unknown', trouble: 'exchange_down' },
  RequestTimeout: { fate: 'unknown', trouble: 'network' },
  NetworkError: { fate: 'unknown', trouble: 'network' },
  // Of this adapter itself: not sent, or not whole yet.
  Unsendable: { fate: 'refused', trouble: 'request' },
  Incomplete: { fate: 'unknown', trouble: 'request' },
  Unreadable: { fate: 'unknown', trouble: 'exchange_down' },
  // What ccxt has no name for may mean anything.
  BadResponse: { fate: 'unknown', trouble: 'unclear' },
  OperationFailed: { fate: 'unknown', trouble: 'unclear' },
  ExchangeError: { fate: 'unknown', trouble: 'unclear' },
};

const UNCLEAR: Meaning = { fate: 'unknown', trouble: 'unclear' };

/** ccxt has a class for it and few exchanges' codes lead there. */
const DUPLICATE =
  /duplicat|already (?:exists?|used)|client ?order ?id.{0,20}(?:exist|used|repeat)|request is duplicate/i;

/** The wait after a rate limit that names none. */
const RATE_LIMIT_MS: Millis = 1_000;
const DDOS_MS: Millis = 10_000;

/** The error's class and what it inherits from, the nearest first. */
function classNames(error: unknown): string[] {
  const names: string[] = [];
  for (
    let each: unknown = error;
    typeof each === 'object' && each !== null;
    each = Object.getPrototypeOf(each)
  ) {
    const made: unknown = each.constructor;
    if (typeof made === 'function' && names.at(-1) !== made.name) names.push(made.name);
  }
  return names;
}

export function isA(error: unknown, className: string): boolean {
  return classNames(error).includes(className);
}

function meaningOf(error: unknown): Meaning {
  const name = classNames(error).find((each) => MEANINGS[each] !== undefined);
  const meaning = name === undefined ? UNCLEAR : (MEANINGS[name] ?? UNCLEAR);
  const duplicate =
    meaning.fate === 'refused' && meaning.trouble === 'request' && DUPLICATE.test(reasonOf(error));
  return duplicate ? { fate: 'unknown', trouble: 'request' } : meaning;
}

export function troubleOf(error: unknown): Trouble {
  return error instanceof RequestHeld ? 'rate_limit' : meaningOf(error).trouble;
}

/** What became of the request that ended in this error. */
export function answerOf(error: unknown): Exclude<Answer, { kind: 'done' }> {
  const reason = reasonOf(error);
  if (error instanceof RequestHeld) return { kind: 'later', afterMs: error.afterMs, reason };
  const { fate } = meaningOf(error);
  if (fate !== 'later') return { kind: fate, reason };
  return { kind: 'later', afterMs: isA(error, 'DDoSProtection') ? DDOS_MS : RATE_LIMIT_MS, reason };
}
