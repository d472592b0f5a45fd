/**
 * The trading pipeline, run at each base close: manage what is open, watch the levels, size and send what
 * signalled, scan when it is time. It passes through the states as it goes.
 */

import type { Outbox } from '../execution/outbox.ts';
import { floatAt, intAt, item } from '../market/arrays.ts';
import type { BarColumns } from '../market/bars.ts';
import { freshQuote } from '../market/book.ts';
import { stepsDown, stepsNearest, stepsToNumber, stepsToText, stepsUp } from '../market/grid.ts';
import type { Market } from '../market/instrument.ts';
import { BASE, type Millis, SECOND } from '../market/time.ts';
import { type Exposure, type Size, sizeEntry } from '../risk/sizing.ts';
import { type Signal, watchLevels } from '../strategy/signals.ts';
import { addOn } from './add-on.ts';
import type { Machine } from './machine.ts';
import { restAtLevels, withdrawStale } from './resting.ts';
import type { Run } from './run.ts';

interface Sized {
  readonly signal: Signal;
  readonly market: Market;
  readonly limitTicks: number;
  readonly triggerTicks: number | null;
  readonly stopTicks: number;
  readonly size: Size;
}

export class Pipeline {
  readonly #run: Run;
  readonly #machine: Machine;
  readonly #outbox: Outbox;
  /** Entries may be sent: not paused, halted, stopping. */
  readonly #entriesAllowed: () => boolean;

  constructor(run: Run, machine: Machine, outbox: Outbox, entriesAllowed: () => boolean) {
    this.#run = run;
    this.#machine = machine;
    this.#outbox = outbox;
    this.#entriesAllowed = entriesAllowed;
  }

  /** Takes the bars into the series; nothing is decided here. Gaps are announced unless it is history. */
  absorb(bars: BarColumns, announce: boolean): void {
    const run = this.#run;
    const { series } = run;
    const { closeTime } = bars;
    const candleEnds = closeTime % (3 * BASE) === 0;
    for (let row = 0; row < bars.count; row++) {
      const index = intAt(bars.symbol, row);
      const s = item(series, index);
      const taken = s.push(
        closeTime,
        floatAt(bars.open, row),
        floatAt(bars.high, row),
        floatAt(bars.low, row),
        floatAt(bars.close, row),
        floatAt(bars.volume, row),
      );
      if (!taken) run.counters.repeatedBars++;
      else if (s.gapBefore > 0 && announce) {
        this.#outbox.event({ type: 'gap', symbol: item(run.markets, index).symbol, missing: s.gapBefore });
      }
    }
    // What only warms up is no part of the run's period.
    if (announce) run.counters.bars += bars.count;
    if (candleEnds && run.btc >= 0) this.#correlate(bars);
  }

  /** Late bars: levels that were crossed by them are spent, nothing else follows. */
  late(bars: BarColumns): void {
    this.#run.counters.lateBars += bars.count;
    for (let row = 0; row < bars.count; row++) {
      const index = intAt(bars.symbol, row);
      this.#run.levels.crossedInGap(index, item(this.#run.series, index).close);
    }
  }

