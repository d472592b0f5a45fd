/**
 * What goes wrong, and when. A rule names the requests (`POST /v5/order/create`) or pushes (`order`, `kline.5.BTCUSDT`)
 * that it is for by a piece of their name; it lets the first `after` of them pass, then strikes `times` times.
 */
import { Rng } from '../../../src/venue/simulated/generator/rng.ts';

export type RequestFault =
  /** Never arrives: the connection breaks. */
  | { readonly kind: 'drop-request' }
  /** Is acted on; the connection breaks before the answer. */
  | { readonly kind: 'drop-reply' }
  /** Arrives, or is answered, so many ms of the venue's time later. */
  | { readonly kind: 'delay-request'; readonly ms: number }
  | { readonly kind: 'delay-reply'; readonly ms: number }
  /** Waits until it is released: before it is acted on, or after. Never released, it hangs. */
  | { readonly kind: 'hold-request' }
  | { readonly kind: 'hold-reply' }
  /** Is acted on twice; the sender gets one of the two answers. */
  | { readonly kind: 'duplicate'; readonly reply: 'first' | 'second' }
  /** An HTTP status in place of the answer, with or without having been acted on. */
  | { readonly kind: 'status'; readonly status: number; readonly acted: boolean }
  /** An error code of the protocol in place of the answer. */
  | { readonly kind: 'code'; readonly code: number; readonly message: string; readonly acted: boolean };

export type PushFault =
  | { readonly kind: 'drop-push' }
  | { readonly kind: 'duplicate-push' }
  | { readonly kind: 'delay-push'; readonly ms: number }
  /** Is sent only after the next `behind` pushes on the same connection: out of order. */
  | { readonly kind: 'hold-push'; readonly behind: number };

export interface Rule<F> {
  readonly fault: F;
  readonly match: string;
  /** A name that holds this is spared; null: none is. */
  readonly except: string | null;
  /** null: every time. */
  readonly times: number | null;
  readonly after: number;
  /** Chance of striking each time that it could, 1 = always. */
  readonly chance: number;
}

interface Standing<F> {
  readonly rule: Rule<F>;
  seen: number;
  struck: number;
}

/** The rules of one kind. Deterministic: the chances come out of a seed. */
export class Rules<F extends { readonly kind: string }> {
  /** How often each kind has struck. */
  readonly struck = new Map<string, number>();
  readonly #rng: Rng;
  #standing: Standing<F>[] = [];

  constructor(seed: number) {
    this.#rng = new Rng(seed);
  }

  add(rule: Rule<F>): void {
    this.#standing.push({ rule, seen: 0, struck: 0 });
  }

  clear(): void {
    this.#standing = [];
  }

  /** The fault that strikes what has this name now, or null. */
  strike(name: string): F | null {
    for (const standing of this.#standing) {
      const { rule } = standing;
      if (!name.includes(rule.match) || (rule.except !== null && name.includes(rule.except))) continue;
      if (rule.times !== null && standing.struck >= rule.times) continue;
      standing.seen += 1;
      if (standing.seen <= rule.after || (rule.chance < 1 && !this.#rng.chance(rule.chance))) continue;
      standing.struck += 1;
      const { kind } = rule.fault;
      this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1);
      return rule.fault;
    }
    return null;
  }
}
