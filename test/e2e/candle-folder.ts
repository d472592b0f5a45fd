import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { at, item } from '../../src/market/arrays.ts';
import { BASE } from '../../src/market/time.ts';
import { generatedMarket } from '../../src/venue/simulated/generator/generated-market.ts';

/**
 * Writes a folder of candles as an exchange's archive has them, out of the generated market: the same seed gives
 * the same files.
 * @returns the folder.
 */
export function candleFolder(
  folder: string,
  options: { seed: number; bars: number; symbols?: string[] },
): string {
  const market = generatedMarket(options);
  const files = market.instruments.map(() => ['timestamp,open,high,low,close,volume']);
  for (let bars = market.next(); bars !== null; bars = market.next()) {
    for (let row = 0; row < bars.count; row++) {
      const figures = [bars.open, bars.high, bars.low, bars.close, bars.volume].map((column) =>
        at(column, row),
      );
      item(files, at(bars.symbol, row)).push([bars.closeTime - BASE, ...figures].join(','));
    }
  }
  mkdirSync(folder, { recursive: true });
  for (const [i, { symbol }] of market.instruments.entries()) {
    writeFileSync(path.join(folder, `${symbol}-5m.csv`), `${item(files, i).join('\n')}\n`);
  }
  return folder;
}
