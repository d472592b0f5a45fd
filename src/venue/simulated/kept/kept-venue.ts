/**
 * The simulated venue with books that are its own: every request is written down before it acts, and the place of
 * the walk before anybody hears of what happened there. After the death of whoever traded on it the venue is led
 * along its deterministic market through what it was asked for, and stands where it stood.
 */
import type { Archive } from '../../../archive/archive.ts';
import { readArchive } from '../../../archive/reader.ts';
import { writeArchive } from '../../../archive/writer.ts';
import type { OrderReport } from '../../../engine/input.ts';
import type { OrderRequest } from '../../../engine/output.ts';
import { point as faultPoint } from '../../../faults/point.ts';
import type { BarColumns } from '../../../market/bars.ts';
import type { BookSummary } from '../../../market/book.ts';
import type { Millis } from '../../../market/time.ts';
import type { BarSource, Matching, PathPoint, Standing, VenueOrder } from '../../ports.ts';
import { LAST_POINT, type Place, type VenueRecord, type VenueRequest } from './record.ts';
import { VenueBooks } from './venue-books.ts';
import { VenueFileError } from './venue-file-error.ts';

/** Version of the snapshot below. */
const VERSION = 1;

/** Base intervals from one snapshot to the next: a day of candles is walked again in a blink. */
const SNAPSHOT_BARS = 288;

export interface KeptVenueOptions {
  readonly source: BarSource;
  readonly matching: Matching;
  readonly record: VenueRecord;
  /**
   * Called before the venue's books move on irrevocably, so that its owner's notes are behind them by no more than
   * what is about to be told.
   */
  readonly beforeKeeping?: (() => void) | undefined;
}

export class KeptVenue implements BarSource, Matching, Disposable {
  readonly instruments;
  readonly figures;
  readonly assumed;
  readonly startsAt;
  readonly total;
  readonly #source: BarSource;
  readonly #matching: Matching;
  readonly #record: VenueRecord;
  readonly #beforeKeeping: () => void;
  readonly #books = new VenueBooks();
  #bars = 0;
  #point: -1 | PathPoint = LAST_POINT;
  /** The interval under way, or the last one. */
  #columns: BarColumns | null = null;
  #snapshotDue = SNAPSHOT_BARS;

