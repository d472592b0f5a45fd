/**
 * Simulated matching of own orders against candles: one implementation for backtest, replay and `sim`.
 * Deterministic: no clock, no randomness, whole ticks and lots, exact fees.
 *
 * - An order acts on prices that come after it. One placed after path point k meets the price at k first (it is the
 *   present one), then what follows; one placed between bars meets the next open first. A market order fills at
 *   the next point walked.
 * - A stop that the open gaps past fires at the open, else at its own price; then spread and slippage apply.
 * - A limit that is marketable at the first price it meets takes it, plus costs, never worse than its price.
 *   From then on it rests, what is left of it too: filled as maker, at its own price, when the price trades through
 *   it by a tick. A resting limit that the open jumps over gets its own price, not the better one: conservative.
 * - Own fills take at most `volumeShare` of a bar's volume, all orders of a symbol together. The rest of a market
 *   order or a fired stop goes on at the next bar's open; the rest of a limit rests. The share of the whole bar
 *   can be had from its open on. A bar without volume is as none.
 * - Several orders on one way: in the order that the price reaches them; at one place market orders and stops before
 *   limits, then by id. In the jump into the open everything is at one place.
 * - A reduce-only order never fills more than the position; once it has nothing to reduce the venue cancels it
 *   (`reduce_only`). On spot every sale is so, because nothing can be sold that is not held (`insufficient_holdings`).
 *   Holdings are not locked by resting sales: a stop and a target may both cover them.
 * - A trade is ambiguous when the order of a bar's extremes decided its course: two of its orders, one above the
 *   open and one below, were both within the bar; or an order that rested from the open filled inside the bar,
 *   and an order placed or moved in answer is reached on one of the two paths only, or at another price (each
 *   answer being placed at the path point after the fill, as in lock-step; an answer to an answer counts when it is
 *   within the bar).
 * - `path: 'other'` walks the further extreme first, in those bars of a symbol where an entry, an add-on or a target
 *   is reached after the open; all ambiguous bars are among them, and in the others both ways end alike.
 *   It is chosen at the open, so the orders placed at the open count.
 *
 * No cash, margin or liquidation is kept here: sizes are the engine's business.
 */
import { type Archive, numberShape } from '../../archive/archive.ts';
import type { OrderReport } from '../../engine/input.ts';
import type { OrderRequest } from '../../engine/output.ts';
import { item } from '../../market/arrays.ts';
import { type BarColumns, barsShape } from '../../market/bars.ts';
import { stepsToText } from '../../market/grid.ts';
import type { Market } from '../../market/instrument.ts';
import type { BarPath, Matching, MatchingCosts, PathPoint } from '../ports.ts';
import { admit, admitAmendment } from './admission.ts';
import type { BarTerms } from './bar-terms.ts';
import { checkCosts } from './costs.ts';
import { IdSet } from './id-set.ts';
import { rowOf, shapeOf } from './open-bar.ts';
import { type LiveOrder, liveOrder, setWorking } from './order.ts';
import { pathPoints } from './path.ts';
import { SymbolBook } from './symbol-book.ts';

/**
 * Costs of a liquid perpetual, on the cautious side: a spread of 2 basis points, 2 more of slippage for every taker
 * fill, up to 10 more for one that takes all that own orders may, which is a tenth of the bar's volume.
 */
export const DEFAULT_COSTS: MatchingCosts = {
  halfSpread: 0.0001,
  slippage: 0.0002,
  impact: 0.001,
  volumeShare: 0.1,
};

interface SimulatedMatchingOptions {
  /** All markets; the position is the symbol's index in bars. */
  readonly markets: readonly Market[];
  readonly costs: MatchingCosts;
  readonly path?: BarPath;
}

export interface OpenMatching extends Matching {
  /**
   * A market that is new, at the next index, or has other terms than before. False while orders rest or anything is held
   * there: they stay on the old terms, and so does the market.
   */
  list(market: Market): boolean;
  /** `terms`: for this way alone. */
  walk(point: PathPoint, terms?: BarTerms): readonly OrderReport[];
}

