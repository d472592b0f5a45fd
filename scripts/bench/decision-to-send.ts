/**
 * From the candles of a close in the engine's hands to an entry at the venue's door: the decision alone, and with all
 * of it written down and durable first, as the daemon does it.
 */
import { join } from 'node:path';
import type { Preset } from '../../src/config/preset.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Input } from '../../src/engine/input.ts';
import type { OrderRequest, Output } from '../../src/engine/output.ts';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import { toMarket } from '../../src/market/instrument.ts';
import { Lockstep } from '../../src/session/lockstep.ts';
import type { Matching } from '../../src/venue/ports.ts';
import { generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../src/venue/simulated/matching.ts';
import { fixed, percentile, row, say } from './figures.ts';
import { openBenchSession, SESSION } from './journal-session.ts';

/** Rows that wait for company, as in the daemon. */
const GROUP_ROWS = 512;

export function benchDecisionToSend(preset: Preset, bars: number, folder: string): void {
  say();
  row('from the close to the first entry at the venue, ms', ['entries', 'median', 'p95', 'p99']);
  tell('without a journal', pass(preset, bars, null));
  const journal = openJournal({ file: join(folder, 'decision.sqlite') });
  openBenchSession(journal, preset);
  tell('with one: committed first', pass(preset, bars, journal));
  journal.close();
}

/** Times of the entries that a close brought about. */
function pass(preset: Preset, bars: number, journal: Journal | null): number[] {
  const times: number[] = [];
  let closedAt: number | null = null;
  let inputs = 0;
  class Watched extends Engine {
    override apply(input: Input): readonly Output[] {
      closedAt = input.kind === 'bars' && input.phase === 'live' ? performance.now() : closedAt;
      return super.apply(input);
    }
  }
  const source = generatedMarket({ seed: 1, bars });
  const matching = simulatedMatching({ markets: source.instruments.map(toMarket), costs: DEFAULT_COSTS });
  const watched = watch(matching, (order) => {
    if (order.purpose === 'entry' && closedAt !== null) times.push(performance.now() - closedAt);
    closedAt = null;
  });
  const lockstep = new Lockstep({
    engine: new Watched(),
    source,
    matching: watched,
    observe: (input, outputs) => {
      if (journal === null || (input.kind === 'bars' && input.phase === 'history')) return;
      inputs += 1;
      journal.append({ session: SESSION, seq: inputs, input, outputs, origin: 'live', wallAt: input.at });
      if (journal.uncommitted >= GROUP_ROWS) journal.commit();
    },
    beforeSending: () => journal?.commit(),
  });
  lockstep.open();
  lockstep.command(1, 'bench', { name: 'start', preset, mode: 'paper', equity: '10000', account: 'fresh' });
  while (lockstep.stepBar());
  return times;
}

/** The venue, with a look at each order that comes to its door. */
function watch(venue: Matching, submitted: (order: OrderRequest) => void): Matching {
  return {
    submit(order, at) {
      submitted(order);
      return venue.submit(order, at);
    },
    cancel: (orderId, at) => venue.cancel(orderId, at),
    amend: (orderId, quantity, stopPrice, at) => venue.amend(orderId, quantity, stopPrice, at),
    begin: (bars) => venue.begin(bars),
    get busy() {
      return venue.busy;
    },
    walk: (point) => venue.walk(point),
    priceOf: (symbol) => venue.priceOf(symbol),
    positions: () => venue.positions(),
    ambiguousTrades: venue.ambiguousTrades,
    archive: (a) => venue.archive(a),
  };
}

function tell(name: string, times: readonly number[]): void {
  const cell = fixed(2);
  row(name, [String(times.length), ...[0.5, 0.95, 0.99].map((share) => cell(percentile(times, share)))]);
}
