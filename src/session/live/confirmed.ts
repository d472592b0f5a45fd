/** What of a comparison counts where the account never stands still: somebody else trades on it all the time. */
import type { Claims } from '../../engine/claims.ts';
import type { ForeignHolding } from '../../engine/input.ts';
import { item } from '../../market/arrays.ts';
import type { Instrument } from '../../market/instrument.ts';
import type { HoldingDifferences } from '../keeping/reconcile.ts';

/** How the markets differ at one look, each with what was believed of it. */
export type Look = ReadonlyMap<string, string>;

export function lookAt(
  { adjustments, foreign }: HoldingDifferences,
  { holdings }: Claims,
  instruments: readonly Instrument[],
): Look {
  const look = new Map<string, string>();
  const note = (symbol: string, differs: string): void => {
    look.set(symbol, `${look.get(symbol) ?? `${holdings.get(symbol) ?? 0}:`} ${differs}`);
  };
  for (const { symbol, quantity } of adjustments) note(item(instruments, symbol).symbol, quantity);
  for (const { symbol, quantity } of foreign) note(symbol, quantity);
  return look;
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
    [...now].flatMap(([symbol, differs]) => (before.get(symbol) === differs ? [] : [symbol])),
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