/** @throws RangeError when a cost makes no sense or a market is not at its index. */
export function simulatedMatching({
  markets,
  costs,
  path = 'nearer',
}: SimulatedMatchingOptions): OpenMatching {
  checkCosts(costs);
  markets.forEach((market, index) => {
    if (market.index !== index) {
      throw new RangeError(`${market.symbol} has index ${market.index} and stands at ${index}`);
    }
  });
  return new SimulatedMatching(markets, costs, path);
}

class SimulatedMatching implements OpenMatching {
  readonly ambiguousTrades = new Set<number>();
  readonly #list: Market[];
  readonly #markets: Map<string, Market>;
  readonly #costs: MatchingCosts;
  readonly #path: BarPath;
  /** Books of the symbols that ever had an order, by symbol index. */
  readonly #books = new Map<number, SymbolBook>();
  /** Those with live orders, by ascending symbol index: the only ones that a bar costs anything for. */
  #active: SymbolBook[] = [];
  readonly #live = new Map<number, { readonly book: SymbolBook; readonly order: LiveOrder }>();
  /** Ids that are used up: of rejected, cancelled and filled orders. */
  readonly #final = new IdSet();
  #bars: BarColumns | null = null;
  #closeTime = 0;
  #bar = 0;
  /** The last point walked of the present bar; -1 before its open. */
  #point = -1;

  constructor(markets: readonly Market[], costs: MatchingCosts, path: BarPath) {
    this.#list = [...markets];
    this.#markets = new Map(markets.map((market) => [market.symbol, market]));
    this.#costs = costs;
    this.#path = path;
  }

  get busy(): boolean {
    return this.#live.size > 0;
  }

  list(market: Market): boolean {
    const book = this.#books.get(market.index);
    if (book !== undefined && (book.busy || !book.holding.flat)) return false;
    // What is made anew begins on the new terms.
    this.#books.delete(market.index);
    this.#list[market.index] = market;
    this.#markets.set(market.symbol, market);
    return true;
  }

