/** The one account of the emulator: coins, positions, leverage and the modes it can be put into. */
import Big from 'big.js';
import { quotient, ZERO } from '../decimal.ts';
import type { Listing } from './instrument.ts';
import type { Leg, Order, Side } from './order.ts';
import { isLive, leaves } from './order.ts';
import { Position } from './position.ts';

export type MarginMode = 'isolated' | 'cross' | 'portfolio';

/** Leverage of a symbol that nobody has set. */
const DEFAULT_LEVERAGE = new Big(10);

export class Account {
  readonly coins = new Map<string, Big>();
  readonly cumRealised = new Map<string, Big>();
  readonly positions = new Map<string, Position>();
  readonly #leverage = new Map<string, Big>();
  readonly #marginModes = new Map<string, MarginMode>();
  hedged = false;
  /** Of the account, where it is the account's: of symbols that have none of their own. */
  marginMode: MarginMode = 'cross';

  constructor(wallet: Readonly<Record<string, string>>) {
    for (const [coin, amount] of Object.entries(wallet)) this.coins.set(coin, new Big(amount));
  }

  balance(coin: string): Big {
    return this.coins.get(coin) ?? ZERO;
  }

  add(coin: string, amount: Big): void {
    this.coins.set(coin, this.balance(coin).plus(amount));
  }

  /** Takes what a closed position made, or a fee, into the wallet. */
  realise(coin: string, amount: Big): void {
    this.add(coin, amount);
    this.cumRealised.set(coin, (this.cumRealised.get(coin) ?? ZERO).plus(amount));
  }

  leverage(symbol: string): Big {
    return this.#leverage.get(symbol) ?? DEFAULT_LEVERAGE;
  }

  setLeverage(symbol: string, leverage: Big): void {
    this.#leverage.set(symbol, leverage);
  }

  marginModeOf(symbol: string): MarginMode {
    return this.#marginModes.get(symbol) ?? this.marginMode;
  }

  setMarginModeOf(symbol: string, mode: MarginMode): void {
    this.#marginModes.set(symbol, mode);
  }

  position(listing: Listing, leg: Leg): Position {
    const key = `${listing.symbol}:${leg}`;
    const known = this.positions.get(key);
    if (known !== undefined) return known;
    const made = new Position(listing, leg);
    this.positions.set(key, made);
    return made;
  }

  /** Which leg a trade acts on: the account's only one, or the one that the order names. */
  legs(listing: Listing): readonly Position[] {
    return this.hedged ? [this.position(listing, 1), this.position(listing, 2)] : [this.position(listing, 0)];
  }

  open(): readonly Position[] {
    return [...this.positions.values()].filter((position) => !position.flat);
  }

  positionMargin(coin: string): Big {
    return this.open()
      .filter((position) => position.listing.quote === coin)
      .reduce((sum, p) => sum.plus(quotient(p.cost, this.leverage(p.listing.symbol))), ZERO);
  }

  /** What resting orders hold back: margin on perpetuals, the coin itself on spot. */
  orderMargin(coin: string, orders: Iterable<Order>): Big {
    let sum = ZERO;
    for (const order of orders) {
      if (order.listing.category !== 'linear' || order.listing.quote !== coin) continue;
      if (!isLive(order) || order.status === 'untriggered' || order.reduceOnly || order.price === null)
        continue;
      const value = leaves(order).times(order.price);
      sum = sum.plus(quotient(value, this.leverage(order.listing.symbol)));
    }
    return sum;
  }

  locked(coin: string, orders: Iterable<Order>): Big {
    let sum = ZERO;
    for (const order of orders) {
      const { listing } = order;
      if (listing.category !== 'spot' || !isLive(order)) continue;
      if (order.status === 'untriggered' && order.kind !== 'tpsl') continue;
      // Of a stop and a target on the same coins only one can act: they are held back once.
      if (order.twin !== null && order.twin.ordinal < order.ordinal && isLive(order.twin)) continue;
      if (order.side === 'sell' && listing.base === coin) sum = sum.plus(leaves(order));
      if (order.side === 'buy' && listing.quote === coin && order.price !== null)
        sum = sum.plus(leaves(order).times(order.price));
    }
    return sum;
  }

  unrealised(coin: string, mark: (listing: Listing) => Big): Big {
    return this.open()
      .filter((position) => position.listing.quote === coin)
      .reduce((sum, position) => sum.plus(position.unrealised(mark(position.listing))), ZERO);
  }

  /** What a new order may use. */
  available(coin: string, orders: readonly Order[], mark: (listing: Listing) => Big): Big {
    return this.balance(coin)
      .plus(this.unrealised(coin, mark))
      .minus(this.positionMargin(coin))
      .minus(this.orderMargin(coin, orders))
      .minus(this.locked(coin, orders));
  }

  closable(listing: Listing, leg: Leg, side: Side): Big {
    return this.position(listing, leg).closable(side);
  }
}
