/** Small stores in a folder of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { BASE } from '../../../src/market/time.ts';
import type { StoredCandle } from '../../../src/venue/candle-store/series-store.ts';

/** Twelve hours before a month ends. */
export const T0 = Date.UTC(2024, 0, 31, 12);

export function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'breakout-store-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function candle(index: number, close = 100 + (index % 50) / 10): StoredCandle {
  return {
    openTime: T0 + index * BASE,
    open: close,
    high: close + 1,
    low: close - 1,
    close,
    volume: index % 7,
  };
}

export function candles(from: number, to: number): StoredCandle[] {
  return Array.from({ length: to - from }, (_, i) => candle(from + i));
}
