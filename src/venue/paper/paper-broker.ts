/**
 * A broker on paper: the simulated matching on the quotes of a real exchange as they come. Each quote is a candle without
 * extent at its mid price, with what the book shows within 0.5 % as its volume; costs are those of every simulation. Its
 * account is kept in a record of its own: what happened there does not hang on whoever trades on it.
 */
import { type Archive, numberShape, textShape } from '../../archive/archive.ts';
import { readArchive } from '../../archive/reader.ts';
import { writeArchive } from '../../archive/writer.ts';
import type { OrderReport } from '../../engine/input.ts';
import type { OrderRequest } from '../../engine/output.ts';
import { floatAt, intAt, item } from '../../market/arrays.ts';
import { type BarColumns, barColumns } from '../../market/bars.ts';
import type { BookSummary } from '../../market/book.ts';
import { type Instrument, toMarket } from '../../market/instrument.ts';
import { BASE, type Millis } from '../../market/time.ts';
import type { AccountBooks, Answer, Broker, LookUp, OwnFill, Push } from '../broker.ts';
import type { VenueRecord } from '../simulated/kept/record.ts';
import { VenueBooks } from '../simulated/kept/venue-books.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../simulated/matching.ts';

/** Version of what is kept. */
const VERSION = 2;

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
  /** Prices up to then have been met. */
  #metTo: Millis = 0;

  /** Goes on with the account of the record, where there is one. @throws ArchiveError for one that is none of this market's */
  constructor({ instruments, record, now, push }: PaperBrokerOptions) {
    this.#record = record;
    this.#now = now;
    this.#push = push;
    const { snapshot } = record.load();
    if (snapshot !== null) readArchive(snapshot.state, VERSION, (a) => this.#archive(a));
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
    const mid = (bid + ask) / 2;
    this.#meet(symbol, mid, (bidDepth05 + askDepth05) / mid);
  }

  /**
   * Candles that closed while nobody was here. Of the one in which that began only the close counts: its extremes may be
   * from before.
   */
  missed(bars: BarColumns): void {
    if (bars.closeTime <= this.#metTo) return;
    if (bars.closeTime - BASE >= this.#metTo) {
      this.#walk(this.#placed(bars));
      return;
    }
    for (let row = 0; row < bars.count; row += 1)
      this.#meet(bars.symbol[row] ?? 0, bars.close[row] ?? 0, bars.volume[row] ?? 0, bars.closeTime);
  }

  /** Until when prices have been met; 0 before the first. */
  get metTo(): Millis {
    return this.#metTo;
  }

  [Symbol.dispose](): void {
    this.#record[Symbol.dispose]();
  }

  /** Nobody quotes a market that is gone: a market order there meets the last price. */
  #settle(symbol: string): void {
    const place = this.#known.findIndex((each) => each.symbol === symbol);
    const price = this.#lastPrices.get(place);
    if (this.#gone.has(place) && price !== undefined) this.#meetAt(place, price, PLENTY);
  }

  #meet(symbol: number, price: number, volume: number, at = this.#now()): void {
    const place = item(this.#places, symbol);
    this.#lastPrices.set(place, price);
    this.#meetAt(place, price, volume, at);
  }

  #meetAt(place: number, price: number, volume: number, at = this.#now()): void {
    const bar = this.#bar;
    bar.closeTime = at;
    bar.count = 1;
    bar.symbol[0] = place;
    for (const column of [bar.open, bar.high, bar.low, bar.close]) column[0] = price;
    bar.volume[0] = volume;
    this.#walk(bar);
  }

  #walk(bars: BarColumns): void {
    this.#metTo = Math.max(this.#metTo, bars.closeTime);
    if (!this.#matching.busy) return;
    this.#matching.begin(bars);
    this.#happened(PATH.flatMap((point) => this.#matching.walk(point)));
  }

  /** In the account's places, sorted by them. */
  #placed(bars: BarColumns): BarColumns {
    const rows = Array.from({ length: bars.count }, (_, row) => ({
      row,
      at: item(this.#places, intAt(bars.symbol, row)),
    }));
    rows.sort((a, b) => a.at - b.at);
    const placed = barColumns(bars.count);
    placed.closeTime = bars.closeTime;
    placed.count = bars.count;
    for (const [to, { row, at }] of rows.entries()) {
      placed.symbol[to] = at;
      for (const column of PRICES) placed[column][to] = floatAt(bars[column], row);
    }
    return placed;
  }

  /** Kept before anybody hears of it. */
  #happened(reports: readonly OrderReport[]): void {
    for (const report of reports) this.#books.reported(report);
    if (reports.length > 0)
      this.#record.snapshot(
        0,
        writeArchive(VERSION, (a) => this.#archive(a)),
      );
    for (const report of reports) this.#tell(report);
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

  #archive(a: Archive): void {
    a.section('PaperBroker');
    this.#metTo = a.number(this.#metTo);
    a.items(this.#known, (_, instrument) => a.json(instrument));
    if (a.loading)
      this.#matching = simulatedMatching({ markets: this.#known.map(toMarket), costs: DEFAULT_COSTS });
    a.map(this.#lastPrices, numberShape, numberShape);
    a.map(this.#clientIds, numberShape, textShape);
    this.#books.archive(a);
    this.#matching.archive(a);
  }
}

function answerOf(reports: readonly OrderReport[], refusal: 'cancel_rejected' | 'amend_rejected'): Answer {
  const refused = reports.find((report) => report.status === refusal);
  if (refused !== undefined && 'reason' in refused) return { kind: 'refused', reason: refused.reason };
  return reports.length === 0 ? { kind: 'refused', reason: 'the order is not known' } : { kind: 'done' };
}
