/**
 * `npm run bench:control [-- --rounds N --trips N --runs N --closes N]`: what the control plane costs, against
 * the budgets of the design. It measures the package as it is installed, built from the sources as they are, with
 * clients and subscribers in processes of their own; what is compared takes turns, so that the ratios hold on a
 * machine that does other things too. Ends with 1 when something is broken, not when it is slow.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type FanOutOptions, fanOutRun, type Run } from './bench/fan-out.ts';
import { fixed, judge, median, percentile, row, say } from './bench/figures.ts';
import { Installed } from './bench/installed.ts';
import { measureRoundTrips } from './bench/round-trip.ts';
import { measureWholeProcess } from './bench/whole-process.ts';

/** As DESIGN, "Speed", has them; "nothing measurable" is taken for what the same run differs by from run to run. */
const BUDGET = { wholeProcess: 1.6, roundTrip: 1.5, fanOut: 1.1 } as const;

/** Round trips are compared in so many parts of the run. */
const PARTS = 20;

/** The first runs of a daemon compile its code. */
const WARM_UP_TRIPS = 3_000;
const WARM_UP_CLOSES = 200;

/** So many venue seconds in one: 48 close times and some 400 events a second, far more than a market has. */
const SPEED = 14_400;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    trips: { type: 'string', default: '20000' },
    runs: { type: 'string', default: '3' },
    closes: { type: 'string', default: '400' },
  },
});
const rounds = count(values.rounds, 'rounds');
const trips = count(values.trips, 'trips');
const runs = count(values.runs, 'runs');
const fanOut: FanOutOptions = {
  reading: 90,
  stalled: 10,
  closes: count(values.closes, 'closes'),
  speed: SPEED,
};

await using bot = await Installed.make();
await using client = await bot.startDaemon();
say(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`);

say(`\nengine.status on an open connection beside a bare JSON echo, ${trips} of each, microseconds`);
await roundTrips('idle');
await client.call('engine.start', { preset: 'breakout_v1', venue: 'sim', seed: 1 });
await roundTrips('trading');

say(`\n\`breakout status --json\` beside \`node -e 0\`, ${rounds} runs of each, milliseconds`);
const { bare, status } = measureWholeProcess(bot, rounds);
row('', ['min', 'median', 'max']);
for (const [name, times] of [
  ['node -e 0', bare],
  ['breakout status --json', status],
] as const) {
  row(name, [percentile(times, 0), median(times), percentile(times, 1)].map(fixed(1)));
}
judge('ratio of the medians', median(status) / median(bare), BUDGET.wholeProcess);
await client.call('engine.stop', { flatten: true });

await subscribers();

async function roundTrips(engine: string): Promise<void> {
  const { echo, status, pinned } = await measureRoundTrips(bot, { warmUp: WARM_UP_TRIPS, measured: trips });
  say(
    pinned
      ? `\n  engine ${engine}; client, daemon and echo on one CPU`
      : `\n  engine ${engine}; there is no taskset: the scheduler's choice of CPUs may decide more than the daemon`,
  );
  row('', ['p50', 'p99', 'max']);
  for (const [name, times] of [
    ['echo', echo],
    ['engine.status', status],
  ] as const) {
    row(
      name,
      [0.5, 0.99, 1].map((share) => percentile(times, share).toFixed(1)),
    );
  }
  judge('ratio at p50, median of the parts', ratio(0.5), BUDGET.roundTrip);
  judge('ratio at p99, median of the parts', ratio(0.99), BUDGET.roundTrip);

  /** What else runs on the machine now and then spoils a part, and not all. */
  function ratio(share: number): number {
    const size = Math.ceil(trips / PARTS);
    const parts = Array.from({ length: Math.ceil(trips / size) }, (_, i) => {
      const of = (times: readonly number[]): number =>
        percentile(times.slice(i * size, (i + 1) * size), share);
      return of(status) / of(echo);
    });
    return median(parts);
  }
}

async function subscribers(): Promise<void> {
  const { reading, stalled, closes } = fanOut;
  say(
    `\nthe engine's time to decide on the candles of a close time, ${closes} of them in each run, milliseconds`,
  );
  await fanOutRun(bot, client, { ...fanOut, closes: WARM_UP_CLOSES }, false);
  const alone: Run[] = [];
  const followed: Run[] = [];
  for (let i = 0; i < runs; i++) {
    const alternate = i % 2 === 0 ? [false, true] : [true, false];
    for (const has of alternate) (has ? followed : alone).push(await fanOutRun(bot, client, fanOut, has));
  }
  row('', ['mean', 'p50', 'p99', 'max', 's a run']);
  engineRow('without subscribers', alone);
  engineRow(`with ${reading + stalled}, ${stalled} of them stalled`, followed);
  // What else runs on the machine only ever adds: the least of the runs tells most of the engine.
  const least = (of: readonly Run[]): number => Math.min(...of.map(({ meanMs }) => meanMs));
  judge('ratio of the least means', least(followed) / least(alone), BUDGET.fanOut);
  const rates = followed.map(({ report, seconds }) => (report?.events ?? 0) / seconds);
  row('events delivered per second', [median(rates).toFixed(0)]);
  for (const { report, subscribers: kept } of followed) {
    if (report === null) continue;
    const given = reading + stalled - kept - report.readingLagged;
    row('given up as lagging, of the stalled', [`${given} of ${stalled}`]);
    row('given up as lagging, of those who read', [`${report.readingLagged} of ${reading}`]);
    if (report.disorders > 0) throw new Error(`${report.disorders} events came out of order or never`);
    if (given !== stalled) throw new Error('not every subscriber that does not read was given up');
  }
  const memory = (of: readonly Run[]): string => Math.max(...of.map(({ rssMb }) => rssMb)).toFixed(0);
  row('memory of the daemon, MiB, without', [memory(alone)]);
  row('memory of the daemon, MiB, with', [memory(followed)]);
}

function engineRow(name: string, of: readonly Run[]): void {
  const figure = (pick: (run: Run) => number): string => median(of.map(pick)).toFixed(3);
  row(name, [
    figure((run) => run.meanMs),
    figure((run) => run.p50Ms),
    figure((run) => run.p99Ms),
    figure((run) => run.maxMs),
    figure((run) => run.seconds),
  ]);
}

function count(text: string, name: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--${name} takes a whole number above zero, not ${JSON.stringify(text)}`);
}
