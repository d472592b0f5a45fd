/** What fees in a third coin are worth in quote, at that coin's price now. */
import type { Millis } from '../../market/time.ts';
import { decimal, times } from './decimal.ts';
import type { CcxtExchange } from './exchange.ts';
import type { FeeValue } from './records.ts';
import type { Timer } from './time.ts';

/** A price older than that is asked for again. */
const FRESH_MS: Millis = 60_000;

/** A price that is not known is asked for: the next time it is. */
export function feeValues(
  exchange: CcxtExchange,
  quote: string,
  timer: Timer,
  failed: (error: unknown) => void,
): FeeValue {
  const prices = new Map<string, { readonly price: string; readonly at: Millis }>();
  const asked = new Set<string>();
  const ask = async (coin: string): Promise<void> => {
    if (asked.has(coin)) return;
    asked.add(coin);
    try {
      const price = decimal((await exchange.fetchTicker(`${coin}/${quote}`)).last);
      if (price !== null) prices.set(coin, { price, at: timer.steady() });
    } catch (error) {
      failed(error);
    } finally {
      asked.delete(coin);
    }
  };
  return (coin, amount) => {
    const known = prices.get(coin);
    if (known === undefined || timer.steady() - known.at > FRESH_MS) void ask(coin);
    return known === undefined ? null : times(amount, known.price);
  };
}
