/**
 * Every own unit held at the exchange is covered there by a stop, or on its way out, within the time that the preset
 * allows and what messages need, by the exchange's time. Time in which the daemon is down or taking up its session, or in
 * which the exchange lets it do nothing (is away, has taken back the key, has another clock), does not count.
 */
import Big from 'big.js';
import { isLive, leaves } from '../../../scripts/exchange-emulator/core/order.ts';
import type { Millis } from '../../../src/market/time.ts';
import { GRACE_MS } from '../../hostile/checks/protection.ts';
import type { Life } from '../daemon/life.ts';
import { type ExchangeBooks, type Holdings, idOf, isOwn } from './holdings.ts';

/** An exit that was sent and refused is sent again within that time. */
const EXIT_MS: Millis = 52_000;

export interface ProtectionParts {
  readonly books: ExchangeBooks;
  readonly holdings: Holdings;
  readonly protectMs: Millis;
  readonly violated: (what: string) => void;
}

interface Uncovered {
  readonly for: Millis;
  /** The least that was held in it, and the most that was covered: it ends when these meet. */
  readonly least: Big;
  readonly most: Big;
}

export class Protection {
  readonly #parts: ProtectionParts;
  readonly #uncovered = new Map<string, Uncovered>();
  readonly #exits = new Map<string, Millis>();
  #last: Millis = 0;
  /** The longest that anything was without cover, of what counts. */
  longest: Millis = 0;

  constructor(parts: ProtectionParts) {
    this.#parts = parts;
  }

  exitSent(symbol: string, at: Millis): void {
    this.#exits.set(idOf(symbol), at + EXIT_MS);
  }

  look(now: Millis, life: Life | null, excused: boolean): void {
    const { protectMs, violated, holdings } = this.#parts;
    const passed = life?.ready === true && !excused ? now - this.#last : 0;
    this.#last = now;
    for (const symbol of holdings.own.keys()) {
      const { held, covered } = this.#cover(symbol, now, life);
      if (covered.gte(held)) {
        this.#uncovered.delete(symbol);
        continue;
      }
      const was = this.#uncovered.get(symbol);
      const least = was === undefined || held.lt(was.least) ? held : was.least;
      const most = was === undefined || covered.gt(was.most) ? covered : was.most;
      const span = was === undefined ? 0 : was.for + passed;
      if (most.gte(least)) this.#uncovered.delete(symbol);
      else this.#uncovered.set(symbol, { for: span, least, most });
      this.longest = Math.max(this.longest, span);
      if (most.lt(least) && span > protectMs + GRACE_MS) {
        violated(`${held.toFixed()} ${symbol} held and ${covered.toFixed()} protected for ${span} ms`);
        this.#uncovered.delete(symbol);
      }
    }
  }

  #cover(symbol: string, now: Millis, life: Life | null): { held: Big; covered: Big } {
    const { books, holdings } = this.#parts;
    const own = holdings.own.get(symbol) ?? new Big(0);
    const there = holdings.there(symbol);
    const none = new Big(0);
    if (own.eq(0) || own.times(there).lte(0)) return { held: none, covered: none };
    // What others took off the account is not there to be protected.
    let held = own.abs().lt(there.abs()) ? own.abs() : there.abs();
    if (holdings.others.has(symbol) && life !== null) {
      const believed = believedOf(life, symbol);
      if (believed.times(own).gte(0) && believed.abs().lt(held)) held = believed.abs();
    }
    if ((this.#exits.get(symbol) ?? 0) > now) return { held, covered: held };
    const side = own.gt(0) ? 'sell' : 'buy';
    let covered = none;
    for (const order of books.orders.live()) {
      if (order.listing.symbol !== symbol || order.side !== side || !isOwn(order) || !isLive(order)) continue;
      const stops = order.trigger !== null && order.trigger.direction === (side === 'sell' ? 'fall' : 'rise');
      const leaving = order.type === 'market' && order.status !== 'untriggered';
      if (stops || leaving) covered = covered.plus(order.closesPosition ? there.abs() : leaves(order));
    }
    return { held, covered };
  }
}

export function believedOf(life: Life, symbol: string): Big {
  for (const [name, quantity] of life.host.engine.claims().holdings)
    if (idOf(name) === symbol) return new Big(quantity);
  return new Big(0);
}
