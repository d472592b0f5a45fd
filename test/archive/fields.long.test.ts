import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { unnamedFields } from './unnamed-fields.ts';

const source = fileURLToPath(new URL('../../src/', import.meta.url));
const STATEFUL = ['market', 'indicators', 'strategy', 'risk', 'execution', 'engine', 'venue/simulated'].map(
  (folder) => path.join(source, folder) + path.sep,
);
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
};

/** What looks like state of its own and is none, each with the reason. */
const NO_STATE: Readonly<Record<string, string>> = {
  'RollingRank.priority': 'a fixed scramble of the slots',
  'RollingRank.path': 'scratch within one push',
  'Scanner.#listed': 'follows from the preset and the markets',
  'Run.btc': 'follows from the markets',
  'Run.gone': 'follows from the facts',
  'SimulatedMatching.#markets': 'what it was made for: whoever changes them keeps their list',
  'Ledger.start': 'what the run was started with: see runShape',
  'Controls.#replies': 'holds nothing but the outbox',
  'GeneratedMarket.instruments': 'follows from the options',
  'GeneratedMarket.figures': 'a constant',
  'GeneratedMarket.#columns': 'filled anew by the next bar',
  'MemoryRecord.#snapshot': 'it is what snapshots are kept in',
  'MemoryRecord.#requests': 'likewise',
  'MemoryRecord.#place': 'likewise',
  'FileRecord.#insert': 'a statement',
  'FileRecord.#place': 'a statement',
  'KeptVenue.#point': 'a snapshot is taken between two intervals, where it is the last one',
  'KeptVenue.#columns': 'filled anew by the next bar',
  'KeptVenue.#snapshotDue': 'counted from the bars of the snapshot',
  'decimalShape.c': 'valueOf tells it',
  'decimalShape.e': 'valueOf tells it',
  'decimalShape.s': 'valueOf tells it',
};

function leftOut(files: readonly string[], within: (file: string) => boolean): string[] {
  return unnamedFields(ts.createProgram(files, OPTIONS), within);
}

test('no field of the engine or the simulated venue is left out of a snapshot', () => {
  const isStateful = (file: string) => STATEFUL.some((folder) => file.startsWith(folder));
  const files = ts.sys
    .readDirectory(source, ['.ts'])
    .map((file) => path.resolve(file))
    .filter(isStateful);
  for (const file of ['engine/engine.ts', 'venue/simulated/matching.ts'])
    assert.ok(files.includes(path.join(source, file)));
  const left = leftOut(files, isStateful);
  assert.deepEqual(
    left.filter((field) => !(field in NO_STATE)),
    [],
  );
  assert.deepEqual(
    Object.keys(NO_STATE).filter((field) => !left.includes(field)),
    [],
    'no longer there, or named after all',
  );
});

test('a field, a list, a column, a part or a whole class that a snapshot would forget is found', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'breakout-fields-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'sample.ts');
  writeFileSync(file, SAMPLE);
  assert.deepEqual(
    leftOut([file], (name) => name === file),
    [
      'pointShape.colour',
      'Forgetful.#sum',
      'Forgetful.trend',
      'Forgetful.list',
      'Forgetful.#column',
      'Forgetful.part',
      'Forgotten.count',
    ],
  );
});

const SAMPLE = `
interface Archive { number(x: number | undefined): number }
type Shape<T> = (a: Archive, value: T | undefined) => T;
interface Point { x: number; colour?: string }
export const pointShape: Shape<Point> = (a, point) => ({ x: a.number(point?.x) });
export class Forgetful {
  readonly name: string;
  readonly limits = { most: 3 } as const;
  readonly handedIn: number[];
  #known = 0;
  #sum = 0;
  trend: 1 | -1 = 1;
  readonly list: number[] = [];
  readonly #column: Float64Array;
  readonly part = new Forgotten();
  constructor(name: string, handedIn: number[]) {
    this.name = name;
    this.handedIn = handedIn;
    this.#column = new Float64Array(3);
  }
  push(x: number): void {
    this.#sum += x * this.#column.length;
  }
  archive(a: Archive): void {
    this.#known = a.number(this.#known);
  }
}
export class Forgotten {
  count = 0;
}
`;
