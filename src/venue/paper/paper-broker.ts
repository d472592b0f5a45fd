/**
 * A broker on paper: the simulated matching on the quotes of a real exchange as they come. Each quote is a candle without
 * extent at its mid price, with what the book shows within 0.5 % as its volume; costs are those of every simulation, but
 * for the spread, which is the quote's own where that is wider. What quotes have not shown the candles tell, late. Its
 * account is kept in a record of its own: what happened there does not hang on whoever trades on it.
 */
import { type Archive, numberShape, textShape } from '../../archive/archive.ts';
import { readArchive, versionOf } from '../../archive/reader.ts';
import { writeArchive } from '../../archive/writer.ts';
import type { OrderReport } from '../../engine/input.ts';
import type { OrderRequest } from '../../engine/output.ts';
import { floatAt, intAt, item } from '../../market/arrays.ts';
import { type BarColumns, barColumns } from '../../market/bars.ts';
import type { BookSummary } from '../../market/book.ts';
import { type Instrument, toMarket } from '../../market/instrument.ts';
import { BASE, type Millis } from '../../market/time.ts';
import type { AccountBooks, Answer, Broker, LookUp, OwnFill, Push } from '../broker.ts';
import type { BarTerms } from '../simulated/bar-terms.ts';
import type { VenueRecord } from '../simulated/kept/record.ts';
import { VenueBooks } from '../simulated/kept/venue-books.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../simulated/matching.ts';
import { type Candle, pointOf } from './cover.ts';
import { Unseen } from './unseen.ts';

/** Version of what is kept. */
const VERSION = 3;
/** It kept one time for all markets, until when prices had been met, and nothing of single orders. */
const ONE_TIME = 2;

const PATH = [0, 1, 2, 3] as const;
/** Base units: more than any account holds. */
const PLENTY = 1e9;
const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const;

export interface PaperBrokerOptions {
  readonly instruments: readonly Instrument[];
  readonly record: VenueRecord;
  /** The market's time. */
  readonly now: () => Millis;
  /** Told of what happens to orders. */
  readonly push: (push: Push) => void;
}

export class PaperBroker implements Broker {
  readonly capabilities = { amend: true };
  readonly acts = null;
  /** A request acts at once or never. */
  readonly validityMs: Millis = 0;
  /** As the account knows them: by an index of its own, which outlives what the exchange lists. */
  readonly #known: Instrument[] = [];
  /** The account's index of each instrument of the market. */
  #places: number[] = [];
  /** Places of markets that are gone: what is left there is settled at the price that was seen last. */
  #gone: ReadonlySet<number> = new Set();
  readonly #lastPrices = new Map<number, number>();
  #matching = simulatedMatching({ markets: [], costs: DEFAULT_COSTS });
  readonly #books = new VenueBooks();
  readonly #record: VenueRecord;
  readonly #now: () => Millis;
  readonly #push: (push: Push) => void;
  /** Client order ids by the order's ordinal, and back. */
  readonly #clientIds = new Map<number, string>();
  readonly #ordinals = new Map<string, number>();
  readonly #bar = barColumns(1);
  readonly #unseen: Unseen;

