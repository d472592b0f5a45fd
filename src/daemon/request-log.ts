/**
 * Requests in the log. A control command runs under a reference of its own and is logged with who asked, what for
 * and what became of it; what it causes on the way carries the reference, and a refusal tells it to the client.
 * Reads are logged at level debug only, and cost next to nothing else.
 */
import { RpcError } from '../protocol/errors.ts';
import { METHODS, type MethodName } from '../protocol/methods.ts';
import { newRef, underRef } from '../telemetry/correlation.ts';
import type { Logger } from '../telemetry/log.ts';
import { redacted } from '../telemetry/redact.ts';

/** Who sends requests. */
export interface Caller {
  /** The name it gave itself. */
  readonly client: string;
}

/** One request on its way. */
export interface Asked<Peer> {
  readonly method: MethodName;
  readonly peer: Peer;
  readonly id: string | number | null | undefined;
}

/** Tells the log the parameters, once they are checked. */
export type Tell = (params: unknown) => void;

/** Does what is asked for. Rejects with RpcError alone. */
type Serve<R> = (tell: Tell) => Promise<R>;

const UNTOLD: Tell = () => undefined;

/** Logging one of these would make the next line that it answers with. */
const NEVER_LOGGED: ReadonlySet<MethodName> = new Set(['logs.tail']);

/** Refusals logged at once and per second: a flood of them must not turn the log over. */
const REFUSALS_AT_ONCE = 50;
const REFUSALS_PER_SECOND = 5;

const LONGEST_ID = 36;

export class RequestLog<Peer extends Caller & object> {
  readonly #log: Logger;
  /** Connections by the order of their first logged request. */
  readonly #numbers = new WeakMap<Peer, number>();
  #lastNumber = 0;
  #refusals = REFUSALS_AT_ONCE;
  #refilledAt = performance.now();
  /** Refusals since the last one that was logged. */
  #unlogged = 0;

  /** @param log of component `control`. */
  constructor(log: Logger) {
    this.#log = log;
  }

  /** Has a request served. @throws RpcError as `serve` does; that of a logged one carries its reference. */
  run<R>(asked: Asked<Peer>, serve: Serve<R>): Promise<R> {
    if (METHODS[asked.method].kind === 'control') return this.#logged(asked, 'info', serve);
    return this.#log.enabled('debug') && !NEVER_LOGGED.has(asked.method)
      ? this.#logged(asked, 'debug', serve)
      : serve(UNTOLD);
  }

  #logged<R>(asked: Asked<Peer>, level: 'info' | 'debug', serve: Serve<R>): Promise<R> {
    const ref = newRef();
    return underRef(ref, async () => {
      const began = performance.now();
      let params: unknown;
      const line = (): Record<string, unknown> => ({
        ...this.#origin(asked),
        ...(params !== undefined && { params: redacted(params) }),
        ms: Math.round((performance.now() - began) * 10) / 10,
      });
      try {
        const result = await serve((checked) => {
          params = checked;
          if (level === 'info') this.#log.debug(`${asked.method} begun`, line());
        });
        this.#log.log(level, `${asked.method} done`, { ...line(), answer: messageOf(result) });
        return result;
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        this.#refused(asked, level, error, line());
        throw error.withRef(ref);
      }
    });
  }

  #refused(
    { method }: Asked<Peer>,
    level: 'info' | 'debug',
    refusal: RpcError,
    line: Record<string, unknown>,
  ): void {
    if (!this.#mayLogRefusal()) {
      this.#unlogged += 1;
      return;
    }
    const unlogged = this.#unlogged;
    this.#unlogged = 0;
    this.#log.log(level === 'info' ? 'warn' : 'debug', `${method} refused`, {
      ...line,
      code: refusal.code,
      // What is wrong with parameters is the sender's own text.
      ...(refusal.code !== 'INVALID_PARAMS' && { answer: refusal.message }),
      ...(unlogged > 0 && { unlogged }),
    });
  }

  #origin({ method, peer, id }: Asked<Peer>): Record<string, unknown> {
    let connection = this.#numbers.get(peer);
    if (connection === undefined) {
      connection = this.#lastNumber += 1;
      this.#numbers.set(peer, connection);
    }
    return {
      method,
      by: peer.client,
      connection,
      request: typeof id === 'string' ? id.slice(0, LONGEST_ID) : id,
    };
  }

  #mayLogRefusal(): boolean {
    const now = performance.now();
    const refilled = this.#refusals + ((now - this.#refilledAt) / 1000) * REFUSALS_PER_SECOND;
    this.#refusals = Math.min(REFUSALS_AT_ONCE, refilled);
    this.#refilledAt = now;
    if (this.#refusals < 1) return false;
    this.#refusals -= 1;
    return true;
  }
}

/** What a control command answered, in words. */
function messageOf(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null || !('message' in result)) return undefined;
  return typeof result.message === 'string' ? result.message : undefined;
}
