/**
 * One account under one preset: everything that a start makes anew. The engine round it keeps only the state
 * machine and the latches.
 */
import { type Archive, type Codes, numberShape, type Shape } from '../archive/archive.ts';
import type { Preset } from '../config/preset.ts';
import { Desk } from '../execution/desk.ts';
import { recordShape } from '../execution/finish.ts';
import { Ledger } from '../execution/ledger.ts';
import { Orders } from '../execution/orders.ts';
import type { Outbox } from '../execution/outbox.ts';
import { grown, item } from '../market/arrays.ts';
import { type BookQuote, quoteShape } from '../market/book.ts';
import { stepsNearest, stepsToText } from '../market/grid.ts';
import type { Market } from '../market/instrument.ts';
import { MINUTE, type Millis } from '../market/time.ts';
import { Funds } from '../risk/funds.ts';
import { type Breach, breachShape, RELEASE_CODES, RiskLimits, RULE_CODES } from '../risk/limits.ts';
import type { Level } from '../strategy/level.ts';
import { LevelBook } from '../strategy/level-book.ts';
import { type Candidate, Scanner, type ScanResult, scanShape } from '../strategy/scanner.ts';
import { Series, warmupBars } from '../strategy/series.ts';
import { Why } from '../strategy/why.ts';
import { factsShape, goneOf, type VenueFacts } from './facts.ts';
import type { InputOf, Mode, VenueEventMark, VenueFigures } from './input.ts';
import { differs } from './listings.ts';
import type { HaltRule, Trade } from './output.ts';
import { VenueEvents } from './venue-events.ts';

/** A halt of the kill switch, for reports. */
export interface HaltRecord {
  readonly rule: HaltRule;
  readonly at: Millis;
  readonly value: number;
  readonly limit: number;
  readonly release: 'manual' | 'next_utc_day';
}

export interface Counters {
  cycles: number;
  scans: number;
  /** Symbols over all scans: looked at, in the universe, past the filters, candidates, with a level armed. */
  scanned: number;
  inUniverse: number;
  passedFilters: number;
  candidates: number;
  withLevels: number;
  signals: number;
  /** Signals that were sized and sent as entries. */
  sent: number;
  bars: number;
  lateBars: number;
  repeatedBars: number;
}

const MODE_CODES: Codes<Mode> = { paper: 0, live: 1 };

const haltShape: Shape<HaltRecord> = (a, halt) => ({
  rule: a.choice(halt?.rule, RULE_CODES),
  at: a.number(halt?.at),
  value: a.number(halt?.value),
  limit: a.number(halt?.limit),
  release: a.choice(halt?.release, RELEASE_CODES),
});

const countersShape: Shape<Counters> = (a, counters) => ({
  cycles: a.number(counters?.cycles),
  scans: a.number(counters?.scans),
  scanned: a.number(counters?.scanned),
  inUniverse: a.number(counters?.inUniverse),
  passedFilters: a.number(counters?.passedFilters),
  candidates: a.number(counters?.candidates),
  withLevels: a.number(counters?.withLevels),
  signals: a.number(counters?.signals),
  sent: a.number(counters?.sent),
  bars: a.number(counters?.bars),
  lateBars: a.number(counters?.lateBars),
  repeatedBars: a.number(counters?.repeatedBars),
});

const lastScanShape: Shape<ScanResult & { readonly at: Millis }> = (a, scan) => ({
  ...scanShape(a, scan),
  at: a.number(scan?.at),
});

const bookShape: Shape<BookQuote | null> = (a, quote) => a.nullable(quote, quoteShape);

/** A run whole: what it was started with, then what became of it. */
export function runShape(outbox: Outbox): Shape<Run> {
  return (a, run) => {
    a.section('Run');
    const options = {
      preset: a.json(run?.preset),
      mode: a.choice(run?.mode, MODE_CODES),
      equity: a.text(run?.ledger.start.valueOf()),
      at: a.number(run?.startedAt),
      facts: factsShape(a, run?.facts),
      outbox,
    };
    const known = run ?? new Run(options);
    known.archive(a);
    return known;
  };
}