  /** Goes on with the account of the record, where there is one. @throws ArchiveError for one that is none of this market's */
  constructor({ instruments, record, now, push }: PaperBrokerOptions) {
    this.#record = record;
    this.#now = now;
    this.#push = push;
    this.#unseen = new Unseen({ now, meet: (place, candle, terms) => this.#meet(place, candle, terms) });
    const { snapshot } = record.load();
    if (snapshot !== null) {
      const version = versionOf(snapshot.state) === ONE_TIME ? ONE_TIME : VERSION;
      readArchive(snapshot.state, version, (a) => this.#archive(a, version));
    }
    for (const [ordinal, clientId] of this.#clientIds) this.#ordinals.set(clientId, ordinal);
    this.list(instruments, new Set());
  }

  /** The market has these instruments now, by its index; those that are `gone` are traded no more. */
  list(instruments: readonly Instrument[], gone: ReadonlySet<string>): void {
    const indices = new Map(this.#known.map(({ symbol }, index) => [symbol, index]));
    this.#places = instruments.map((instrument) => {
      const index = indices.get(instrument.symbol) ?? this.#known.length;
      const known = this.#known[index];
      if (
        JSON.stringify(known) !== JSON.stringify(instrument) &&
        this.#matching.list(toMarket(instrument, index))
      )
        this.#known[index] = instrument;
      return index;
    });
    this.#gone = new Set(this.#places.filter((_, i) => gone.has(instruments[i]?.symbol ?? '')));
  }

  submit(order: OrderRequest, clientId: string, answer: (answer: Answer) => void): void {
    if (!this.#ordinals.has(clientId)) {
      this.#clientIds.set(order.id, clientId);
      this.#ordinals.set(clientId, order.id);
      this.#books.submitted(order);
      const place = this.#placeOf(order.symbol);
      if (place >= 0) this.#unseen.placed(order, place);
      this.#happened(this.#matching.submit(order, this.#now()));
      this.#settle(order.symbol);
    }
    const { status, reason } = this.#books.get(order.id) ?? { status: 'rejected', reason: 'not known' };
    answer(status === 'rejected' ? { kind: 'refused', reason } : { kind: 'done' });
  }

  cancel(_symbol: string, clientId: string, answer: (answer: Answer) => void): void {
    const ordinal = this.#ordinals.get(clientId);
    const reports = ordinal === undefined ? [] : this.#matching.cancel(ordinal, this.#now());
    this.#happened(reports);
    answer(answerOf(reports, 'cancel_rejected'));
  }

  amend(
    _symbol: string,
    clientId: string,
    { quantity, stopPrice }: { readonly quantity: string; readonly stopPrice: string | null },
    answer: (answer: Answer) => void,
  ): void {
    const ordinal = this.#ordinals.get(clientId);
    const reports =
      ordinal === undefined ? [] : this.#matching.amend(ordinal, quantity, stopPrice, this.#now());
    for (const report of reports)
      if (report.status === 'amended') this.#unseen.moved(report.orderId, report.stopPrice);
    this.#happened(reports);
    answer(answerOf(reports, 'amend_rejected'));
  }

  lookUp(_symbol: string, clientId: string, answer: (found: LookUp) => void): void {
    const ordinal = this.#ordinals.get(clientId);
    const order = ordinal === undefined ? undefined : this.#books.get(ordinal);
    answer(order === undefined ? { kind: 'absent' } : { kind: 'found', order: { ...order, clientId } });
  }

  /** A request acts once here, and a look-up shows all of it. */
  fillsSince(_symbol: string, _since: Millis, answer: (fills: readonly OwnFill[] | null) => void): void {
    answer([]);
  }

  idsSince(_since: Millis, answer: (clientIds: readonly string[] | null) => void): void {
    answer([...this.#ordinals.keys()]);
  }

  account(answer: (books: AccountBooks | null) => void): void {
    const open = [...this.#books.orders()].filter(({ status }) => status === 'open');
    answer({
      positions: new Map(
        [...this.#matching.positions()].map(([symbol, quantity]) => [symbol, { quantity, price: null }]),
      ),
      open: open.map(({ orderId, symbol }) => ({ clientId: this.#clientIds.get(orderId) ?? null, symbol })),
    });
  }

  /** What the market shows now. */
  quote(symbol: number, { bid, ask, bidDepth05, askDepth05 }: BookSummary): void {
    const place = item(this.#places, symbol);
    const mid = (bid + ask) / 2;
    const halfSpread = (ask - bid) / 2 / mid;
    this.#unseen.quoted(place, mid, halfSpread);
    this.#keepSettled();
    this.#lastPrices.set(place, mid);
    this.#meet(place, pointOf(this.#now(), mid, (bidDepth05 + askDepth05) / mid), {
      halfSpread,
      apart: halfSpread,
    });
  }

  /** Candles that have closed. Orders meet those of them that quotes have not shown whole, once each. */
  closed(bars: BarColumns): void {
    this.#takeIn(bars);
    this.#keepSettled();
  }

  /**
   * All candles that have closed since `owedFrom`, oldest first, of the markets that were `owed` one then: what is not
   * among them there is not.
   */
  catchUp(history: Iterable<BarColumns>, owed: ReadonlySet<string>): void {
    const places = new Set([...owed].map((symbol) => this.#placeOf(symbol)));
    for (const bars of history) {
      this.#unseen.allTold(bars.closeTime - BASE, places);
      this.#takeIn(bars);
    }
    this.#keepSettled();
  }

  /** When the first candle began that has closed, is needed and has not come; 0: none. */
  get owedFrom(): Millis {
    const { owed } = this.#unseen;
    return owed.size === 0 ? 0 : Math.min(...owed.values());
  }

  /** The symbols of which one has not. */
  get owed(): ReadonlySet<string> {
    return new Set([...this.#unseen.owed.keys()].map((place) => item(this.#known, place).symbol));
  }

  [Symbol.dispose](): void {
    this.#record[Symbol.dispose]();
  }

  /** Nobody quotes a market that is gone: a market order there meets the last price. */
  #settle(symbol: string): void {
    const place = this.#placeOf(symbol);
    const price = this.#lastPrices.get(place);
    if (this.#gone.has(place) && price !== undefined)
      this.#meet(place, pointOf(this.#now(), price, PLENTY), {});
  }

  #takeIn(bars: BarColumns): void {
    for (let row = 0; row < bars.count; row += 1) {
      const place = item(this.#places, intAt(bars.symbol, row));
      const close = floatAt(bars.close, row);
      const last = this.#unseen.closed(place, {
        closeTime: bars.closeTime,
        open: floatAt(bars.open, row),
        high: floatAt(bars.high, row),
        low: floatAt(bars.low, row),
        close,
        volume: floatAt(bars.volume, row),
      });
      if (last) this.#lastPrices.set(place, close);
    }
  }

  #meet(place: number, candle: Candle, terms: Partial<BarTerms>): void {
    if (!this.#matching.busy) return;
    const bar = this.#bar;
    bar.closeTime = candle.closeTime;
    bar.count = 1;
    bar.symbol[0] = place;
    for (const column of PRICES) bar[column][0] = candle[column];
    const { apart = 0, meets = () => true } = terms;
    const halfSpread = Math.max(terms.halfSpread ?? 0, DEFAULT_COSTS.halfSpread);
    this.#matching.begin(bar);
    this.#happened(PATH.flatMap((step) => this.#matching.walk(step, { halfSpread, apart, meets })));
  }

  #placeOf(symbol: string): number {
    return this.#known.findIndex((each) => each.symbol === symbol);
  }

  /** Kept before anybody hears of it. */
  #happened(reports: readonly OrderReport[]): void {
    for (const report of reports) {
      this.#books.reported(report);
      if (this.#books.get(report.orderId)?.status !== 'open') this.#unseen.ended(report.orderId);
    }
    if (reports.length > 0) this.#save();
    for (const report of reports) this.#tell(report);
  }

  #keepSettled(): void {
    if (this.#unseen.takeSettled()) this.#save();
  }

  #save(): void {
    this.#record.snapshot(
      0,
      writeArchive(VERSION, (a) => this.#archive(a, VERSION)),
    );
  }

  #tell(report: OrderReport): void {
    const clientId = this.#clientIds.get(report.orderId);
    if (clientId === undefined) return;
    switch (report.status) {
      case 'accepted':
        this.#push({ kind: 'accepted', clientId });
        break;
      case 'rejected':
      case 'cancelled':
        this.#push({ kind: report.status, clientId, reason: report.reason });
        break;
      case 'fill': {
        const { status: _, orderId: __, ...fill } = report;
        this.#push({ kind: 'fill', clientId, fill });
        break;
      }
      default:
        break;
    }
  }

  #archive(a: Archive, version: number): void {
    a.section('PaperBroker');
    const metTo = version === ONE_TIME ? a.number(undefined) : 0;
    a.items(this.#known, (_, instrument) => a.json(instrument));
    if (a.loading)
      this.#matching = simulatedMatching({ markets: this.#known.map(toMarket), costs: DEFAULT_COSTS });
    a.map(this.#lastPrices, numberShape, numberShape);
    a.map(this.#clientIds, numberShape, textShape);
    this.#books.archive(a);
    this.#matching.archive(a);
    if (version !== ONE_TIME) {
      this.#unseen.archive(a);
      return;
    }
    for (const { orderId, symbol, status } of this.#books.orders())
      if (status === 'open') this.#unseen.stoodBy(orderId, this.#placeOf(symbol), metTo);
  }
}

function answerOf(reports: readonly OrderReport[], refusal: 'cancel_rejected' | 'amend_rejected'): Answer {
  const refused = reports.find((report) => report.status === refusal);
  if (refused !== undefined && 'reason' in refused) return { kind: 'refused', reason: refused.reason };
  return reports.length === 0 ? { kind: 'refused', reason: 'the order is not known' } : { kind: 'done' };
}
