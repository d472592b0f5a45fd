/**
 * Trades in the last minute, from the number of trades that an exchange tells with each candle as it forms. It is known
 * once a whole minute has been heard: after a stream was down, or a candle's end was missed, it is not.
 */
import { BASE, MINUTE, type Millis } from '../../market/time.ts';

/** A candle so far. */
export interface CandleTrades {
  readonly openTime: Millis;
  /** Trades in it. */
  readonly count: number;
  readonly closed: boolean;
}

interface Heard {
  candle: CandleTrades;
  /** Trades of the candles before it. */
  before: number;
  /** All that was heard of within the last minute, and the last before that. */
  points: { readonly at: Millis; readonly total: number }[];
}

export class TradeRate {
  readonly #steady: () => Millis;
  readonly #heard = new Map<string, Heard>();

  constructor(steady: () => Millis) {
    this.#steady = steady;
  }

  hear(symbol: string, candle: CandleTrades): void {
    const heard = this.#heard.get(symbol);
    if (heard !== undefined && candle.openTime < heard.candle.openTime) return;
    const before = heard === undefined ? null : tradesBefore(heard, candle);
    const at = this.#steady();
    const total = (before ?? 0) + candle.count;
    // What does not go on from what was heard begins anew.
    const points = before === null ? [] : (heard?.points ?? []);
    points.push({ at, total });
    forget(points, at - MINUTE);
    this.#heard.set(symbol, { candle, before: before ?? 0, points });
  }

  /** @param broken the stream of the symbol has failed at or after that time. @returns undefined while it is not known. */
  of(symbol: string, broken: (since: Millis) => boolean): number | undefined {
    const points = this.#heard.get(symbol)?.points ?? [];
    const since = this.#steady() - MINUTE;
    forget(points, since);
    const [first] = points;
    const last = points.at(-1);
    if (first === undefined || last === undefined || first.at > since || broken(since)) return undefined;
    return last.total - first.total;
  }
}

/** Trades before the candle; null where it does not follow what was heard. */
function tradesBefore({ candle: was, before }: Heard, candle: CandleTrades): number | null {
  if (candle.openTime === was.openTime) return candle.count < was.count ? null : before;
  return was.closed && candle.openTime === was.openTime + BASE ? before + was.count : null;
}

/** One point from before that time stays: it says how many there had been by then. */
function forget(points: { readonly at: Millis }[], time: Millis): void {
  while (points[1] !== undefined && points[1].at <= time) points.shift();
}
