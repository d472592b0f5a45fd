/** Open interest of perpetuals, asked for in turn: it moves slowly, and no exchange streams it for all. */
import { BASE, SECOND } from '../../market/time.ts';
import type { CcxtExchange, Params } from './exchange.ts';
import { pause, type Timer } from './time.ts';

export interface OpenInterestOptions {
  readonly exchange: CcxtExchange;
  readonly timer: Timer;
  readonly symbols: readonly string[];
  readonly params: Params;
  /** Base units of what each market counts in. */
  readonly sizes: readonly number[];
  readonly failed: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** What was heard of a symbol longer ago is no figure of now. */
const FRESH_MS = 3 * BASE;

export class OpenInterest {
  readonly #options: OpenInterestOptions;
  readonly #known = new Map<string, { readonly units: number; readonly at: number }>();

  constructor(options: OpenInterestOptions) {
    this.#options = options;
  }

  /** In quote at that price; undefined while it is not known. */
  at(symbol: string, price: number): number | undefined {
    const known = this.#known.get(symbol);
    const fresh = known !== undefined && this.#options.timer.steady() - known.at <= FRESH_MS;
    return fresh ? known.units * price : undefined;
  }

  /** Ends when the signal does. */
  async run(): Promise<void> {
    const { exchange, timer, symbols, params, sizes, failed, signal } = this.#options;
    while (!signal.aborted) {
      const begun = timer.steady();
      for (const [i, symbol] of symbols.entries()) {
        if (signal.aborted) return;
        try {
          const { openInterestAmount } = await exchange.fetchOpenInterest(symbol, params);
          const units = Number(openInterestAmount) * (sizes[i] ?? 1);
          if (openInterestAmount !== undefined && Number.isFinite(units))
            this.#known.set(symbol, { units, at: timer.steady() });
        } catch (error) {
          if (signal.aborted) return;
          failed(error);
          await pause(timer, SECOND, signal);
        }
      }
      await pause(timer, Math.max(SECOND, begun + BASE - timer.steady()), signal);
    }
  }
}
