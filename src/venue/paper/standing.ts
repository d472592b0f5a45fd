/** Since when an order has been what it is, and so which part of a candle it may meet. */
import type { Shape } from '../../archive/archive.ts';
import type { OrderRequest } from '../../engine/output.ts';
import { BASE, type Millis } from '../../market/time.ts';
import type { Candle, Cover, Seen } from './cover.ts';

export interface Standing {
  /** The account's index of its market. */
  readonly place: number;
  /** When it was placed, or its stop moved last. */
  readonly at: Millis;
  /** What had been seen by then of the base interval in which that was. */
  readonly seen: Seen | null;
  /** The price that sets it off, and whether from above; null where it takes any, or that changes. */
  readonly trigger: { readonly price: number; readonly down: boolean; readonly limit: boolean } | null;
}

export function triggerOf({ type, side, price, stopPrice }: OrderRequest): Standing['trigger'] {
  if (type === 'stop' && stopPrice !== null)
    return { price: Number(stopPrice), down: side === 'sell', limit: false };
  if (type === 'limit' && price !== null) return { price: Number(price), down: side === 'buy', limit: true };
  return null;
}

/** What of a candle that quotes have not shown whole an order may meet. */
export function partOf(candle: Candle, standing: Standing, cover: Cover): 'whole' | 'close' | 'none' {
  const { closeTime } = candle;
  if (standing.at >= closeTime) return 'none';
  if (standing.at <= closeTime - BASE) return 'whole';
  if (!cover.unseen(standing.at, closeTime)) return 'none';
  if (comesAfter(candle, standing, cover)) return 'whole';
  return cover.unseen(closeTime - 1, closeTime) ? 'close' : 'none';
}

/** Quotes have shown the candle up to the order, and nothing that would have set it off: whatever does came after it. */
function comesAfter({ open }: Candle, { at, seen, trigger }: Standing, cover: Cover): boolean {
  if (seen === null || trigger === null) return false;
  // Until it has met a price a limit may be marketable as it arrives.
  if (trigger.limit && cover.last <= at) return false;
  return trigger.down ? Math.min(seen.low, open) > trigger.price : Math.max(seen.high, open) < trigger.price;
}

export const standingShape: Shape<Standing> = (a, standing) => a.json(standing);
