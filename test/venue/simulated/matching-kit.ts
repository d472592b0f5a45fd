/** Hand-made bars and orders for the tests of simulated matching. */
import type { Archive } from '../../../src/archive/archive.ts';
import type { OrderReport } from '../../../src/engine/input.ts';
import type { OrderRequest } from '../../../src/engine/output.ts';
import { barColumns } from '../../../src/market/bars.ts';
import { type Instrument, toMarket } from '../../../src/market/instrument.ts';
import { BASE } from '../../../src/market/time.ts';
import type { BarPath, Matching, MatchingCosts } from '../../../src/venue/ports.ts';
import { simulatedMatching } from '../../../src/venue/simulated/matching.ts';

/** Nothing costs anything and all of the volume can be had: prices in tests are then those of the rules. */
export const FREE: MatchingCosts = { halfSpread: 0, slippage: 0, impact: 0, volumeShare: 1 };

export const LINEAR: Instrument = {
  symbol: 'AAA',
  base: 'A',
  quote: 'USDT',
  type: 'linear',
  tick: '0.1',
  lot: '0.01',
  minNotional: '5',
  makerFee: 0.0002,
  takerFee: 0.0005,
};
export const OTHER: Instrument = { ...LINEAR, symbol: 'BBB', base: 'B' };
export const SPOT: Instrument = { ...LINEAR, symbol: 'CCC', base: 'C', type: 'spot' };

export type Point = 0 | 1 | 2 | 3;
/** Open, high, low, close, volume. */
export type Ohlcv = readonly [number, number, number, number, number];

export interface Venue {
  readonly matching: Matching;
  submit(order: Partial<OrderRequest> & { id: number }): readonly OrderReport[];
  cancel(id: number): readonly OrderReport[];
  amend(id: number, quantity: string, stopPrice?: string | null): readonly OrderReport[];
  /** Begins a bar of AAA (or of several symbols by index) without walking it. */
  begin(bars: Ohlcv | ReadonlyMap<number, Ohlcv>): void;
  /** Begins and walks; `react` is called after each point. Returns all reports of the walk. */
  bar(ohlcv: Ohlcv | ReadonlyMap<number, Ohlcv>, react?: (point: Point) => void): OrderReport[];
  archive(a: Archive): void;
}

const POINTS: readonly Point[] = [0, 1, 2, 3];

export function venue(options: { costs?: Partial<MatchingCosts>; path?: BarPath } = {}): Venue {
  const markets = [LINEAR, OTHER, SPOT].map(toMarket);
  const matching = simulatedMatching({
    markets,
    costs: { ...FREE, ...options.costs },
    path: options.path ?? 'nearer',
  });
  const columns = barColumns(markets.length);
  let now = 0;
  const begin = (bars: Ohlcv | ReadonlyMap<number, Ohlcv>) => {
    now += BASE;
    columns.closeTime = now;
    columns.count = 0;
    const rows = 'get' in bars ? bars : new Map([[0, bars]]);
    for (const [symbol, [open, high, low, close, volume]] of rows) {
      const row = columns.count++;
      columns.symbol[row] = symbol;
      columns.open[row] = open;
      columns.high[row] = high;
      columns.low[row] = low;
      columns.close[row] = close;
      columns.volume[row] = volume;
    }
    matching.begin(columns);
  };
  return {
    matching,
    submit: (order) => matching.submit(request(order), now),
    cancel: (id) => matching.cancel(id, now),
    amend: (id, quantity, stopPrice = null) => matching.amend(id, quantity, stopPrice, now),
    begin,
    bar(bars, react) {
      begin(bars);
      const reports: OrderReport[] = [];
      for (const point of POINTS) {
        reports.push(...matching.walk(point));
        react?.(point);
      }
      return reports;
    },
    archive(a) {
      now = a.number(now);
      matching.archive(a);
    },
  };
}

/** A market buy of 1 AAA unless said otherwise. */
export function request(order: Partial<OrderRequest> & { id: number }): OrderRequest {
  return {
    tradeId: 1,
    symbol: 'AAA',
    side: 'buy',
    type: 'market',
    purpose: 'entry',
    quantity: '1',
    price: null,
    stopPrice: null,
    reduceOnly: false,
    ...order,
  };
}

/** Reports in short: "1 fill 0.50 @ 100.0 taker", "2 cancelled reduce_only". */
export function brief(reports: readonly OrderReport[]): string[] {
  return reports.map((report) => {
    switch (report.status) {
      case 'fill':
        return `${report.orderId} fill ${report.quantity} @ ${report.price} ${report.liquidity}`;
      case 'accepted':
      case 'unknown':
        return `${report.orderId} ${report.status}`;
      case 'amended':
        return `${report.orderId} amended ${report.quantity} ${report.stopPrice}`;
      default:
        return `${report.orderId} ${report.status} ${report.reason}`;
    }
  });
}
