/**
 * What is read because no event carries it whole. Each read has a cadence of its own, is repeated soon after the
 * events that change it, and happens only while something that needs it is on the screen.
 */
import type { ControlClient } from '../../protocol/client.ts';
import type { WireEvent } from '../../protocol/events.ts';

type Trigger = WireEvent['type'];

/** What a read may be about. */
export interface About {
  /** The selected symbol. */
  readonly symbol: string | null;
}

interface ReadOf<T> {
  /** Null where there is nothing that could be asked for now. */
  ask(client: ControlClient, about: About): Promise<T> | null;
  /** At least so often, in milliseconds. */
  readonly everyMs: number;
  /** And soon after these. */
  readonly after: readonly Trigger[];
  /** However many of them there are, no sooner than so many milliseconds after the last time. */
  readonly leastMs: number;
}

const SOON_MS = 250;
/** For tables of many rows: their figures move with every candle, and no one reads them anew four times a second. */
const LARGE_MS = 1_000;

function read<T>(
  ask: (client: ControlClient, about: About) => Promise<T> | null,
  everyMs: number,
  after: readonly Trigger[] = [],
  leastMs = SOON_MS,
): ReadOf<T> {
  return { ask, everyMs, after, leastMs };
}

/** As many as a chart over the whole of a wide screen has columns for. */
const MOST_CANDLES = 280;

export const READS = {
  status: read((client) => client.call('engine.status'), 1_000, [
    'state',
    'session',
    'position',
    'trade',
    'halt',
    'halt_released',
  ]),
  commands: read((client) => client.call('engine.commands'), 5_000, [
    'state',
    'session',
    'position',
    'halt',
    'halt_released',
  ]),
  positions: read((client) => client.call('positions.list'), 2_000, ['position', 'fill', 'trade', 'session']),
  orders: read(
    (client) => client.call('orders.list', { all: true, limit: 200 }),
    5_000,
    ['order', 'fill', 'session'],
    LARGE_MS,
  ),
  trades: read(
    (client) => client.call('trades.list', { limit: 200 }),
    15_000,
    ['trade', 'session'],
    LARGE_MS,
  ),
  signals: read(
    (client) => client.call('signals.list', { limit: 200 }),
    10_000,
    ['signal', 'refused', 'fill', 'trade', 'session'],
    LARGE_MS,
  ),
  levels: read((client) => client.call('levels.list'), 5_000, ['level', 'scan', 'session'], LARGE_MS),
  candidates: read(
    (client) => client.call('scanner.candidates'),
    5_000,
    ['scan', 'level', 'session'],
    LARGE_MS,
  ),
  account: read((client) => client.call('account.get'), 2_000, ['position', 'trade', 'session']),
  equity: read(
    (client) => client.call('equity.series', { limit: 500 }),
    5_000,
    ['trade', 'session'],
    LARGE_MS,
  ),
  metrics: read((client) => client.call('engine.metrics'), 2_000, ['session']),
  health: read((client) => client.call('engine.resourceHealth'), 5_000, ['health']),
  diagnostics: read((client) => client.call('engine.diagnostics'), 5_000, ['scan', 'session'], LARGE_MS),
  explain: read((client) => client.call('engine.explain'), 5_000, ['scan', 'session'], LARGE_MS),
  daemon: read((client) => client.call('daemon.info'), 10_000),
  presets: read((client) => client.call('presets.list'), 30_000),
  log: read((client) => client.call('logs.tail', { lines: 200 }), 2_000),
  candles: read(
    (client, { symbol }) =>
      symbol === null ? null : client.call('candles.list', { symbol, limit: MOST_CANDLES }),
    2_000,
    ['session'],
  ),
} as const;

/** Another symbol makes these old. The answer says of which one it is. */
export const OF_SYMBOL = ['candles'] as const satisfies readonly (keyof typeof READS)[];

export type ReadName = keyof typeof READS;
export type ReadResult<K extends ReadName> = Awaited<NonNullable<ReturnType<(typeof READS)[K]['ask']>>>;

/** One thing that is read: the last answer, when it came, and what went wrong since. */
export interface ReadState<T> {
  readonly data: T;
  /** Wall time of the answer, epoch ms. */
  readonly at: number;
  /** Why the newest attempt brought nothing; `data` is then older than its cadence. */
  readonly error: string | null;
}

export type Reads = { readonly [K in ReadName]?: ReadState<ReadResult<K>> };

export const READ_NAMES = Object.keys(READS).filter((name): name is ReadName => name in READS);

/** The reads that an event makes old. */
export const READS_AFTER: ReadonlyMap<Trigger, readonly ReadName[]> = triggered();

function triggered(): Map<Trigger, ReadName[]> {
  const map = new Map<Trigger, ReadName[]>();
  for (const name of READ_NAMES) {
    for (const trigger of READS[name].after) {
      const known = map.get(trigger);
      if (known) known.push(name);
      else map.set(trigger, [name]);
    }
  }
  return map;
}
