import type { VenueFigures } from '../../engine/input.ts';
import type { BarColumns } from '../../market/bars.ts';
import type { BookSummary } from '../../market/book.ts';
import type { Instrument } from '../../market/instrument.ts';
import type { Millis } from '../../market/time.ts';
import type { AccountFunds, Broker, Push } from '../../venue/broker.ts';
import type { VenueRecord } from '../../venue/simulated/kept/record.ts';
import type { Clock } from './clock.ts';
import type { ExchangeReading } from './venue-reading.ts';

/** What a live venue tells of by itself. */
export interface LiveListener {
  /** The closed bars of one close time; `late`: what came after its turn. The columns are the listener's own. */
  bars(bars: BarColumns, phase: 'live' | 'late'): void;
  book(symbol: number, book: BookSummary): void;
  /** `symbol` null: the whole feed. */
  feed(symbol: number | null, status: 'stale' | 'live'): void;
  push(push: Push): void;
  /** The venue lists other markets, or on other terms: its `instruments` and `gone` say which. */
  listed(): void;
  /** Something may have been missed: own orders are to be looked up, holdings compared. */
  missed(): void;
  /** The account could not be kept. */
  failed(error: unknown): void;
}

/** A market that goes by its own clock, and a broker that answers when it answers. */
export interface LiveVenue {
  /** The position is the symbol's index, for good: what is listed later comes behind, and what is gone stays. */
  readonly instruments: readonly Instrument[];
  /** Symbols that were listed and are not any more. */
  readonly gone: ReadonlySet<string>;
  /** Instruments of a session that goes on: those that are not listed any more are known again, as gone. */
  know(before: readonly Instrument[]): void;
  readonly figures: VenueFigures;
  /** In words, what was assumed. */
  readonly assumed: readonly string[];
  /** What is not as it should be, and was no reason to refuse the start. */
  readonly warnings: readonly string[];
  readonly broker: Broker;
  readonly clock: Clock;
  /** What tells the account apart from every other at this venue; never shown, logged or written as it is. */
  readonly account: string | null;
  /** The account as a start confirms it, which may be shown; missing where nothing is confirmed. */
  readonly accountName?: string;
  /** What the account holds in quote, an exact decimal: the start equity. Null: as the start asks for. */
  readonly equity: string | null;
  /**
   * Up to `bars` closed base bars before now, oldest first, of all symbols or of some; gaps stay gaps. The columns are
   * used again for the next.
   * @throws when the venue cannot be asked
   */
  history(bars: number, only?: ReadonlySet<string>): Promise<Iterable<BarColumns>>;
  /** What a symbol was worth last, an exact decimal; null when nothing was told of it. */
  priceOf(symbol: string): string | null;
  /** What the account holds in quote; null when it cannot be had now, or is as the books say. */
  funds(): Promise<AccountFunds | null>;
  /** Tells the listener of everything until the venue is closed. Once only. */
  listen(listener: LiveListener): void;
  /** How it stands with the exchange; missing where there is none behind it. */
  readonly reading?: () => ExchangeReading;
  /** On paper: where the account is kept apart from whoever trades on it. Null: the account is the venue's. */
  readonly paper: PaperAccount | null;
  close(): void;
}

export interface PaperAccount {
  /** Begins an account in the record, or goes on with the one that is there; before anything else. */
  open(record: VenueRecord): void;
  /** When the first candle began that has closed and that orders have yet to meet; 0: none. */
  readonly owedFrom: Millis;
  /** The symbols of which one has. */
  readonly owed: ReadonlySet<string>;
  /** All candles of those that closed since then, oldest first: orders meet what of them no quote has shown. */
  catchUp(history: Iterable<BarColumns>, owed: ReadonlySet<string>): void;
}