/** From what happens at a venue to the report of it, at most. */
const REPORT_LAG: Millis = MINUTE;

/** Trades that ended; a venue tells of what it did within the hour, or after a restart. */
const LATELY = 256;

const NO_CANDIDATES: readonly Candidate[] = [];

export class Run {
  readonly preset: Preset;
  readonly mode: Mode;
  readonly startedAt: Millis;
  /** What the venue said last. */
  facts: VenueFacts;
  readonly markets: Market[];
  readonly figures: VenueFigures;
  /** Index of the BTC market, or -1. */
  btc: number;
  /** Indices of markets that are traded no more. */
  readonly gone = new Set<number>();
  readonly series: Series[];
  readonly books: (BookQuote | null)[];
  readonly why: Why;
  readonly scanner: Scanner;
  readonly levels: LevelBook;
  readonly ledger: Ledger;
  readonly desk: Desk;
  readonly limits: RiskLimits;
  readonly venueEvents = new VenueEvents();
  /** Of trades that ended lately: when their entries were sent. */
  readonly #begun = new Map<number, Millis>();
  readonly #outbox: Outbox;
  readonly counters: Counters = {
    cycles: 0,
    scans: 0,
    scanned: 0,
    inUniverse: 0,
    passedFilters: 0,
    candidates: 0,
    withLevels: 0,
    signals: 0,
    sent: 0,
    bars: 0,
    lateBars: 0,
    repeatedBars: 0,
  };
  readonly trades: Trade[] = [];
  readonly halts: HaltRecord[] = [];
  /** A losing streak shows when a trade closes, between candles. */
  breach: Breach | null = null;
  /** The last scan, and the close it was made on. */
  lastScan: (ScanResult & { readonly at: Millis }) | null = null;
  /** Score of each symbol at the last scan that it passed; NaN otherwise. */
  scores: Float64Array;
  /** Close of the base candle on which each symbol's last trade ended, or 0. */
  lastExit: Float64Array;
  /** 1 while the symbol's feed is stale. */
  stale: Uint8Array;
  stalled = false;
  /** Close time of the last bars that came in their turn; 0 before the first. */
  toldTo: Millis = 0;
  /** Levels whose signal was refused since the last scan, by id. */
  readonly refusedLevels = new Set<number>();
  /** A scan fell due while it could not be made. */
  scanDue = false;
  /** What of the books' money the venue's account lacks. */
  readonly funds = new Funds();
  totalR = 0;
  #peakR = 0;
  maxDrawdownR = 0;

  constructor(options: {
    readonly preset: Preset;
    readonly mode: Mode;
    readonly equity: string;
    readonly at: Millis;
    readonly facts: VenueFacts;
    readonly outbox: Outbox;
  }) {
    const { preset, facts, outbox } = options;
    const markets = [...facts.markets];
    this.#outbox = outbox;
    this.preset = preset;
    this.mode = options.mode;
    this.startedAt = options.at;
    this.facts = facts;
    this.markets = markets;
    this.figures = facts.figures;
    this.btc = btcOf(markets);
    this.#noteGone();
    this.series = markets.map(() => new Series(preset));
    this.books = markets.map(() => null);
    this.why = new Why(markets.length);
    this.scanner = new Scanner(preset, markets, warmupBars(preset), this.why);
    this.levels = new LevelBook(preset, markets.length, this.why, (level, reason) => {
      const market = item(markets, level.symbol);
      outbox.event({
        type: 'level',
        symbol: market.symbol,
        levelId: level.id,
        side: level.side,
        price: priceOf(market, level),
        life: level.life,
        strength: level.strength,
        touches: level.touches,
        reason,
      });
    });
    this.ledger = new Ledger(options.equity);
    this.limits = new RiskLimits(preset, Number(options.equity));
    this.scores = new Float64Array(markets.length).fill(Number.NaN);
    this.lastExit = new Float64Array(markets.length);
    this.stale = new Uint8Array(markets.length);
    this.desk = new Desk(
      { outbox, orders: new Orders(), preset, broker: facts.broker },
      this.ledger,
      (trade, begunAt) => this.#closed(trade, begunAt),
    );
  }

