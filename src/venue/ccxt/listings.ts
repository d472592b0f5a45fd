/** What an exchange lists, as it changes: an instrument keeps its index for good, whatever becomes of it. */
import type { Instrument } from '../../market/instrument.ts';
import type { CcxtMarket } from './exchange.ts';
import type { Instruments } from './instruments.ts';

export class Listings {
  /** By index; the first ones sorted by symbol, later ones behind them. */
  readonly instruments: Instrument[];
  /** ccxt's own, by symbol; of those that are gone as they were last. */
  readonly markets: Map<string, CcxtMarket>;
  /** Symbols that were listed and are not any more. */
  readonly gone = new Set<string>();

  constructor({ list, markets }: Pick<Instruments, 'list' | 'markets'>) {
    this.instruments = [...list];
    this.markets = new Map(markets);
  }

  /** Symbols that are traded, with their index, in the order of it. */
  get traded(): readonly { readonly symbol: string; readonly index: number }[] {
    return this.instruments.flatMap(({ symbol }, index) =>
      this.gone.has(symbol) ? [] : [{ symbol, index }],
    );
  }

  /**
   * What was listed when it was traded on before; what is missing in it now is gone. `markets` are all that ccxt knows.
   * @returns markets that ccxt knows nothing of, as it would have them: what is left there has to be found and closed.
   */
  know(before: readonly Instrument[], markets: Readonly<Record<string, CcxtMarket>>): readonly CcxtMarket[] {
    const listed = new Set(this.instruments.map(({ symbol }) => symbol));
    const [like] = this.markets.values();
    const unknown: CcxtMarket[] = [];
    for (const instrument of before) {
      const { symbol } = instrument;
      if (listed.has(symbol)) continue;
      this.instruments.push(instrument);
      this.gone.add(symbol);
      const known = markets[symbol];
      const market = known ?? (like === undefined ? undefined : former(like, instrument));
      if (market === undefined) continue;
      this.markets.set(symbol, market);
      if (known === undefined) unknown.push(market);
    }
    return unknown;
  }

  /** Symbols that are missing in what the exchange lists now. */
  missingIn({ markets }: Pick<Instruments, 'markets'>): ReadonlySet<string> {
    return new Set(this.traded.flatMap(({ symbol }) => (markets.has(symbol) ? [] : [symbol])));
  }

  /**
   * The exchange lists that now.
   * @param gone what else is missing is taken for a reply that was not whole.
   * @returns whether anything is other than before.
   */
  update({ list, markets }: Pick<Instruments, 'list' | 'markets'>, gone: ReadonlySet<string>): boolean {
    let news = false;
    const indices = new Map(this.instruments.map(({ symbol }, index) => [symbol, index]));
    for (const instrument of list) {
      const { symbol } = instrument;
      const index = indices.get(symbol);
      const known = index === undefined ? undefined : this.instruments[index];
      if (this.gone.delete(symbol)) news = true;
      if (JSON.stringify(known) !== JSON.stringify(instrument)) {
        this.instruments[index ?? this.instruments.length] = instrument;
        news = true;
      }
    }
    for (const [symbol, market] of markets) this.markets.set(symbol, market);
    for (const symbol of gone) {
      if (markets.has(symbol) || this.gone.has(symbol)) continue;
      this.gone.add(symbol);
      news = true;
    }
    return news;
  }
}

/** A market that the exchange does not show any more, on the pattern of one that it shows: both name a market by its coins. */
function former(like: CcxtMarket, { symbol, base, quote, tick, lot, minNotional }: Instrument): CcxtMarket {
  return {
    ...like,
    id: base + quote,
    symbol,
    base,
    quote,
    active: false,
    precision: { ...like.precision, amount: Number(lot), price: Number(tick) },
    limits: { ...like.limits, amount: { min: Number(lot) }, cost: { min: Number(minNotional) } },
  };
}