  /** The rules for open positions, in every state in which they are managed. */
  manage(at: Millis): void {
    const { desk, series } = this.#run;
    if (desk.size === 0) return;
    desk.closeBar(series, at);
    desk.manage(series, at, this.#run.gone);
    if (this.#run.preset.position.add_on !== null && this.#entriesAllowed()) addOn(this.#run, at);
  }

  /** Signals and scan of one base close. */
  decide(at: Millis): void {
    const run = this.#run;
    run.counters.cycles++;
    const signals: Signal[] = [];
    if (run.levels.watched.length > 0) {
      const context = {
        preset: run.preset,
        why: run.why,
        book: run.levels,
        series: run.series,
        quotes: run.books,
        hasBook: run.figures.book,
        live: (symbol: number) => run.live(symbol),
      };
      for (const symbol of [...run.levels.watched]) watchLevels(context, symbol, at, signals);
    }
    if (run.preset.entry.policy === 'stop') {
      withdrawStale(run);
      if (this.#entriesAllowed() && this.#machine.state === 'SIGNAL_WAIT') restAtLevels(run, at, signals);
    }
    if (signals.length > 0) this.#act(signals, at);
    if (at % (run.preset.scan.scan_interval_seconds * SECOND) === 0) run.scanDue = true;
  }

  /** Where the pipeline rests: waiting on levels, scanning, or managing with no slot free. */
  rest(at: Millis): void {
    const run = this.#run;
    const machine = this.#machine;
    if (run.freeSlots === 0) {
      if (run.desk.positions > 0) {
        if (machine.state !== 'MANAGING') machine.go('MANAGING', at, 'no slot is free');
        return;
      }
      // Every slot is taken by an order that rests at its level: the levels are what is waited for.
      if (machine.state !== 'SIGNAL_WAIT') {
        if (machine.state !== 'SCANNING') machine.go('SCANNING', at, 'entries rest at their levels');
        if (run.levels.armed > 0) this.#rearm(at);
      }
      return;
    }
    if (run.scanDue) {
      if (machine.state !== 'SCANNING') machine.go('SCANNING', at, 'a scan is due');
      this.#scan(at);
      return;
    }
    if (run.levels.armed > 0) {
      if (machine.state === 'SIGNAL_WAIT') return;
      if (machine.state !== 'SCANNING') machine.go('SCANNING', at, 'a slot is free');
      this.#rearm(at);
    } else if (machine.state !== 'SCANNING') {
      machine.go('SCANNING', at, 'no level is armed');
    }
  }

  /** Makes the scan that is due, from SCANNING; ends in SCANNING or SIGNAL_WAIT. */
  #scan(at: Millis): void {
    const run = this.#run;
    run.scanDue = false;
    run.why.now = at;
    const scannedAt = this.#lastClose(at);
    const result = run.scanner.scan({
      at: scannedAt,
      markets: run.markets,
      series: run.series,
      books: run.books,
      figures: run.figures,
      btc: run.btc,
      gone: run.gone,
    });
    run.counters.scans++;
    run.counters.scanned += run.markets.length;
    run.counters.inUniverse += result.universe;
    run.counters.passedFilters += result.passed;
    run.counters.candidates += result.candidates.length;
    run.lastScan = { ...result, at: scannedAt };
    run.refusedLevels.clear();
    run.scores.fill(Number.NaN);
    for (const candidate of result.candidates) run.scores[candidate.symbol] = candidate.score;
    this.#outbox.event({
      type: 'scan',
      universe: result.universe,
      passed: result.passed,
      candidates: result.candidates.map((c) => ({
        symbol: item(run.markets, c.symbol).symbol,
        score: c.score,
      })),
    });
    if (result.candidates.length === 0) {
      run.levels.rebuild([], run.series, at);
      return;
    }
    this.#machine.go('LEVEL_BUILDING', at, `${result.candidates.length} candidates`);
    run.levels.rebuild(
      result.candidates.map((c) => c.symbol),
      run.series,
      at,
    );
    run.counters.withLevels += run.levels.watched.length;
    if (run.levels.armed > 0) this.#machine.go('SIGNAL_WAIT', at, `${run.levels.armed} levels armed`);
    else this.#machine.go('SCANNING', at, 'no level to watch');
  }

