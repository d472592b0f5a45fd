/** Small recordings in a folder of their own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { BarColumns } from '../../../src/market/bars.ts';
import { MINUTE } from '../../../src/market/time.ts';

export const HEADER = 'timestamp,open,high,low,close,volume';
/** 2024-01-01T00:00Z, on every grid. */
export const T0 = 1_704_067_200_000;

/** Writes files, gzipped where the name says so, to a folder that goes with the test. */
export function folderWith(t: TestContext, files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-replay-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' && name.endsWith('.gz') ? gzipSync(content) : content;
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

export function csv(rows: readonly string[]): string {
  return `${[HEADER, ...rows].join('\n')}\n`;
}

/** A row `minutes` after T0. */
export function row(minutes: number, ohlcv = '10,12,9,11,5'): string {
  return `${T0 + minutes * MINUTE},${ohlcv}`;
}

export interface SeenBar {
  readonly symbol: number;
  readonly ohlcv: readonly (number | undefined)[];
}

export interface SeenStep {
  /** Minutes after T0. */
  readonly close: number;
  readonly bars: readonly SeenBar[];
}

/** A copy of reused columns. */
export function copy(columns: BarColumns): SeenStep {
  const bars = Array.from({ length: columns.count }, (_, index) => ({
    symbol: columns.symbol[index] ?? -1,
    ohlcv: [columns.open, columns.high, columns.low, columns.close, columns.volume].map(
      (column) => column[index],
    ),
  }));
  return { close: (columns.closeTime - T0) / MINUTE, bars };
}

export function drain(source: { next(): BarColumns | null }): SeenStep[] {
  const steps: SeenStep[] = [];
  for (let columns = source.next(); columns !== null; columns = source.next()) steps.push(copy(columns));
  return steps;
}
