/** What a venue lists, as it changes: markets keep their index for good, whatever becomes of them. */
import { type Instrument, type Market, toMarket } from '../market/instrument.ts';
import { goneOf, type VenueFacts } from './facts.ts';
import type { InputOf } from './input.ts';

type Listings = InputOf<'listings'>;

/** The facts of a venue that now lists what the input says. */
export function listedAnew(facts: VenueFacts, { added, changed, delisted, relisted }: Listings): VenueFacts {
  const anew = new Map(changed.map((instrument) => [instrument.symbol, instrument]));
  const known = facts.markets.map((market) => {
    const instrument = anew.get(market.symbol);
    return instrument === undefined ? market : toMarket(instrument, market.index);
  });
  const markets = [...known, ...added.map((instrument, i) => toMarket(instrument, known.length + i))];
  const gone = new Set(goneOf(facts));
  for (const symbol of delisted) gone.add(symbol);
  for (const symbol of relisted) gone.delete(symbol);
  return { ...facts, markets, gone: [...gone].sort() };
}

/** What has to be told to an engine that knows `facts` of a venue that lists `instruments`; null when it is the same. */
export function listingsOf(
  facts: VenueFacts,
  instruments: readonly Instrument[],
  gone: ReadonlySet<string>,
): Omit<Listings, 'at'> | null {
  const known = new Map(facts.markets.map((market) => [market.symbol, market]));
  const was = new Set(goneOf(facts));
  const added = instruments.filter(({ symbol }) => !known.has(symbol));
  const changed = instruments.filter((instrument) => {
    const market = known.get(instrument.symbol);
    return market !== undefined && !gone.has(instrument.symbol) && differs(market, instrument);
  });
  const delisted = [...gone].filter((symbol) => known.has(symbol) && !was.has(symbol)).sort();
  const relisted = [...was].filter((symbol) => !gone.has(symbol)).sort();
  if ([added, changed, delisted, relisted].every((list) => list.length === 0)) return null;
  return { kind: 'listings', added, changed, delisted, relisted };
}

const TERMS = ['tick', 'lot', 'minNotional', 'makerFee', 'takerFee'] as const;

/** Whether a market is listed on other terms. */
export function differs(market: Market, instrument: Instrument): boolean {
  return TERMS.some((term) => market[term] !== instrument[term]);
}
