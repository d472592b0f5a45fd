/**
 * Every own unit held at the venue is covered there by a stop, or on its way out, within the time that the preset allows
 * and what messages need. Time in which the daemon is down, recovering, cut off or has a wrong clock does not count.
 */
import Big from 'big.js';
import type { Market } from '../../../src/market/instrument.ts';
import type { Millis } from '../../../src/market/time.ts';
import type { Life } from '../daemon/life.ts';
import type { Exchange } from '../venue/exchange.ts';
import type { InFlight } from '../venue/wire.ts';

/**
 * A push that is lost is made up for by the next comparison with the books (20 s), its look-ups may have to be asked
 * again (15 s each), and a stop that got lost counts as such once it is too old to arrive.
 */
export const GRACE_MS: Millis = 75_000;
/** An exit that was sent and refused is sent again within that time. */
const EXIT_AGAIN_MS: Millis = 45_000;

export interface ProtectionParts {
  readonly exchange: Exchange;
  readonly markets: readonly Market[];
  readonly inFlight: InFlight[];
  readonly protectMs: Millis;
  readonly violated: (what: string) => void;
}

export class Protection {
  readonly #parts: ProtectionParts;
  readonly #uncovered = new Map<string, Millis>();
  #last: Millis = 0;
  #version = -1;
  #covered = true;
  /** Longest that anything was uncovered. */
  longest: Millis = 0;

  constructor(parts: ProtectionParts) {
    this.#parts = parts;
  }

  look(now: Millis, life: Life | null, cutOff: boolean): void {
    const { exchange, markets, protectMs } = this.#parts;
    const counts = life?.ready === true && !cutOff && life.clockError === 0;
    const passed = counts ? now - this.#last : 0;
    this.#last = now;
    if (exchange.version === this.#version && this.#covered) return;
    this.#version = exchange.version;
    this.#covered = true;
    if (life === null) {
      this.#covered = false;
      return;
    }
    for (const market of markets) {
      if (this.#isCovered(market, now, life)) {
        this.#uncovered.delete(market.symbol);
        continue;
      }
      this.#covered = false;
      const since = (this.#uncovered.get(market.symbol) ?? -passed) + passed;
      this.#uncovered.set(market.symbol, since);
      this.longest = Math.max(this.longest, since);
      if (since > protectMs + GRACE_MS) {
        this.#parts.violated(`${exchange.held(market.symbol).toFixed()} ${market.symbol} unprotected for ${since} ms`);
        this.#uncovered.set(market.symbol, Number.NEGATIVE_INFINITY);
      }
    }
  }

  #isCovered(market: Market, now: Millis, life: Life): boolean {
    const { exchange } = this.#parts;
    const own = exchange.own.get(market.symbol);
    if (own === undefined || own.abs().lt(market.lot)) return true;
    const there = exchange.held(market.symbol);
    if (own.times(there).lte(0)) return true;
    // What others took off the account by hand is not there to be protected.
    const less = own.abs().lt(there.abs()) ? own.abs() : there.abs();
    const believed = new Big(life.engine.claims().holdings.get(market.symbol) ?? 0);
    const corrected = believed.times(own).gt(0) && believed.abs().lt(less) && this.#wasReduced(market);
    const lots = (corrected ? believed.abs() : less).div(market.lot).round(0, Big.roundDown);
    const side = own.gt(0) ? 'sell' : 'buy';
    let covering = 0;
    for (const order of exchange.open()) {
      if (order.clientId === null || order.market !== market || order.side !== side) continue;
      if (order.type === 'stop' || order.type === 'market') covering += order.lots - order.filledLots;
    }
    if (lots.lte(covering)) return true;
    return this.#leaving(market.symbol, now);
  }

  #wasReduced(market: Market): boolean {
    return this.#parts.exchange.others.has(market.symbol);
  }

  #leaving(symbol: string, now: Millis): boolean {
    const { inFlight } = this.#parts;
    for (let i = inFlight.length - 1; i >= 0; i--) {
      const sent = inFlight[i];
      if (sent === undefined || sent.until + EXIT_AGAIN_MS < now) return false;
      if (sent.request.symbol === symbol) return true;
    }
    return false;
  }
}
