/**
 * The kernel: one synchronous call, `apply(input) -> outputs`. It reads no clock, draws no random number and
 * awaits nothing; the same inputs give the same outputs, byte for byte, wherever they come from.
 */

import type { Archive } from '../archive/archive.ts';
import { readArchive } from '../archive/reader.ts';
import { writeArchive } from '../archive/writer.ts';
import { Outbox } from '../execution/outbox.ts';
import { toMarket } from '../market/instrument.ts';
import type { Millis } from '../market/time.ts';
import { warmupBars } from '../strategy/series.ts';
import { type Claims, claimsOf } from './claims.ts';
import { Controls } from './controls.ts';
import { diagnosticsView, explainView } from './explain.ts';
import type { VenueFacts } from './facts.ts';
import type { Input } from './input.ts';
import type { Output, Trade } from './output.ts';
import type { HaltRecord } from './run.ts';
import { accountView, candleViews, levelViews, orderViews, scanView } from './trading-views.ts';
import type {
  AccountView,
  CandleView,
  CommandView,
  DiagnosticsView,
  ExplainView,
  ForeignView,
  LevelView,
  MetricsView,
  OrderView,
  PositionView,
  ScanView,
  StatusView,
  TransitionView,
} from './view.ts';
import { commandViews, metricsView, positionViews, statusView } from './views.ts';

/** Of the bytes that `save` gives: raised with every change of what they hold. */
const SNAPSHOT_VERSION = 5;

/** What the shell was asked for and has not answered: after a restart it has to be asked for, or set, again. */
export interface Outstanding {
  readonly timers: readonly { readonly timerId: number; readonly due: Millis }[];
  /** The query for the venue's positions that is to be answered. */
  readonly query: number | null;
  /** Bars of history that a start waits for, then `ready`. */
  readonly history: number | null;
}

export class Engine {
  #outbox = new Outbox();
  #controls = new Controls(this.#outbox);

  /**
   * Takes one fact and returns what is to be done about it, in order. The returned list is the caller's.
   * @throws when an input contradicts the engine's own rules (a programming error): the shell must stop.
   */
  apply(input: Input): readonly Output[] {
    const outbox = this.#outbox;
    const controls = this.#controls;
    // Time never runs backwards at a venue; a new venue has its own.
    if (input.at > outbox.at || input.kind === 'instruments') outbox.at = input.at;
    const run = controls.run;
    switch (input.kind) {
      case 'bars':
        controls.bars(input.bars, input.phase);
        break;
      case 'book':
        controls.book(input.symbol, { ...input.book, at: input.at });
        break;
      case 'order':
        run?.desk.report(input.report);
        break;
      case 'timer': {
        const purpose = outbox.fired(input.timerId);
        if (purpose !== null) controls.timer(purpose);
        break;
      }
      case 'command':
        controls.command(input.id, input.by, input.command);
        break;
      case 'instruments':
        controls.facts = {
          markets: input.instruments.map(toMarket),
          figures: input.figures,
          broker: input.broker,
        };
        break;
      case 'listings':
        controls.listings(input);
        break;
      case 'ready':
        controls.ready();
        break;
      case 'positions':
        controls.verified(input.queryId, input.positions);
        break;
      case 'balance':
        run?.funded(input);
        break;
      case 'funding':
        run?.funding(input);
        break;
      case 'liquidation':
        run?.closedByVenue(input);
        break;
      case 'feed':
        run?.feed(input.symbol, input.status === 'stale');
        break;
      case 'reconciliation':
        controls.reconciled(input.findings, input.foreign);
        break;
      case 'adjustment':
        run?.desk.adjusted(input);
        break;
      case 'orders_lost':
        run?.desk.ordersLost(input.taken);
        break;
      case 'shutdown':
        controls.shutdown();
        break;
      case 'market_over':
        controls.marketOver(input.reason);
        break;
      case 'fault':
        controls.fault(input.reason);
        break;
    }
    controls.settle();
    return outbox.take();
  }

  /** Venue time of the last input. */
  get now(): Millis {
    return this.#outbox.at;
  }

  /** Close time of the last bars that came in their turn; 0 before the first of the account. */
  get toldTo(): Millis {
    return this.#controls.run?.toldTo ?? 0;
  }

