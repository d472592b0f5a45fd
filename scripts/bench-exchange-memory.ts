/**
 * `npm run bench:exchange-memory [-- --symbols N --minutes N --protocol bybit|binance --step-ms N]`: what a daemon that
 * trades live on an exchange takes of memory and CPU: the package as it is installed, against the emulated exchange in a
 * process of its own, with candles, books and the account on WebSocket. Ends with 1 when its memory grows.
 *
 * The rule: the first quarter of the time warms up. Of the resident memory, taken each minute, the median of the last
 * quarter is at most 5 % above the median of the quarter in the middle; of the heap, collected after the warm-up, at the
 * end of the middle quarter and at the end, what is used at the end is at most 5 % above what was used the time before.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ControlClient } from '../src/protocol/client.ts';
import { RpcError } from '../src/protocol/errors.ts';
import { EmulatedExchange } from './bench/emulated-exchange.ts';
import { judge, median, row, say } from './bench/figures.ts';
import { Heap } from './bench/heap.ts';
import { Installed } from './bench/installed.ts';
import { type ProcessFigures, processFigures } from './bench/process-figures.ts';

const MOST = 1.05;
const MINUTE_MS = 60_000;
/** Of the whole time. */
const MIDDLE_ENDS = 5 / 8;
const PRESET = 'busy';

const { values } = parseArgs({
  options: {
    symbols: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '30' },
    protocol: { type: 'string', default: 'bybit' },
    'step-ms': { type: 'string', default: '1000' },
  },
});
const { protocol } = values;
if (protocol !== 'bybit' && protocol !== 'binance')
  throw new RangeError(`--protocol ${protocol}: bybit or binance`);
const minutes = Number(values.minutes);
if (!Number.isInteger(minutes) || minutes < 8) throw new RangeError('--minutes takes a whole number from 8');

await using exchange = await EmulatedExchange.start(
  protocol,
  Number(values.symbols),
  Number(values['step-ms']),
);
await using bot = await Installed.make();
const configDir = path.join(bot.folder, 'config');
mkdirSync(path.join(configDir, 'presets'), { recursive: true });
writeFileSync(path.join(configDir, 'config.json'), JSON.stringify(exchange.settings));
writeFileSync(path.join(configDir, 'presets', `${PRESET}.json`), JSON.stringify(busy()));
Object.assign(bot.env, exchange.keys);
await using client = await bot.startDaemon(['--inspect=127.0.0.1:0']);
using heap = await Heap.open(bot.said);
const pid = bot.daemonPid;
const exchangePid = exchange.pid;
if (pid === undefined || exchangePid === undefined) throw new Error('a process has ended');

