/** What has been announced since the daemon began, summed up over its sessions. Of what is counted, nothing goes back. */

import type { PublishedEvent } from '../session/event-log.ts';
import type { SessionHost } from '../session/host.ts';
import { MonotoneTotals } from '../telemetry/monotone-totals.ts';
import type { Sample } from '../telemetry/prometheus.ts';

/** Counters that the engine keeps for each run, and begins again with the next. */
const RUN_COUNTERS = {
  cycleCount: 0,
  scans: 0,
  bars: 0,
  gaps: 0,
  missingBars: 0,
  lateBars: 0,
  repeatedBars: 0,
} as const;
type RunCounter = keyof typeof RUN_COUNTERS;
const RUN_COUNTER_NAMES = [
  'cycleCount',
  'scans',
  'bars',
  'gaps',
  'missingBars',
  'lateBars',
  'repeatedBars',
] as const;

/** A count for each combination of labels. */
class Labelled {
  readonly #samples = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();

  /** @param known combinations that show as zero before the first: a rate needs a beginning. */
  constructor(known: readonly Readonly<Record<string, string>>[] = []) {
    for (const labels of known) this.add(labels, 0);
  }

  add(labels: Readonly<Record<string, string>>, by = 1): void {
    const key = Object.values(labels).join('\n');
    const sample = this.#samples.get(key);
    if (sample) sample.value += by;
    else this.#samples.set(key, { labels, value: by });
  }

  get samples(): readonly Sample[] {
    return [...this.#samples.values()];
  }
}

export class EventTotals implements Disposable {
  readonly events = new Labelled();
  readonly sessionsEnded = new Labelled([
    { reason: 'stopped' },
    { reason: 'data_ended' },
    { reason: 'failed' },
  ]);
  readonly signals = new Labelled(
    ['momentum', 'retest'].flatMap((strategy) => ['long', 'short'].map((side) => ({ strategy, side }))),
  );
  readonly refused = new Labelled();
  readonly orders = new Labelled();
  readonly fills = new Labelled();
  readonly trades = new Labelled([{ result: 'won' }, { result: 'lost' }, { result: 'even' }]);
  readonly exits = new Labelled();
  readonly halts = new Labelled([{ rule: 'daily_loss' }, { rule: 'losing_streak' }, { rule: 'drawdown' }]);
  readonly warnings = new Labelled();
  sessionsStarted = 0;
  /** In quote currency, as float64: the ledger has the exact sums of each session. */
  fees = 0;
  rebates = 0;
  readonly #host: SessionHost;
  readonly #runs = new MonotoneTotals<RunCounter>(RUN_COUNTERS, RUN_COUNTER_NAMES);
  readonly #stop: () => void;

  constructor(host: SessionHost) {
    this.#host = host;
    this.#stop = host.events.listen((published) => this.#count(published));
  }

  /** Of the engine's own counters. */
  get runs(): Readonly<Record<RunCounter, number>> {
    this.#lookAtRun();
    return this.#runs.totals;
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #lookAtRun(): void {
    const { engine } = this.#host.metrics();
    if (engine !== null) this.#runs.look(engine);
  }

  #count({ event }: PublishedEvent): void {
    this.events.add({ type: event.type });
    switch (event.type) {
      case 'session':
        // Told before the engine begins anew: the last look at the run before.
        this.#lookAtRun();
        if (event.change === 'started') this.sessionsStarted += 1;
        else this.sessionsEnded.add({ reason: event.reason });
        break;
      case 'state':
        if (event.to === 'INITIALIZING') this.#lookAtRun();
        break;
      case 'signal':
        this.signals.add({ strategy: event.strategy, side: event.side });
        break;
      case 'refused':
        this.refused.add({ code: event.rejection.code });
        break;
      case 'order':
        this.orders.add({ status: event.status });
        break;
      case 'fill':
        this.fills.add({ purpose: event.purpose });
        this.#paid(Number(event.fee));
        break;
      case 'trade': {
        const pnl = Number(event.trade.pnl);
        this.trades.add({ result: pnl > 0 ? 'won' : pnl < 0 ? 'lost' : 'even' });
        this.exits.add({ reason: event.trade.exitReason });
        break;
      }
      case 'halt':
        this.halts.add({ rule: event.rule });
        break;
      case 'warning':
        this.warnings.add({ code: event.code });
        break;
      default:
        break;
    }
  }

  /** A venue may pay for an order that waited. A counter cannot go back, so what is paid to us counts by itself. */
  #paid(fee: number): void {
    if (fee >= 0) this.fees += fee;
    else this.rebates -= fee;
  }
}