  /** Back to waiting on the levels that are armed already, without a new scan. */
  #rearm(at: Millis): void {
    this.#machine.go('LEVEL_BUILDING', at, 'levels kept');
    this.#machine.go('SIGNAL_WAIT', at, `${this.#run.levels.armed} levels armed`);
  }

  /** Scans happen on closed candles; one that was put off sees the candles of the last close. */
  #lastClose(at: Millis): Millis {
    return Math.floor(at / BASE) * BASE;
  }

  #correlate(bars: BarColumns): void {
    const { series, btc } = this.#run;
    const b = item(series, btc);
    if (b.closeTime !== bars.closeTime || !b.candleClosed || Number.isNaN(b.candleReturn)) return;
    for (let row = 0; row < bars.count; row++) {
      const s = item(series, intAt(bars.symbol, row));
      if (s.candleClosed && !Number.isNaN(s.candleReturn)) s.correlation.push(s.candleReturn, b.candleReturn);
    }
  }

  /** Ranks, sizes as one batch and sends. */
  #act(signals: Signal[], at: Millis): void {
    const run = this.#run;
    const score = (s: Signal) => {
      const known = floatAt(run.scores, s.symbol);
      return Number.isNaN(known) ? Number.NEGATIVE_INFINITY : known;
    };
    const ranked = [...signals].sort((a, b) => {
      const x = score(a);
      const y = score(b);
      return x === y ? a.symbol - b.symbol : y > x ? 1 : -1;
    });
    const ready = this.#machine.state === 'SIGNAL_WAIT' && this.#entriesAllowed();
    if (ready) this.#machine.go('SIZING', at, `${ranked.length} signals`);
    const sized: Sized[] = [];
    const exposures: Exposure[] = run.desk.exposures();
    for (const signal of ranked) {
      const signalId = ++run.counters.signals;
      this.#announce(signal, signalId);
      const result = this.#size(signal, exposures, sized.length, ready, at);
      if (typeof result === 'string') {
        this.#refuse(signal, signalId, result);
        run.refusedLevels.add(signal.levelId);
        continue;
      }
      sized.push(result);
      exposures.push({
        symbol: signal.symbol,
        side: signal.side,
        risk: result.size.risk,
        notional: result.size.notional,
        cost: result.size.notional,
        btcCorrelation: run.scanner.btcCorrelation(signal.symbol),
      });
    }
    if (!ready) return;
    if (sized.length === 0) {
      this.#machine.go('SCANNING', at, 'no signal could be sized');
      return;
    }
    this.#machine.go('EXECUTION', at, `${sized.length} entries`);
    run.counters.sent += sized.length;
    for (const entry of sized) this.#send(entry);
  }

  #size(
    signal: Signal,
    exposures: readonly Exposure[],
    taken: number,
    ready: boolean,
    at: Millis,
  ): Sized | string {
    const run = this.#run;
    const { preset, why } = run;
    const i = signal.symbol;
    const market = item(run.markets, i);
    const s = item(run.series, i);
    const free = run.freeSlots - taken;
    if (!why.judge(i, 'free_slot', free > 0, free, 1)) return 'free_slot';
    if (!why.holds(i, 'state_ready', ready)) return 'state_ready';
    const busy = exposures.some((e) => e.symbol === i);
    if (!why.holds(i, 'one_position_per_symbol', !busy)) return 'one_position_per_symbol';
    const lastExit = floatAt(run.lastExit, i);
    // A symbol that has had no trade yet has nothing to cool down from.
    if (
      lastExit > 0 &&
      !why.atLeast(i, 'cooldown_base_bars', (at - lastExit) / BASE, preset.entry.cooldown_base_bars)
    )
      return 'cooldown_base_bars';

    const { ticks } = market;
    const long = signal.side === 'long';
    const chase = preset.entry.max_chase_atr * signal.atr;
    const rests = preset.entry.policy === 'stop';
    const triggerTicks = rests
      ? long
        ? stepsUp(ticks, signal.price)
        : stepsDown(ticks, signal.price)
      : null;
    // A chase of less than a tick must not put the limit on the near side of the trigger, where it cannot fill.
    const reach = long ? stepsDown(ticks, signal.price + chase) : stepsUp(ticks, signal.price - chase);
    const limitTicks =
      triggerTicks === null ? reach : long ? Math.max(reach, triggerTicks) : Math.min(reach, triggerTicks);
    const stopTicks = long ? stepsDown(ticks, signal.stop) : stepsUp(ticks, signal.stop);
    if (stopTicks <= 0 || limitTicks <= 0) {
      // No such price: the stop distance is as good as endless.
      why.judge(i, 'max_stop_atr', false, Number.NaN, preset.position.max_stop_atr);
      return 'max_stop_atr';
    }
    const result = sizeEntry(
      {
        market,
        side: signal.side,
        limit: stepsToNumber(ticks, limitTicks),
        stop: stepsToNumber(ticks, stopTicks),
        atr: signal.atr,
        btcCorrelation: run.scanner.btcCorrelation(i),
        medianVolume: s.volumeMedian.value,
        quote: freshQuote(item(run.books, i), at),
      },
      { equity: run.sizingEquity, tied: run.funds.tied, exposures },
      preset,
      why,
      run.figures.book,
    );
    if ('refused' in result) return result.refused;
    return { signal, market, limitTicks, triggerTicks, stopTicks, size: result.size };
  }

  #send(entry: Sized): void {
    const { signal } = entry;
    this.#run.desk.enter({
      market: entry.market,
      side: signal.side,
      strategy: signal.strategy,
      levelId: signal.levelId,
      level: signal.level,
      stopTicks: entry.stopTicks,
      plannedLots: entry.size.lots,
      plannedRisk: entry.size.risk,
      btcCorrelation: this.#run.scanner.btcCorrelation(signal.symbol),
      notional: entry.size.notional,
      limitTicks: entry.limitTicks,
      triggerTicks: entry.triggerTicks,
    });
  }

  #announce(signal: Signal, signalId: number): void {
    const { ticks, symbol } = item(this.#run.markets, signal.symbol);
    const text = (price: number) => stepsToText(ticks, stepsNearest(ticks, price));
    this.#outbox.event({
      type: 'signal',
      signalId,
      symbol,
      side: signal.side,
      strategy: signal.strategy,
      levelId: signal.levelId,
      level: text(signal.level),
      price: text(signal.price),
      stop: text(signal.stop),
      confidence: signal.confidence,
      reason: signal.reason,
    });
  }

  #refuse(signal: Signal, signalId: number, code: string): void {
    const judged = this.#run.why.of(signal.symbol).find((j) => j.condition === code);
    this.#outbox.event({
      type: 'refused',
      signalId,
      symbol: item(this.#run.markets, signal.symbol).symbol,
      rejection: { code, value: judged?.value ?? null, threshold: judged?.threshold ?? null },
    });
  }
}
