/** A session of the real kernel over a generated market, written to a journal. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { presetSchema } from '../../src/config/preset.ts';
import { presetHash } from '../../src/config/preset-hash.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Input } from '../../src/engine/input.ts';
import type { Output } from '../../src/engine/output.ts';
import { exactJson } from '../../src/journal/codec/exact-json.ts';
import type { Journal } from '../../src/journal/journal.ts';
import type { JournalEntry, SessionRow, StoredEntry } from '../../src/journal/rows.ts';
import { toMarket } from '../../src/market/instrument.ts';
import { Lockstep } from '../../src/session/lockstep.ts';
import { generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';
import { DEFAULT_COSTS, simulatedMatching } from '../../src/venue/simulated/matching.ts';

export const PRESET = presetSchema.parse(
  JSON.parse(readFileSync(new URL('../../presets/breakout_v1.json', import.meta.url), 'utf8')),
);

export const SESSION = '20240101T000000-test';
export const WALL = Date.UTC(2024, 0, 1);

export function sessionRow(id = SESSION, ordinal = 1): SessionRow {
  return {
    id,
    ordinal,
    preset: PRESET,
    presetHash: presetHash(PRESET),
    mode: 'paper',
    venue: 'sim',
    request: { data: null, symbols: null, from: null, to: null, seed: 1, speed: 0, equity: '10000' },
    startedAt: WALL,
    by: 'test',
  };
}

/** In memory where the system has that: hundreds of journals are opened, and each waits on its disk. */
const SHARED_MEMORY = '/dev/shm';

export function makeFolder(): string {
  const below = existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir();
  return mkdtempSync(path.join(below, 'breakout-journal-'));
}

export function workFolder(t: TestContext): string {
  const folder = makeFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the kernel over `bars` close times of the generated market; `observe` sees each input with its outputs. */
export function runMarket(bars: number, observe: (input: Input, outputs: readonly Output[]) => void): Engine {
  const source = generatedMarket({ seed: 1, bars });
  const engine = new Engine();
  const matching = simulatedMatching({ markets: source.instruments.map(toMarket), costs: DEFAULT_COSTS });
  const lockstep = new Lockstep({ engine, source, matching, observe });
  lockstep.open();
  lockstep.command(1, 'test', {
    name: 'start',
    preset: PRESET,
    mode: 'paper',
    equity: '10000',
    account: 'fresh',
  });
  for (let done = 0; done < bars && lockstep.stepBar(); done++);
  return engine;
}

/** Appends a run without its warm-up, which is thousands of bars; `after` is called with each input's ordinal. */
export function appendMarket(journal: Journal, bars: number, after?: (seq: number) => void): Engine {
  let seq = 0;
  return runMarket(bars, (input, outputs) => {
    if (input.kind === 'bars' && input.phase === 'history') return;
    seq += 1;
    journal.append(entryOf(seq, input, outputs));
    after?.(seq);
  });
}

export function entryOf(
  seq: number,
  input: Input,
  outputs: readonly Output[],
  session = SESSION,
): JournalEntry {
  const submitted = outputs.flatMap((output) => (output.kind === 'submit' ? [output.order.id] : []));
  return {
    session,
    seq,
    input,
    outputs,
    origin: input.kind === 'command' ? 'command' : 'live',
    wallAt: WALL + seq,
    clientIds: new Map(submitted.map((id) => [id, `bk-${session}-${id}-1`])),
  };
}

/** A harmless input, for where it matters only that there is one. */
export function balance(seq: number): Input {
  return { kind: 'balance', at: WALL + seq, total: `${seq}.75`, available: `${seq}.5` };
}

/** Everything that a stored input says, floats bit by bit. */
export function saidBy(entry: Pick<StoredEntry, 'seq' | 'input' | 'outputsText'>): string {
  return exactJson([entry.seq, plain(entry.input), entry.outputsText]);
}

function plain(input: Input): unknown {
  if (input.kind !== 'bars') return input;
  const { closeTime, count, ...columns } = input.bars;
  const cut = Object.entries(columns).map(([name, column]) => [name, Array.from(column.subarray(0, count))]);
  return { ...input, bars: { closeTime, count, ...Object.fromEntries(cut) } };
}

export function digest(texts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  return hash.digest('hex');
}