  /** Start equity + realised P&L - fees +- funding, capped by what the venue's account holds. */
  get sizingEquity(): number {
    return this.#ownEquity - this.funds.short;
  }

  get #ownEquity(): number {
    return this.ledger.equityValue + this.desk.openRealised();
  }

  /** The venue says what its account holds. */
  funded({ total, available }: InputOf<'balance'>): void {
    let bought = 0;
    let ordered = 0;
    let onMargin = 0;
    for (const trade of this.desk.trades()) {
      if (trade.market.type === 'spot') {
        bought += trade.cost;
        ordered += trade.pending;
      } else onMargin += trade.notional;
    }
    this.funds.told(
      { total: Number(total), available: Number(available) },
      { equity: this.#ownEquity, bought, ordered, onMargin, leverage: this.preset.risk.max_leverage },
    );
  }

  /** Equity with open positions at their marks. */
  get markedEquity(): number {
    return this.ledger.equityValue + this.desk.openValue();
  }

  get freeSlots(): number {
    return Math.max(0, this.preset.risk.max_open_positions - this.desk.size);
  }

  get candidates(): readonly Candidate[] {
    return this.lastScan?.candidates ?? NO_CANDIDATES;
  }

  /** Feeds that were said to be stale and not to be back: indices of symbols, and null for the whole. */
  get staleFeeds(): (number | null)[] {
    const symbols = this.markets.flatMap(({ index }) => (this.stale[index] === 0 ? [] : [index]));
    return this.stalled ? [null, ...symbols] : symbols;
  }

  live(symbol: number): boolean {
    return !this.stalled && this.stale[symbol] === 0 && !this.gone.has(symbol);
  }

  /** The venue lists other markets now, or on other terms. */
  relist(facts: VenueFacts): void {
    const { markets, desk, gone } = this;
    const before = new Set(gone);
    this.facts = facts;
    for (const market of facts.markets.slice(0, markets.length)) {
      // Not by identity: a snapshot gives back another copy of what is the same.
      if (!differs(item(markets, market.index), market)) continue;
      markets[market.index] = market;
      desk.regrid(market);
    }
    this.#grow(facts.markets.slice(markets.length));
    this.#noteGone();
    for (const { index, symbol } of markets) {
      if (!gone.has(index) || before.has(index)) continue;
      const held = desk.of(index) !== null ? ': what is open there stays managed, with its stop' : '';
      const message = `${symbol} is traded no more${held}`;
      this.#outbox.event({ type: 'warning', code: 'SYMBOL_DELISTED', symbol, message });
      desk.cancelEntriesIn(index, 'the symbol is traded no more');
    }
  }

  #grow(added: readonly Market[]): void {
    const { markets, preset } = this;
    markets.push(...added);
    for (const _ of added) {
      this.series.push(new Series(preset));
      this.books.push(null);
    }
    const size = markets.length;
    this.why.grow(size);
    this.scanner.grow(markets);
    this.levels.grow(size);
    this.scores = grown(this.scores, size, Number.NaN);
    this.lastExit = grown(this.lastExit, size, 0);
    const stale = new Uint8Array(size);
    stale.set(this.stale);
    this.stale = stale;
    this.btc = btcOf(markets);
  }

  #noteGone(): void {
    const symbols = new Set(goneOf(this.facts));
    this.gone.clear();
    for (const { symbol, index } of this.markets) if (symbols.has(symbol)) this.gone.add(index);
  }

  /** A symbol's market data, or all of it (null), went stale or came back. */
  feed(symbol: number | null, stale: boolean): void {
    if (symbol === null) this.stalled = stale;
    else this.stale[symbol] = stale ? 1 : 0;
    if (!stale) return;
    for (const trade of [...this.desk.trades()]) {
      if (symbol === null || trade.market.index === symbol)
        this.desk.cancelEntryOf(trade, 'the feed is stale');
    }
  }

  /** Of a position that is open, or of one that was when it was due. */
  funding(input: InputOf<'funding'>): void {
    if (!this.venueEvents.first(input)) return;
    const open = this.desk.of(input.symbol);
    // An entry of which nothing has filled holds nothing that funding could be of.
    if (open !== null && open.openedAt > 0 && this.#concerns(open.begunAt, null, input)) {
      this.desk.funding(open, input.amount);
      return;
    }
    const { symbol } = item(this.markets, input.symbol);
    const ended = this.trades.findLast(
      (trade) =>
        trade.symbol === symbol &&
        this.#concerns(this.#begun.get(trade.id) ?? trade.openedAt, trade.closedAt, input),
    );
    if (ended !== undefined) {
      this.ledger.lateFunding(input.amount);
      return;
    }
    this.#outbox.event({
      type: 'warning',
      code: 'FUNDING_NOT_OWN',
      symbol,
      message: `funding of ${input.amount} was of no position of this bot and is left out of its books`,
    });
  }

  closedByVenue(input: InputOf<'liquidation'>): void {
    if (!this.venueEvents.first(input)) return;
    this.desk.closedByVenue(input, (begunAt) => this.#concerns(begunAt, null, input));
  }

  /**
   * Whether something happened while a position may have been open: its fills may be heard of long after its entry was
   * sent, where the daemon was down meanwhile.
   */
  #concerns(begunAt: Millis, closedAt: Millis | null, { happenedAt }: VenueEventMark): boolean {
    if (happenedAt === undefined) return true;
    return begunAt - REPORT_LAG <= happenedAt && (closedAt === null || happenedAt <= closedAt + REPORT_LAG);
  }

  #closed(trade: Trade, begunAt: Millis): void {
    this.trades.push(trade);
    this.#begun.set(trade.id, begunAt);
    if (this.#begun.size > LATELY) {
      const [oldest] = this.#begun.keys();
      if (oldest !== undefined) this.#begun.delete(oldest);
    }
    this.totalR += trade.r;
    this.#peakR = Math.max(this.#peakR, this.totalR);
    this.maxDrawdownR = Math.min(this.maxDrawdownR, this.totalR - this.#peakR);
    const index = this.markets.findIndex((m) => m.symbol === trade.symbol);
    if (index >= 0) this.lastExit[index] = trade.closedAt;
    this.breach ??= this.limits.closed(trade.r);
  }

  /** The fields that `runShape` does not begin the run with. */
  archive(a: Archive): void {
    for (const series of this.series) series.archive(a);
    a.items(this.books, bookShape);
    this.why.archive(a);
    this.scanner.archive(a);
    this.levels.archive(a);
    this.desk.archive(a, this.markets);
    this.limits.archive(a);
    this.venueEvents.archive(a);
    a.section('Run, continued');
    Object.assign(this.counters, countersShape(a, this.counters));
    a.items(this.trades, recordShape);
    a.map(this.#begun, numberShape, numberShape);
    a.items(this.halts, haltShape);
    this.breach = a.nullable(this.breach, breachShape);
    this.lastScan = a.nullable(this.lastScan, lastScanShape);
    a.column(this.scores);
    a.column(this.lastExit);
    a.column(this.stale);
    this.stalled = a.flag(this.stalled);
    this.toldTo = a.number(this.toldTo);
    a.set(this.refusedLevels, numberShape);
    this.scanDue = a.flag(this.scanDue);
    this.funds.archive(a);
    this.totalR = a.number(this.totalR);
    this.#peakR = a.number(this.#peakR);
    this.maxDrawdownR = a.number(this.maxDrawdownR);
  }
}

function btcOf(markets: readonly Market[]): number {
  return markets.findIndex((market) => market.base === 'BTC');
}

function priceOf(market: Market, level: Level): string {
  return stepsToText(market.ticks, stepsNearest(market.ticks, level.price));
}
