/**
 * What the journal costs: inputs a second with full durability, and how long a commit takes. Generated candles and
 * the real kernel; only the time inside the journal is counted. Warm-up is left out: nothing is sent on it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Preset } from '../../src/config/preset.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Input } from '../../src/engine/input.ts';
import type { Output } from '../../src/engine/output.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { toMarket } from '../../src/market/instrument.ts';
import { Lockstep } from '../../src/session/lockstep.ts';
import { generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../src/venue/simulated/matching.ts';
import { benchDecisionToSend } from './decision-to-send.ts';
import { fixed, percentile, row, say } from './figures.ts';
import { openBenchSession, SESSION } from './journal-session.ts';

/** Which inputs are made durable at once; the others wait for the next, or for so many rows. */
type When = (outputs: readonly Output[]) => boolean;

/** Entries are rare: their pass is so many times as long. */
const DECISIONS = 5;
const GROUP_ROWS = 512;
const SENDS: ReadonlySet<Output['kind']> = new Set(['submit', 'cancel', 'amend']);

interface Cost {
  readonly inputs: number;
  readonly appendMs: number;
  /** Wall time of each commit. */
  readonly commitsMs: readonly number[];
}

export interface JournalBenchOptions {
  readonly preset: Preset;
  /** Close times of each pass. */
  readonly bars: number;
  /** Folder on the disk that is measured. */
  readonly below?: string;
}

export function benchJournal({ preset, bars, below = tmpdir() }: JournalBenchOptions): void {
  const folder = mkdtempSync(join(below, 'breakout-bench-'));
  try {
    say(`\njournal, synchronous=FULL, in ${below}: time inside the journal alone`);
    row('', ['inputs', 'commits', 'inputs/s', 'append us']);
    const each = tell(
      'a commit for each input',
      pass(join(folder, 'each.sqlite'), preset, bars, () => true),
    );
    const sends: When = (outputs) => outputs.some(({ kind }) => SENDS.has(kind));
    const before = tell(
      'a commit before each send, the rest in groups',
      pass(join(folder, 'sends.sqlite'), preset, bars, sends),
    );
    tell(
      'in groups alone',
      pass(join(folder, 'groups.sqlite'), preset, bars, () => false),
    );
    say();
    row('one commit, ms', ['median', 'p95', 'p99', 'max']);
    latency('a commit for each input', each);
    latency('a commit before each send', before);
    benchDecisionToSend(preset, DECISIONS * bars, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pass(file: string, preset: Preset, bars: number, when: When): Cost {
  const journal = openJournal({ file });
  const source = generatedMarket({ seed: 1, bars });
  openBenchSession(journal, preset);
  const commitsMs: number[] = [];
  let inputs = 0;
  let appendMs = 0;
  const observe = (input: Input, outputs: readonly Output[]) => {
    if (input.kind === 'bars' && input.phase === 'history') return;
    inputs += 1;
    const began = performance.now();
    journal.append({ session: SESSION, seq: inputs, input, outputs, origin: 'live', wallAt: input.at });
    const appended = performance.now();
    appendMs += appended - began;
    if (!when(outputs) && journal.uncommitted < GROUP_ROWS) return;
    journal.commit();
    commitsMs.push(performance.now() - appended);
  };
  const matching = simulatedMatching({ markets: source.instruments.map(toMarket), costs: DEFAULT_COSTS });
  const lockstep = new Lockstep({ engine: new Engine(), source, matching, observe });
  lockstep.open();
  lockstep.command(1, 'bench', { name: 'start', preset, mode: 'paper', equity: '10000', account: 'fresh' });
  while (lockstep.stepBar());
  journal.close();
  return { inputs, appendMs, commitsMs };
}

function tell(name: string, cost: Cost): Cost {
  const { inputs, appendMs, commitsMs } = cost;
  const seconds = (appendMs + commitsMs.reduce((sum, ms) => sum + ms, 0)) / 1000;
  row(name, [
    inputs.toLocaleString('en-US'),
    commitsMs.length.toLocaleString('en-US'),
    Math.round(inputs / seconds).toLocaleString('en-US'),
    ((appendMs / inputs) * 1000).toFixed(1),
  ]);
  return cost;
}

function latency(name: string, { commitsMs }: Cost): void {
  const cell = fixed(2);
  row(
    name,
    [0.5, 0.95, 0.99, 1].map((share) => cell(percentile(commitsMs, share))),
  );
}
