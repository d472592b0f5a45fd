/** How what the venue holds differs from one look to the next, and what of it counts where the account never stands still: somebody else trades on it all the time. */
import { isDeepStrictEqual } from 'node:util';
import type { Claims } from '../../engine/claims.ts';
import type { ForeignHolding } from '../../engine/input.ts';
import { item } from '../../market/arrays.ts';
import type { Instrument } from '../../market/instrument.ts';
import type { HoldingDifferences } from '../keeping/reconcile.ts';

/** How a market differs at one look. Prices are left out: they move on from one look to the next. */
interface Differing {
  /** What own fills come to, as the engine knows them. */
  readonly own: string;
  /** Of that what the venue does not hold, and what it holds beyond: signed base quantities. */
  readonly missing: string;
  readonly beyond: string;
  /** Open orders that the engine knows nothing of. */
  readonly orders: number;
}

/** By symbol; a market that does not differ is not in it. */
export type Look = ReadonlyMap<string, Differing>;

export function lookAt(
  { adjustments, foreign }: HoldingDifferences,
  { holdings }: Claims,
  instruments: readonly Instrument[],
): Look {
  const look = new Map<string, Differing>();
  const note = (symbol: string, differs: Partial<Differing>): void => {
    const alike: Differing = { own: holdings.get(symbol) ?? '0', missing: '0', beyond: '0', orders: 0 };
    look.set(symbol, { ...alike, ...look.get(symbol), ...differs });
  };
  for (const { symbol, quantity } of adjustments)
    note(item(instruments, symbol).symbol, { missing: quantity });
  for (const { symbol, quantity, orders } of foreign) note(symbol, { beyond: quantity, orders });
  return look;
}

/** By symbol, how what is held differs from what own fills come to; orders alone are no such thing. */
export function heldOtherwise(look: Look): Map<string, string> {
  const held = new Map<string, string>();
  for (const [symbol, { missing, beyond }] of look)
    if (Number(missing) !== 0 || Number(beyond) !== 0) held.set(symbol, `${missing} ${beyond}`);
  return held;
}

export interface ConfirmedOptions {
  readonly differences: HoldingDifferences;
  readonly before: Look;
  readonly now: Look;
  readonly claims: Claims;
  /** What the engine knows of. */
  readonly known: readonly ForeignHolding[];
  readonly instruments: readonly Instrument[];
}

/**
 * What differs as it did at the look before. Where the bot has a part in a market that does not, a fill may be on its way:
 * there the engine keeps to what it knows.
 */
export function confirmed(options: ConfirmedOptions): HoldingDifferences {
  const { differences, before, now, claims, known, instruments } = options;
  const moving = new Set(
    [...now.keys()].filter((symbol) => !isDeepStrictEqual(before.get(symbol), now.get(symbol))),
  );
  const own = new Set(claims.orders.flatMap(({ final, request }) => (final ? [] : [request.symbol])));
  for (const [symbol, quantity] of claims.holdings) if (Number(quantity) !== 0) own.add(symbol);
  const open = (symbol: string | null): boolean => symbol !== null && moving.has(symbol) && own.has(symbol);
  return {
    adjustments: differences.adjustments.filter(
      ({ symbol }) => !moving.has(item(instruments, symbol).symbol),
    ),
    foreign: [
      ...differences.foreign.filter(({ symbol }) => !open(symbol)),
      ...known
        .filter(({ symbol }) => open(symbol))
        .map(({ symbol, quantity, price, orders }) => ({ symbol, quantity, price, orders })),
    ],
    findings: differences.findings.filter(({ symbol }) => !open(symbol)),
  };
}