  submit(request: OrderRequest): readonly OrderReport[] {
    const orderId = request.id;
    if (this.#live.has(orderId) || this.#final.has(orderId)) {
      return [{ status: 'rejected', orderId, reason: 'duplicate order id' }];
    }
    const market = this.#markets.get(request.symbol);
    if (market === undefined) return this.#reject(orderId, `unknown symbol ${request.symbol}`);
    const held = this.#books.get(market.index)?.holding.lots ?? 0;
    const admission = admit(request, market, held, this.#lastPrice(market));
    if (!admission.ok) return this.#reject(orderId, admission.reason);

    const book = this.#book(market);
    const order = liveOrder(market, request, admission, this.#bar, this.#point);
    this.#live.set(orderId, { book, order });
    if (!book.busy) {
      this.#active.push(book);
      this.#active.sort((a, b) => a.market.index - b.market.index);
    }
    book.add(order);
    return [{ status: 'accepted', orderId }];
  }

  cancel(orderId: number): readonly OrderReport[] {
    const found = this.#live.get(orderId);
    if (found === undefined) {
      return [{ status: 'cancel_rejected', orderId, reason: this.#whyGone(orderId) }];
    }
    const report = found.book.cancel(found.order, 'requested');
    this.#sweep();
    return [report];
  }

  amend(orderId: number, quantity: string, stopPrice: string | null): readonly OrderReport[] {
    const found = this.#live.get(orderId);
    if (found === undefined) return [{ status: 'amend_rejected', orderId, reason: this.#whyGone(orderId) }];
    const { book, order } = found;
    const { market, holding } = book;
    const admission = admitAmendment(order, market, holding.lots, quantity, stopPrice);
    if (!admission.ok) return [{ status: 'amend_rejected', orderId, reason: admission.reason }];
    order.lots = admission.lots;
    const working = admission.working;
    if (working !== order.working) {
      setWorking(order, working);
      order.sinceBar = this.#bar;
      order.sincePoint = this.#point;
      book.changed(order);
    }
    const stop = 'stop' in working ? stepsToText(market.ticks, working.stop) : null;
    return [{ status: 'amended', orderId, quantity: stepsToText(market.lots, order.lots), stopPrice: stop }];
  }

  begin(bars: BarColumns): void {
    this.#bars = bars;
    this.#closeTime = bars.closeTime;
    this.#bar += 1;
    this.#point = -1;
  }

  walk(point: PathPoint, terms: BarTerms | null = null): readonly OrderReport[] {
    if (this.#bars === null) throw new Error('walk before begin: there is no bar to walk');
    // Points may be left out while nothing rests, hence "after" and not "next".
    if (point <= this.#point) throw new Error(`path point ${point} walked after point ${this.#point}`);
    this.#point = point;
    const reports: OrderReport[] = [];
    for (const book of this.#active) book.walk(this.#bars, this.#bar, point, terms, reports);
    if (reports.length > 0) this.#sweep();
    return reports;
  }

  priceOf(symbol: string): string | null {
    const market = this.#markets.get(symbol);
    const ticks = market === undefined ? null : this.#lastPrice(market);
    return market === undefined || ticks === null ? null : stepsToText(market.ticks, Math.round(ticks));
  }

  positions(): ReadonlyMap<string, string> {
    const books = [...this.#books.values()].filter((book) => !book.holding.flat);
    books.sort((a, b) => a.market.index - b.market.index);
    return new Map(books.map((book) => [book.market.symbol, book.holding.text]));
  }

  #book(market: Market): SymbolBook {
    let book = this.#books.get(market.index);
    if (book === undefined) {
      book = new SymbolBook(market, this.#costs, this.#path, this.ambiguousTrades, (order) => {
        this.#live.delete(order.id);
        this.#final.add(order.id);
      });
      this.#books.set(market.index, book);
    }
    return book;
  }

  #reject(orderId: number, reason: string): readonly OrderReport[] {
    this.#final.add(orderId);
    return [{ status: 'rejected', orderId, reason }];
  }

  #whyGone(orderId: number): string {
    return this.#final.has(orderId) ? 'already final' : 'unknown order';
  }

  #sweep(): void {
    if (this.#active.some((book) => !book.busy)) this.#active = this.#active.filter((book) => book.busy);
  }

  /** The price at the last point walked, in ticks; null when the symbol has none in the present bar. */
  #lastPrice(market: Market): number | null {
    const bars = this.#bars;
    if (bars === null || this.#point < 0) return null;
    const walked = this.#books.get(market.index)?.priceAt(this.#bar, this.#point) ?? null;
    // The source may have refilled the columns for the next bar already.
    if (walked !== null || bars.closeTime !== this.#closeTime) return walked;
    const row = rowOf(bars, market.index);
    return row === null ? null : item(pathPoints(shapeOf(bars, row, market), 'nearer'), this.#point);
  }

  archive(a: Archive): void {
    if (this.#bars !== null && this.#point !== 3)
      throw new Error('the venue is saved between bars, not inside one');
    a.section('SimulatedMatching');
    a.same('the markets', this.#list.map((market) => market.symbol).join(' '));
    a.same('the costs', JSON.stringify(this.#costs));
    a.same('the path', this.#path);
    a.set(this.ambiguousTrades, numberShape);
    this.#final.archive(a);
    this.#bars = a.nullable(this.#bars, barsShape);
    this.#closeTime = a.number(this.#closeTime);
    this.#bar = a.number(this.#bar);
    this.#point = a.number(this.#point);
    this.#archiveBooks(a);
  }

  /** Which orders are live, and which books are active, follows from the books. */
  #archiveBooks(a: Archive): void {
    const sorted = [...this.#books.values()].sort((x, y) => x.market.index - y.market.index);
    if (a.loading) this.#books.clear();
    const books = a.list(sorted, (_, book) => {
      const market = item(this.#list, a.number(book?.market.index));
      const known = book ?? this.#book(market);
      known.archive(a);
      return known;
    });
    if (!a.loading) return;
    this.#active = books.filter((book) => book.busy);
    this.#live.clear();
    for (const book of books) for (const order of book.orders) this.#live.set(order.id, { book, order });
  }
}
