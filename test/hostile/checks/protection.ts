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
 * again (5 s and more each), and a stop that got lost counts as such once it is too old to arrive.
 */
export const GRACE_MS: Millis = 120_000;
const NEW: Uncovered = { for: 0, least: Number.POSITIVE_INFINITY, most: 0 };

/** An exit that was sent and refused is sent again within that time. */
const EXIT_AGAIN_MS: Millis = 45_000;

export interface ProtectionParts {
  readonly exchange: Exchange;
  readonly markets: readonly Market[];
  readonly inFlight: InFlight[];
  readonly protectMs: Millis;
  readonly violated: (what: string) => void;
}

/**
 * A span in which some unit was never covered: it began with all that was held, and ends when the most that was covered
 * in it reaches the least that was held. A stop that follows an entry in parts is behind by its last part only.
 */
interface Uncovered {
  readonly for: Millis;
  readonly least: number;
  readonly most: number;
}

export class Protection {
  readonly #parts: ProtectionParts;
  readonly #uncovered = new Map<string, Uncovered>();
  #last: Millis = 0;
  #version = -1;
  #covered = true;

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
      const { held, covered } = this.#cover(market, now, life);
      if (covered >= held) {
        this.#uncovered.delete(market.symbol);
        continue;
      }
      this.#covered = false;
      const was = this.#uncovered.get(market.symbol) ?? NEW;
      const least = Math.min(was.least, held);
      const most = Math.max(was.most, covered);
      const span = was.for + (was === NEW ? 0 : passed);
      this.#uncovered.set(market.symbol, most >= least ? NEW : { for: span, least, most });
      if (most < least && span > protectMs + GRACE_MS) {
        this.#parts.violated(`${held} lots of ${market.symbol} unprotected for ${span} ms`);
        this.#uncovered.delete(market.symbol);
      }
    }
  }

  /** Lots of the bot's that are held at the venue, and lots that are covered there or on their way out. */
  #cover(market: Market, now: Millis, life: Life): { held: number; covered: number } {
    const { exchange } = this.#parts;
    const own = exchange.own.get(market.symbol) ?? new Big(0);
    const there = exchange.held(market.symbol);
    if (own.abs().lt(market.lot) || own.times(there).lte(0)) return { held: 0, covered: 0 };
    // What others took off the account by hand is not there to be protected.
    const less = own.abs().lt(there.abs()) ? own.abs() : there.abs();
    const believed = new Big(life.engine.claims().holdings.get(market.symbol) ?? 0);
    const corrected = believed.times(own).gte(0) && believed.abs().lt(less) && this.#wasReduced(market);
    const held = Number((corrected ? believed.abs() : less).div(market.lot).round(0, Big.roundDown));
    if (this.#leaving(market.symbol, now)) return { held, covered: held };
    const side = own.gt(0) ? 'sell' : 'buy';
    let covered = 0;
    for (const order of exchange.open()) {
      if (order.clientId === null || order.market !== market || order.side !== side) continue;
      if (order.type === 'stop' || order.type === 'market') covered += order.lots - order.filledLots;
    }
    return { held, covered };
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
