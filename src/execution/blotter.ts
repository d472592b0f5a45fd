/**
 * The blotter: all trades that are open, those that ended lately, and what they left. It answers questions; the
 * desk acts.
 */
import Big from 'big.js';
import { type Archive, numberShape } from '../archive/archive.ts';
import type { Market } from '../market/instrument.ts';
import type { Exposure } from '../risk/sizing.ts';
import { decimalShape } from './ledger.ts';
import { type OpenTrade, tradeShape } from './open-trade.ts';
import type { Orders } from './orders.ts';

/** Ended trades that are still known, for fills that come late. */
const REMEMBERED = 256;

export class Blotter {
  readonly #open = new Map<number, OpenTrade>();
  readonly #ended = new Map<number, OpenTrade>();
  /** What ended trades left at the venue because it was too small to close, by symbol index, signed. */
  readonly #dust = new Map<number, Big>();
  #ordinal = 0;

  /** Trades that hold something or are about to, oldest first. */
  trades(): IterableIterator<OpenTrade> {
    return this.#open.values();
  }

  get size(): number {
    return this.#open.size;
  }

  get positions(): number {
    let n = 0;
    for (const trade of this.#open.values()) if (trade.openLots > 0) n++;
    return n;
  }

  /** An aggressive entry is out and not all of it is final, or a resting one waits for its acceptance. */
  get entering(): boolean {
    for (const trade of this.#open.values()) {
      if (trade.plan === null || trade.plan.purpose !== 'entry') continue;
      if (
        !trade.plan.resting ||
        trade.entries.some((o) => o.status === 'submitted' || o.status === 'unknown')
      )
        return true;
    }
    return false;
  }

  get entriesPending(): number {
    let n = 0;
    for (const trade of this.#open.values()) if (trade.plan !== null) n++;
    return n;
  }

  of(symbol: number): OpenTrade | null {
    for (const trade of this.#open.values()) if (trade.market.index === symbol) return trade;
    return null;
  }

  /**
   * Whether what the venue counts of a symbol is no more than the remainders that ended trades left there and what
   * is not the bot's, to within less than a lot, which cannot be traded.
   */
  isDust(market: Market, quantity: string, foreign: string): boolean {
    const unknown = new Big(quantity).minus(foreign).minus(this.#dust.get(market.index) ?? 0);
    return unknown.abs().lt(market.lot);
  }

  /** What own fills have left in the account, by symbol index: signed base quantities, dust included. */
  holdings(): Map<number, string> {
    const held = new Map<number, Big>(this.#dust);
    for (const { market, account } of this.#open.values())
      held.set(market.index, account.held.plus(held.get(market.index) ?? 0));
    return new Map([...held].map(([index, quantity]) => [index, quantity.toFixed()]));
  }

  /** Every filled unit has a confirmed stop. */
  get allProtected(): boolean {
    for (const trade of this.#open.values()) if (trade.protectedLots < trade.openLots) return false;
    return true;
  }

  exposures(): Exposure[] {
    const list: Exposure[] = [];
    for (const trade of this.#open.values()) {
      list.push({
        symbol: trade.market.index,
        side: trade.side,
        risk: trade.openRisk,
        notional: trade.notional,
        cost: trade.cost + trade.pending,
        btcCorrelation: trade.btcCorrelation,
      });
    }
    return list;
  }

  /** Realised result of the open trades, by average cost; what is held is valued at entry. */
  openRealised(): number {
    let total = 0;
    for (const trade of this.#open.values()) {
      if (trade.filled) total += trade.valueAt(trade.entryPrice);
    }
    return total;
  }

  /** Result of the open trades with what is held valued at its mark. */
  openValue(): number {
    let total = 0;
    for (const trade of this.#open.values()) {
      if (trade.filled) total += trade.valueAt(trade.mark);
    }
    return total;
  }

  /** The terms that trades of a symbol are counted in; null when none is known. */
  protected marketOf(index: number): Market | null {
    for (const trades of [this.#open, this.#ended])
      for (const { market } of trades.values()) if (market.index === index) return market;
    return null;
  }

  protected regridTrades(market: Market): void {
    for (const trades of [this.#open, this.#ended])
      for (const trade of trades.values()) if (trade.market.index === market.index) trade.regrid(market);
  }

  /** The next trade's ordinal. */
  protected nextId(): number {
    return ++this.#ordinal;
  }

  openTrade(id: number): OpenTrade | undefined {
    return this.#open.get(id);
  }

  protected endedTrade(id: number): OpenTrade | undefined {
    return this.#ended.get(id);
  }

  /** Ended trades of a symbol, oldest first. */
  protected endedIn(index: number): OpenTrade[] {
    return [...this.#ended.values()].filter(({ market }) => market.index === index);
  }

  protected add(trade: OpenTrade): void {
    this.#open.set(trade.id, trade);
  }

  /** What ended trades left of a symbol goes out with this one, so that dust never grows to a lot nobody looks after. */
  protected carryDust(trade: OpenTrade): void {
    const { index } = trade.market;
    trade.account.carried = this.#dust.get(index) ?? trade.account.carried;
    this.#dust.delete(index);
  }

  /**
   * Who of a symbol's trades bears how much of a signed change that lessens what is held. A late fill may have made a
   * second one of them; none bears more than it holds, and what is left over was dust that is gone: `dust`, signed.
   */
  protected shares(
    index: number,
    change: string,
  ): {
    readonly shares: readonly { readonly trade: OpenTrade; readonly share: string }[];
    readonly dust: Big;
  } {
    let left = new Big(change);
    const shares: { trade: OpenTrade; share: string }[] = [];
    for (const trade of this.#open.values()) {
      const { held } = trade.account;
      if (trade.market.index !== index || held.times(left).gte(0)) continue;
      const share = held.abs().lt(left.abs()) ? held.abs() : left.abs();
      left = held.gt(0) ? left.plus(share) : left.minus(share);
      shares.push({ trade, share: share.toFixed() });
    }
    const dust = this.#dust.get(index);
    if (dust === undefined) return { shares, dust: new Big(0) };
    if (!left.eq(0)) this.#dust.set(index, dust.plus(left));
    return { shares, dust: left };
  }

  /** Moves a trade to the ended ones; what it still holds is dust from now on. */
  protected end(trade: OpenTrade): void {
    trade.finished = true;
    this.#open.delete(trade.id);
    this.#ended.set(trade.id, trade);
    if (this.#ended.size > REMEMBERED) {
      const oldest = this.#ended.keys().next();
      if (!oldest.done) this.#ended.delete(oldest.value);
    }
    const { held } = trade.account;
    const { index } = trade.market;
    if (!held.eq(0)) this.#dust.set(index, held.plus(this.#dust.get(index) ?? 0));
  }

  /** So much of what an ended trade left (unsigned) was closed before its end. */
  protected dustClosed({ market: { index }, direction }: OpenTrade, quantity: Big): void {
    if (quantity.eq(0)) return;
    const left = new Big(this.#dust.get(index) ?? 0).minus(quantity.times(direction));
    if (left.eq(0)) this.#dust.delete(index);
    else this.#dust.set(index, left);
  }

  protected archiveTrades(a: Archive, markets: readonly Market[], orders: Orders): void {
    a.section('Blotter');
    const trade = tradeShape(markets, orders);
    a.map(this.#open, numberShape, trade);
    a.map(this.#ended, numberShape, trade);
    a.map(this.#dust, numberShape, decimalShape);
    this.#ordinal = a.number(this.#ordinal);
  }
}