say(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`);
say(`live on ${exchange.venue}, emulated, ${values.symbols} symbols, a price each ${values['step-ms']} ms`);
await startLive(client);

const warmUp = Math.ceil(minutes / 4);
const looks: ProcessFigures[] = [processFigures(pid)];
const collected: number[] = [];
const exchangeBefore = processFigures(exchangePid);
row('', ['MB', 'CPU %', 'positions', 'trades']);
const began = performance.now();
for (let minute = 1; minute <= minutes; minute += 1) {
  await delay(Math.max(0, began + minute * MINUTE_MS - performance.now()));
  const before = at(looks.length - 1);
  const look = processFigures(pid);
  looks.push(look);
  const { openPositions } = await client.call('engine.status');
  const { trades } = await client.call('trades.list');
  const cpu = (100 * (look.cpuSeconds - before.cpuSeconds)) / (MINUTE_MS / 1_000);
  row(`minute ${minute}`, [
    look.residentMb.toFixed(1),
    cpu.toFixed(1),
    String(openPositions),
    String(trades.length),
  ]);
  if (minute === warmUp || minute === Math.ceil(minutes * MIDDLE_ENDS)) collected.push(await heap.usedMb());
}
collected.push(await heap.usedMb());

const resident = looks.slice(1).map(({ residentMb }) => residentMb);
const part = (from: number, to: number): number =>
  median(resident.slice(Math.floor(minutes * from), Math.ceil(minutes * to)));
const middle = part(3 / 8, MIDDLE_ENDS);
const last = part(3 / 4, 1);
const [, heapBefore = 0, heapAfter = 0] = collected;
const ratios = { resident: last / middle, heap: heapAfter / heapBefore };
say();
row('resident, MB: middle quarter, last quarter', [middle.toFixed(1), last.toFixed(1)]);
judge('last over middle', ratios.resident, MOST);
row(
  'heap collected, MB: warm, middle, end',
  collected.map((used) => used.toFixed(1)),
);
judge('end over middle', ratios.heap, MOST);
const seconds = (minutes * MINUTE_MS) / 1_000;
row('CPU of the daemon, % of one core', [
  ((100 * (at(minutes).cpuSeconds - at(0).cpuSeconds)) / seconds).toFixed(1),
]);
row('CPU of the exchange, % of one core', [
  ((100 * (processFigures(exchangePid).cpuSeconds - exchangeBefore.cpuSeconds)) / seconds).toFixed(1),
]);
const metrics = await client.call('engine.metrics');
row('candles taken in', [String(metrics.bars)]);
row('late, missing', [String(metrics.lateBars), String(metrics.missingBars)]);
await client.call('engine.stop', { flatten: true });
if (ratios.resident > MOST || ratios.heap > MOST) process.exitCode = 1;

function at(minute: number): ProcessFigures {
  const look = looks[minute];
  if (look === undefined) throw new RangeError(`minute ${minute} was not looked at`);
  return look;
}

/** A preset that trades: v1 without what makes it choose. */
function busy(): unknown {
  const file = new URL('../presets/breakout_v1.json', import.meta.url);
  const { $schema: _, description: __, ...v1 } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    ...v1,
    name: PRESET,
    description: 'For a measurement alone: enters whenever it can.',
    liquidity_filters: {},
    volatility_filters: { atr_range_min: 0, atr_range_max: 0.5 },
    universe: { top_n_by_volume: 200 },
    scan: { ...v1.scan, scan_interval_seconds: 300, max_candidates: 100 },
    levels: {
      ...v1.levels,
      min_touches: 1,
      max_wick_share: 1,
      min_strength: 0,
      max_distance_atr: 50,
      max_levels_per_side: 6,
    },
    momentum: {
      epsilon_atr: 0,
      max_extension_atr: 10,
      volume_multiple: 0,
      min_body_share: 0,
      max_vwap_gap_atr: 50,
    },
    entry: { policy: 'close', cooldown_base_bars: 1 },
    risk: {
      ...v1.risk,
      risk_per_trade: 0.002,
      max_open_positions: 20,
      max_total_risk: 0.2,
      max_same_side: 20,
    },
    position: {
      ...v1.position,
      stop_buffer_atr: 0.5,
      min_stop_atr: 0.5,
      tp1_r: 0.4,
      tp2_r: 0.8,
      max_hold_hours: 3,
    },
  };
}

/** On the account that the refusal of an unconfirmed start names. */
async function startLive(control: ControlClient): Promise<void> {
  const asked = { preset: PRESET, mode: 'live', venue: exchange.venue } as const;
  const refusal = await control.call('engine.start', asked).then(
    () => null,
    (error: unknown) => error,
  );
  const confirm = refusal instanceof RpcError ? refusal.data.account : undefined;
  if (confirm === undefined) throw refusal;
  try {
    await control.call('engine.start', { ...asked, confirm });
  } catch (error) {
    // The history of so many symbols takes longer than an answer may at some exchanges' rate limits.
    if (!(error instanceof RpcError) || error.data.code !== 'COMMAND_PENDING') throw error;
  }
  while ((await control.call('engine.status')).state === 'INITIALIZING') await delay(1_000);
}
