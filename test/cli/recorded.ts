/** Sessions of the real kernel over a generated market, whole, as a daemon would leave them in its journal. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Preset, presetSchema } from '../../src/config/preset.ts';
import { presetHash } from '../../src/config/preset-hash.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Output, Trade } from '../../src/engine/output.ts';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import { toMarket } from '../../src/market/instrument.ts';
import { Lockstep } from '../../src/session/lockstep.ts';
import { generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../src/venue/simulated/matching.ts';

const PRESET: Preset = presetSchema.parse(
  JSON.parse(readFileSync(new URL('../../presets/breakout_v1.json', import.meta.url), 'utf8')),
);

export const FIRST = '20240101T000000-aaaa';
export const SECOND = '20240102T000000-bbbb';
export const WALL = Date.UTC(2024, 0, 1);

/** Enough for trades, and for a position that is open in between. */
const BARS = 1_500;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'OPUSDT', 'SOLUSDT', 'SUIUSDT'];

/** Writes something else than what was: what a kernel that is not deterministic would leave. */
export interface Falsified {
  readonly outputs?: (seq: number, outputs: readonly Output[]) => readonly Output[];
  readonly state?: (state: Uint8Array) => Uint8Array;
}

/** `journal.sqlite` in a folder of state. */
export function journalIn(folder: string, wallNow = () => WALL): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return openJournal({ file: join(folder, 'journal.sqlite'), wallNow, reserveBytes: 0 });
}

/** One engine over two sessions, the second begun from what the first had left. @returns the trades of each. */
export function recordSessions(folder: string): Map<string, readonly Trade[]> {
  const journal = journalIn(folder);
  const engine = new Engine();
  record(journal, engine, FIRST, 1);
  const first = [...engine.trades()];
  record(journal, engine, SECOND, 2);
  journal.close();
  return new Map([
    [FIRST, first],
    [SECOND, engine.trades()],
  ]);
}

export function record(
  journal: Journal,
  engine: Engine,
  session: string,
  ordinal: number,
  { outputs: told = (_seq, outputs) => outputs, state: kept = (state) => state }: Falsified = {},
): void {
  journal.openSession({
    id: session,
    ordinal,
    preset: PRESET,
    presetHash: presetHash(PRESET),
    mode: 'paper',
    venue: 'sim',
    request: { data: null, symbols: null, from: null, to: null, seed: ordinal, speed: 0, equity: '10000' },
    startedAt: WALL,
    by: 'tester',
  });
  let seq = 0;
  const snapshot = (at: number): void => {
    const state = kept(engine.save());
    const hash = createHash('sha256').update(state).digest('hex');
    journal.snapshot({ session, seq, at, wallAt: WALL, state, hash, shell: new Uint8Array() });
  };
  if (ordinal > 1) snapshot(engine.now);
  const source = generatedMarket({ seed: ordinal, symbols: SYMBOLS, bars: BARS + 10 });
  const matching = simulatedMatching({ markets: source.instruments.map(toMarket), costs: DEFAULT_COSTS });
  const lockstep = new Lockstep({
    engine,
    source,
    matching,
    observe: (input, outputs) => {
      seq += 1;
      journal.append({ session, seq, input, outputs: told(seq, outputs), origin: 'live', wallAt: WALL });
    },
  });
  lockstep.open();
  const start = { name: 'start', preset: PRESET, mode: 'paper', equity: '10000', account: 'fresh' } as const;
  lockstep.command(1, 'tester', start);
  for (let bar = 1; bar <= BARS && lockstep.stepBar(); bar++) {
    const equity = engine.equity();
    if (bar % 12 === 0 && equity !== null)
      journal.equity(session, { at: lockstep.now, equity: equity.marked, realised: equity.realised });
    if (bar % 500 === 0) snapshot(lockstep.now);
    if (bar % 100 === 0) journal.commit();
  }
  lockstep.command(2, 'tester', { name: 'stop', flatten: true });
  for (let bar = 0; bar < 10 && engine.status().state !== 'IDLE' && lockstep.stepBar(); bar++);
  if (ordinal === 1)
    journal.endSession(session, {
      reason: 'stopped',
      message: 'stopped',
      at: lockstep.now,
      wallAt: WALL,
      record: new Uint8Array(),
    });
  journal.commit();
}
