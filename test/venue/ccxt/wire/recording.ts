/** Messages of Binance's market streams as they came over the wire, one to a line after the local time. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SHARED_DATA } from '../../../shared-data.ts';

export interface Diff {
  readonly e: 'depthUpdate';
  readonly E: number;
  readonly s: string;
  /** The first and the last update in it. */
  readonly U: number;
  readonly u: number;
  /** On futures: the last update of the diff before. */
  readonly pu?: number;
  readonly b: readonly Level[];
  readonly a: readonly Level[];
}

/** Price and size, as the exchange writes them. */
export type Level = readonly [string, string];

/** The answer to a request for a book. */
export interface Snapshot {
  readonly lastUpdateId: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface BestPrices {
  readonly u: number;
  readonly s: string;
  readonly b: string;
  readonly B: string;
  readonly a: string;
  readonly A: string;
}

export interface Trade {
  readonly e: 'trade';
  readonly s: string;
  readonly t: number;
  readonly p: string;
  readonly q: string;
  readonly T: number;
  readonly m: boolean;
}

export type Recorded =
  | { readonly kind: 'diff'; readonly diff: Diff }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'best'; readonly best: BestPrices }
  | { readonly kind: 'trade'; readonly trade: Trade };

export interface Market {
  readonly kind: 'spot' | 'linear';
  readonly records: readonly Recorded[];
}

/** Beside the project, from whose folder tests are run: they may have been compiled to somewhere else. */
const FOLDER = join(SHARED_DATA, 'binance-ws-2024-08');

/** Why the recordings cannot be used here; false when they can. */
export const noRecordings: string | false = existsSync(FOLDER)
  ? false
  : 'the recorded streams are not beside the project';

/** Spot goes on over midnight in a second file, without a gap. */
const FILES = {
  spot: ['spot-btcusdt_20240808.gz', 'spot-btcusdt_20240809.gz'],
  linear: ['usdm-btcusdt_20240808.gz'],
} as const;

export function recordedMarket(kind: Market['kind']): Market {
  const lines = FILES[kind].flatMap((name) =>
    gunzipSync(readFileSync(join(FOLDER, name)))
      .toString()
      .trimEnd()
      .split('\n'),
  );
  return { kind, records: lines.map((line) => recordOf(JSON.parse(line.slice(line.indexOf(' ') + 1)))) };
}

type Line = Snapshot | { readonly stream: string; readonly data: Diff | Trade | BestPrices };

function recordOf(line: Line): Recorded {
  if (!('stream' in line)) return { kind: 'snapshot', snapshot: line };
  const { data } = line;
  // Spot's best prices bear no name of their own.
  if ('B' in data) return { kind: 'best', best: data };
  return data.e === 'depthUpdate' ? { kind: 'diff', diff: data } : { kind: 'trade', trade: data };
}