  /** Goes to where the record says that the venue stood. @throws VenueFileError for a damaged record, or one of another venue. */
  constructor({ source, matching, record, beforeKeeping }: KeptVenueOptions) {
    this.instruments = source.instruments;
    this.figures = source.figures;
    this.assumed = source.assumed;
    this.startsAt = source.startsAt;
    this.total = source.total;
    this.#source = source;
    this.#matching = matching;
    this.#record = record;
    this.#beforeKeeping = beforeKeeping ?? (() => undefined);
    try {
      this.#restore();
    } catch (error) {
      throw new VenueFileError(record.where, error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    }
  }

  /** Where its books are kept. */
  get where(): string {
    return this.#record.where;
  }

  history(bars: number): Iterable<BarColumns> {
    return this.#source.history(bars);
  }

  next(): BarColumns | null {
    // Whatever was asked for at the last close has been: the snapshot holds it, and the walk goes on from the open.
    if (this.#bars >= this.#snapshotDue) this.#snapshot();
    return this.#source.next();
  }

  book(symbol: number): BookSummary | null {
    return this.#source.book(symbol);
  }

  get busy(): boolean {
    return this.#matching.busy;
  }

  get ambiguousTrades(): ReadonlySet<number> {
    return this.#matching.ambiguousTrades;
  }

  /** Where the walk stands; the bars are the source's own columns. */
  get standing(): Standing {
    return { bars: this.#columns, point: this.#point };
  }

  order(orderId: number): VenueOrder | undefined {
    return this.#books.get(orderId);
  }

  /** Open orders of the account, and final ones of late. */
  orders(): IterableIterator<VenueOrder> {
    return this.#books.orders();
  }

  /** What a symbol traded at last, an exact decimal; null before its first candle. */
  priceOf(symbol: string): string | null {
    return this.#matching.priceOf(symbol);
  }

  positions(): ReadonlyMap<string, string> {
    return this.#matching.positions();
  }

  submit(order: OrderRequest, at: Millis): readonly OrderReport[] {
    return this.#ask({ op: 'submit', order }, at);
  }

  cancel(orderId: number, at: Millis): readonly OrderReport[] {
    return this.#ask({ op: 'cancel', orderId }, at);
  }

  amend(orderId: number, quantity: string, stopPrice: string | null, at: Millis): readonly OrderReport[] {
    return this.#ask({ op: 'amend', orderId, quantity, stopPrice }, at);
  }

  begin(bars: BarColumns): void {
    this.#matching.begin(bars);
    this.#columns = bars;
    this.#bars += 1;
    this.#point = -1;
  }

  walk(point: PathPoint): readonly OrderReport[] {
    const reports = this.#walk(point);
    if (reports.length > 0) {
      this.#beforeKeeping();
      FAULT: faultPoint({ place: 'venue.filled', reports });
      this.#record.reached(this.#place);
      FAULT: faultPoint({ place: 'venue.reached', reports });
    }
    return reports;
  }

  /**
   * Walks on to the close of the interval that its owner has been told of last: nothing happened to own orders there,
   * or the record would have known. @returns what did all the same.
   */
  catchUp(told: Millis): readonly OrderReport[] {
    const reports: OrderReport[] = [];
    while (
      (this.#columns?.closeTime ?? 0) < told ||
      (this.#columns?.closeTime === told && this.#point !== LAST_POINT)
    ) {
      if (this.#point === LAST_POINT) {
        if (!this.#advance()) break;
      } else {
        reports.push(...this.walk(after(this.#point)));
      }
    }
    return reports;
  }

  [Symbol.dispose](): void {
    this.#record[Symbol.dispose]();
  }

  archive(a: Archive): void {
    a.section('KeptVenue');
    this.#bars = a.number(this.#bars);
    this.#source.archive(a);
    this.#matching.archive(a);
    this.#books.archive(a);
  }

  get #place(): Place {
    return { bars: this.#bars, point: this.#point };
  }

  #ask(request: VenueRequest, at: Millis): readonly OrderReport[] {
    this.#beforeKeeping();
    FAULT: faultPoint({ place: 'venue.asked', request });
    this.#record.request({ place: this.#place, at, request });
    FAULT: faultPoint({ place: 'venue.wrote', request });
    const reports = this.#act(request, at);
    FAULT: faultPoint({ place: 'venue.acted', request });
    return reports;
  }

  #act(request: VenueRequest, at: Millis): readonly OrderReport[] {
    switch (request.op) {
      case 'submit':
        this.#books.submitted(request.order);
        return this.#noted(this.#matching.submit(request.order, at));
      case 'cancel':
        return this.#noted(this.#matching.cancel(request.orderId, at));
      case 'amend':
        return this.#noted(this.#matching.amend(request.orderId, request.quantity, request.stopPrice, at));
    }
  }

  #walk(point: PathPoint): readonly OrderReport[] {
    this.#point = point;
    return this.#noted(this.#matching.walk(point));
  }

  #noted(reports: readonly OrderReport[]): readonly OrderReport[] {
    for (const report of reports) this.#books.reported(report);
    FAULT: faultPoint({ place: 'venue.noted', reports });
    return reports;
  }

  #snapshot(): void {
    // A venue that stands beyond what its owner has noted down would never tell the candles in between again.
    this.#beforeKeeping();
    this.#record.snapshot(
      this.#bars,
      writeArchive(VERSION, (a) => this.archive(a)),
    );
    FAULT: faultPoint({ place: 'venue.snapshot' });
    this.#snapshotDue = this.#bars + SNAPSHOT_BARS;
  }

  #restore(): void {
    const { snapshot, requests, place } = this.#record.load();
    if (snapshot !== null) {
      readArchive(snapshot.state, VERSION, (a) => this.archive(a));
      this.#snapshotDue = this.#bars + SNAPSHOT_BARS;
    }
    let done = 0;
    for (;;) {
      for (
        let next = requests[done];
        next !== undefined && isAt(next.place, this.#place);
        next = requests[done]
      ) {
        this.#act(next.request, next.at);
        done += 1;
      }
      if (!isBefore(this.#place, place)) break;
      if (!this.#advance()) throw new Error(`the venue's market ends before the place that it had come to`);
    }
    if (done < requests.length)
      throw new Error(`the venue's record holds requests beyond the place it had come to`);
  }

  /** One path point on, or into the next interval. False at the end of the market. */
  #advance(): boolean {
    if (this.#point !== LAST_POINT) {
      this.#walk(after(this.#point));
      return true;
    }
    const bars = this.#source.next();
    if (bars === null) return false;
    this.begin(bars);
    return true;
  }
}

function isAt(a: Place, b: Place): boolean {
  return a.bars === b.bars && a.point === b.point;
}

function isBefore(a: Place, b: Place): boolean {
  return a.bars < b.bars || (a.bars === b.bars && a.point < b.point);
}

function after(point: -1 | PathPoint): PathPoint {
  switch (point) {
    case -1:
      return 0;
    case 0:
      return 1;
    case 1:
      return 2;
    default:
      return 3;
  }
}