  status(): StatusView {
    return statusView(this.#controls, this.#outbox.at);
  }

  metrics(): MetricsView | null {
    return metricsView(this.#controls.run);
  }

  positions(): PositionView[] {
    return positionViews(this.#controls.run);
  }

  /** Own orders, live or final of late, oldest first. */
  orders(): OrderView[] {
    return orderViews(this.#controls.run);
  }

  /** Levels that live; null = of every symbol. */
  levels(symbol: string | null = null): LevelView[] {
    return levelViews(this.#controls.run, symbol);
  }

  /** The newest closed 15 m candles of a symbol that are still held, oldest first; null for a foreign symbol. */
  candles(symbol: string, limit: number): CandleView[] | null {
    return candleViews(this.#controls.run, symbol, limit);
  }

  /** The last scan and its candidates. */
  scan(): ScanView {
    return scanView(this.#controls.run);
  }

  /** Null before the first start. */
  account(): AccountView | null {
    return accountView(this.#controls.run);
  }

  /** What the engine holds to be true of its venue. */
  claims(): Claims {
    return claimsOf(this.#controls.run);
  }

  /** What the venue holds that is not the bot's, and what was decided about it. */
  foreign(): readonly ForeignView[] {
    return this.#controls.foreign.list();
  }

  /** Why there is no trade, of one symbol or of all; null for a symbol that is not traded here. */
  explain(symbol: string | null = null): ExplainView | null {
    return explainView(this.#controls, symbol);
  }

  /** Funnel, pass rates and near misses. */
  diagnostics(): DiagnosticsView {
    return diagnosticsView(this.#controls);
  }

  /** Markets of the account's venue, in the order of their index. */
  symbols(): string[] {
    return (this.#controls.run?.markets ?? []).map((market) => market.symbol);
  }

  /** Bars that a symbol needs before it is traded; 0 before the first start. */
  get warmupBars(): number {
    const { run } = this.#controls;
    return run === null ? 0 : warmupBars(run.preset);
  }

  /** Feeds that were said to be stale and not to be back: by the symbol's index, null for the whole. */
  staleFeeds(): readonly (number | null)[] {
    return this.#controls.run?.staleFeeds ?? [];
  }

  /** What the engine knows of what its venue lists; null before it was told. */
  facts(): VenueFacts | null {
    return this.#controls.facts;
  }

  /** Finished trades of the current or last account, in closing order. */
  trades(): readonly Trade[] {
    return this.#controls.run?.trades ?? [];
  }

  /** The newest `limit` transitions after ordinal `since`, oldest first. */
  transitions(since = 0, limit = 100): TransitionView[] {
    return this.#controls.machine.history(since, limit);
  }

  commands(): CommandView[] {
    return commandViews(this.#controls);
  }

  /** Halts of the kill switch so far. */
  halts(): readonly HaltRecord[] {
    return this.#controls.run?.halts ?? [];
  }

  /** Deepest fall of marked equity from its peak, as a share of the peak. */
  drawdown(): number {
    return this.#controls.run?.limits.deepest ?? 0;
  }

  /** Marked equity, and what finished trades have made of the start equity: float64, for drawing. Null before a start. */
  equity(): { readonly marked: number; readonly realised: number } | null {
    const { run } = this.#controls;
    return run === null ? null : { marked: run.markedEquity, realised: run.ledger.equityValue };
  }

  /** Judgements so far: how often each condition passed, failed, or could not be evaluated. */
  conditions(): Record<string, { passed: number; failed: number; notEvaluated: number }> {
    return this.#controls.run?.why.counts() ?? {};
  }

  outstanding(): Outstanding {
    return { timers: this.#outbox.timers(), ...this.#controls.awaited };
  }

  /** The whole state, between two inputs. The same state gives the same bytes. */
  save(): Uint8Array {
    return writeArchive(SNAPSHOT_VERSION, (a) => archive(a, this.#outbox, this.#controls));
  }

  /**
   * Takes over the state that `save` gave; whatever comes next is decided as it would have been there.
   * @throws ArchiveError when the bytes are damaged or of another version; the engine is then as it was before.
   */
  restore(bytes: Uint8Array): void {
    const outbox = new Outbox();
    const controls = new Controls(outbox);
    readArchive(bytes, SNAPSHOT_VERSION, (a) => archive(a, outbox, controls));
    this.#outbox = outbox;
    this.#controls = controls;
  }
}

function archive(a: Archive, outbox: Outbox, controls: Controls): void {
  a.section('Engine');
  outbox.archive(a);
  controls.archive(a);
}
