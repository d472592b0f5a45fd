/** At the moment that an entry goes out: how many positions, and how much is lost if every stop is hit. */
import type { Preset } from '../../../src/config/preset.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { OrderRequest, Output } from '../../../src/engine/output.ts';
import type { Market } from '../../../src/market/instrument.ts';

/** Relative float error allowed where the engine sizes in float64. */
const FLOAT = 1e-9;

export class Limits {
  readonly #preset: Preset;
  readonly #ticks: ReadonlyMap<string, number>;
  readonly #violated: (what: string) => void;
  /** Trades whose entry, or add-on, was counted with its first part. */
  readonly #counted = new Set<string>();

  constructor(preset: Preset, markets: readonly Market[], violated: (what: string) => void) {
    this.#preset = preset;
    this.#ticks = new Map(markets.map(({ symbol, tick }) => [symbol, Number(tick)]));
    this.#violated = violated;
  }

  look(engine: Engine, outputs: readonly Output[]): void {
    const entries = outputs.flatMap((o) => (o.kind === 'submit' && !o.order.reduceOnly ? [o.order] : []));
    if (entries.length === 0) return;
    const { pausedBy, haltedBy, stopping, state } = engine.status();
    if (pausedBy !== null || haltedBy !== null || stopping)
      this.#violated('an entry is sent though none is allowed');
    if (['ERROR', 'EMERGENCY', 'STOPPED', 'IDLE', 'PAUSED'].includes(state))
      this.#violated(`an entry is sent in ${state}`);
    const live = engine.claims().orders.filter(({ final, request }) => !final && !request.reduceOnly);
    const trades = new Set([
      ...live.map(({ request }) => request.tradeId),
      ...engine.positions().map(({ tradeId }) => tradeId),
    ]);
    const { max_open_positions } = this.#preset.risk;
    if (trades.size > max_open_positions) this.#violated(`${trades.size} positions and entries at once`);
    if (entries.every((order) => this.#isLater(order))) return;
    this.#risk(engine);
  }

  /** The later slices of an entry were counted with its first. */
  #isLater({ tradeId, purpose }: OrderRequest): boolean {
    const key = `${tradeId} ${purpose}`;
    const known = this.#counted.has(key);
    this.#counted.add(key);
    return known;
  }

  #risk(engine: Engine): void {
    const account = engine.account();
    if (account === null) return;
    const stops = new Map<number, number>();
    let total = 0;
    let slack = 0;
    for (const { request, stopPrice, final, status } of engine.claims().orders)
      if (request.purpose === 'stop' && !final && status === 'working')
        stops.set(request.tradeId, Number(stopPrice));
    for (const { tradeId, side, quantity, entry, symbol } of engine.positions()) {
      const stop = stops.get(tradeId);
      const direction = side === 'long' ? 1 : -1;
      if (stop !== undefined) total += Math.max(0, direction * (Number(entry) - stop)) * Number(quantity);
      slack += Number(quantity) * (this.#ticks.get(symbol) ?? 0);
    }
    const limit = this.#preset.risk.max_total_risk * account.sizingEquity;
    if (total > limit * (1 + FLOAT) + slack) {
      // Adopted positions are taken as they are; they leave no room for entries.
      this.#violated(`open risk ${total} over ${limit} when an entry goes out`);
    }
  }
}
