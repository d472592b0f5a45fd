/**
 * What one connection may ask for: of which kind, how often, and how much at a time. A panic is never rate-limited
 * and never waits behind what else its connection has asked for.
 */
import { packageInfo } from '../config/package.ts';
import { RpcError } from '../protocol/errors.ts';
import { METHODS, type MethodName } from '../protocol/methods.ts';
import { PROTOCOL, type ProtocolRange, rangesMeet, rangeText } from '../protocol/version.ts';

/** `full`: everything; `read`: the read-only socket; `reserve`: a place over the cap, kept for a panic. */
export type Access = 'full' | 'read' | 'reserve';

interface Rate {
  readonly perSecond: number;
  /** Requests that may come at once after a rest. */
  readonly burst: number;
}

export interface Rates {
  readonly read: Rate;
  readonly control: Rate;
}

/** A client that asks again as soon as it is answered stays under the first; a person or a script under the second. */
export const RATES: Rates = {
  read: { perSecond: 25_000, burst: 50_000 },
  control: { perSecond: 5, burst: 20 },
};

/** Requests of one connection that may wait for their answer, a batch of 32 among them. */
export const MAX_PENDING = 64;

const PANIC: MethodName = 'engine.emergencyStop';

/** What a connection in a place over the cap is there for. */
const OF_THE_RESERVE: ReadonlySet<MethodName> = new Set([
  PANIC,
  'daemon.hello',
  'daemon.info',
  'engine.status',
]);

/** The same in every version of the protocol: how to find out, how to end the older side, how to get flat. */
const OF_EVERY_VERSION: ReadonlySet<MethodName> = new Set([
  PANIC,
  'daemon.hello',
  'daemon.info',
  'daemon.stop',
]);

class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAt: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAt = now;
  }

  /** Takes one and returns 0, or takes none and returns the milliseconds until there is one. */
  take(now: number): number {
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / perSecond) * 1000);
    this.#tokens -= 1;
    return 0;
  }
}

export interface AllowanceOptions {
  readonly access?: Access;
  readonly rates?: Rates;
  readonly maxPending?: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
}

export class Allowance {
  readonly #access: Access;
  readonly #buckets: { readonly read: TokenBucket; readonly control: TokenBucket };
  readonly #maxPending: number;
  readonly #now: () => number;
  #pending = 0;
  #panics = 0;
  /** Why the peer's protocol is not ours, while it is not. */
  #foreign: RpcError | null = null;

  constructor(options: AllowanceOptions = {}) {
    const { rates = RATES, now = () => performance.now() } = options;
    this.#access = options.access ?? 'full';
    this.#maxPending = options.maxPending ?? MAX_PENDING;
    this.#now = now;
    this.#buckets = {
      read: new TokenBucket(rates.read, now()),
      control: new TokenBucket(rates.control, now()),
    };
  }

  /** Requests that were admitted and have not left. */
  get pending(): number {
    return this.#pending + this.#panics;
  }

  /**
   * Admits a request, which must `leave` once it is answered.
   * @throws RpcError RATE_LIMITED, READ_ONLY, TOO_MANY_CONNECTIONS (a place of the reserve), PROTOCOL_UNSUPPORTED,
   * TOO_MANY_PENDING; of a panic only READ_ONLY, and EMERGENCY_IN_PROGRESS when very many are under way already.
   */
  admit(method: MethodName): void {
    if (method !== PANIC) this.#takeToken(METHODS[method].kind, method);
    if (this.#access === 'read' && METHODS[method].kind !== 'read') {
      throw RpcError.of('READ_ONLY', `${method} acts, and this socket reads only`);
    }
    if (this.#access === 'reserve' && !OF_THE_RESERVE.has(method)) {
      throw RpcError.of(
        'TOO_MANY_CONNECTIONS',
        'all connections are taken; this one, of the reserve, may only call engine.emergencyStop',
      );
    }
    if (this.#foreign !== null && !OF_EVERY_VERSION.has(method)) throw this.#foreign;
    if (method === PANIC) {
      if (this.#panics >= this.#maxPending)
        throw RpcError.of(
          'EMERGENCY_IN_PROGRESS',
          `${this.#panics} emergency stops of this connection are under way`,
        );
      this.#panics += 1;
      return;
    }
    if (this.#pending >= this.#maxPending) {
      throw RpcError.of(
        'TOO_MANY_PENDING',
        `${this.#pending} requests of this connection wait for their answer`,
      );
    }
    this.#pending += 1;
  }

  leave(method: MethodName): void {
    if (method === PANIC) this.#panics -= 1;
    else this.#pending -= 1;
  }

  /**
   * Counts a line that is no request of ours as a read: garbage costs as much as a question.
   * @throws RpcError RATE_LIMITED
   */
  admitGarbage(): void {
    this.#takeToken('read', 'a request');
  }

  /**
   * The peer says which versions it speaks. While none is common to both, only what is the same in all of them is
   * admitted: a command could mean something else on the other side.
   * @throws RpcError PROTOCOL_UNSUPPORTED
   */
  speaks(peer: ProtocolRange): void {
    this.#foreign = rangesMeet(peer, PROTOCOL) ? null : foreign(peer);
    if (this.#foreign !== null) throw this.#foreign;
  }

  #takeToken(kind: 'read' | 'control', what: string): void {
    const retryAfterMs = this.#buckets[kind].take(this.#now());
    if (retryAfterMs > 0)
      throw RpcError.of('RATE_LIMITED', `too many requests: ${what} may come again in ${retryAfterMs} ms`, {
        retryAfterMs,
      });
  }
}

function foreign(peer: ProtocolRange): RpcError {
  const { version } = packageInfo();
  const older = peer.min > PROTOCOL.max;
  return RpcError.of(
    'PROTOCOL_UNSUPPORTED',
    `the daemon (breakout ${version}) speaks protocol ${rangeText(PROTOCOL)}, this client ${rangeText(peer)}`,
    {
      hint: older
        ? 'the daemon is the older one: stop it and start it again with the version of the client'
        : 'the client is the older one: upgrade it to the version of the daemon',
    },
  );
}
