/** A market of more symbols than one generated market has: several of them, each from a seed of its own, side by side. */
import { item } from '../../../src/market/arrays.ts';
import { type BarColumns, barColumns } from '../../../src/market/bars.ts';
import type { Instrument } from '../../../src/market/instrument.ts';
import type { BarSource } from '../../../src/venue/ports.ts';
import { generatedMarket } from '../../../src/venue/simulated/generator/generated-market.ts';

interface Place {
  readonly source: BarSource;
  /** Position in the source. */
  readonly index: number;
  readonly instrument: Instrument;
}

/** `count` symbols: those of a generated market, then as many again as BTC2USDT and so on, sorted by name. */
export function wideMarket(seed: number, count: number): BarSource {
  const places: Place[] = [];
  for (let copy = 1; places.length < count; copy += 1) {
    const source = generatedMarket({ seed: seed + copy - 1 });
    for (const [index, instrument] of source.instruments.entries())
      if (places.length < count) places.push({ source, index, instrument: renamed(instrument, copy) });
  }
  places.sort((a, b) => (a.instrument.symbol < b.instrument.symbol ? -1 : 1));
  const sources = [...new Set(places.map(({ source }) => source))];
  const { startsAt, figures } = item(sources, 0);
  const columns = barColumns(places.length);
  const joined = (rows: ReadonlyMap<BarSource, BarColumns>): BarColumns => {
    columns.count = 0;
    for (const [symbol, { source, index }] of places.entries()) {
      const from = rows.get(source);
      if (from === undefined) continue;
      const row = columns.count;
      columns.closeTime = from.closeTime;
      columns.symbol[row] = symbol;
      for (const part of ['open', 'high', 'low', 'close', 'volume'] as const)
        columns[part][row] = from[part][index] ?? 0;
      columns.count += 1;
    }
    return columns;
  };
  return {
    instruments: places.map(({ instrument }) => instrument),
    figures,
    assumed: [],
    startsAt,
    total: null,
    *history(bars) {
      const runs = sources.map((source) => [source, source.history(bars)[Symbol.iterator]()] as const);
      for (;;) {
        const rows = new Map<BarSource, BarColumns>();
        for (const [source, run] of runs) {
          const next = run.next();
          if (next.done !== true) rows.set(source, next.value);
        }
        if (rows.size === 0) return;
        yield joined(rows);
      }
    },
    next() {
      const rows = new Map<BarSource, BarColumns>();
      for (const source of sources) {
        const bars = source.next();
        if (bars !== null) rows.set(source, bars);
      }
      return rows.size === 0 ? null : joined(rows);
    },
    book(symbol) {
      const { source, index } = item(places, symbol);
      return source.book(index);
    },
    archive(a) {
      for (const source of sources) source.archive(a);
    },
  };
}

function renamed(instrument: Instrument, copy: number): Instrument {
  if (copy === 1) return instrument;
  const base = `${instrument.base}${copy}`;
  return { ...instrument, base, symbol: base + instrument.quote };
}
