/**
 * `npm run bench:tui [-- --minutes N --speed N]`: what the live view costs on a terminal of 200 x 60 while the engine
 * emits some 500 events a second: CPU, bytes written, and memory minute by minute, with a verdict on whether that is
 * flat. Beside it, at the same time, btop at its default rate where it is installed. Ends with 1 when something is
 * broken, not when it is dear.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { item } from '../src/market/arrays.ts';
import { judge, row, say } from './bench/figures.ts';
import { Installed } from './bench/installed.ts';
import { Watched } from './bench/watched.ts';
import { hasTmux } from './terminal/pane.ts';

const SIZE = { columns: 200, rows: 60 } as const;
/** The first seconds compile the view's code and fill its lists and its heap, and are no part of the figures. */
const WARM_UP_MS = 30_000;
const LOOK_MS = 5_000;
/** Memory of the last quarter of the time, for each of the first: what grows without a bound is over it in ten minutes. */
const FLAT = 1.05;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, speed: { type: 'string', default: '21000' } },
});
const minutes = positive(values.minutes, 'minutes');
const speed = positive(values.speed, 'speed');

if (!hasTmux()) throw new Error('tmux is not installed, and the view needs a terminal');
if (!existsSync('/proc/self/stat')) throw new Error('CPU and memory are read from /proc, which is not here');

await using bot = await Installed.make();
await using client = await bot.startDaemon();
say(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`);
await client.call('engine.start', { preset: 'breakout_v1', venue: 'sim', seed: 1, speed });
let events = 0;
let lagged = 0;
await client.subscribe({}, { onEvent: () => events++, onLagged: () => lagged++ });

const terminal = { folder: bot.folder, ...SIZE };
// As on a machine of its own: btop with the settings that it comes with.
const env = { ...bot.env, HOME: bot.folder, XDG_CONFIG_HOME: `${bot.folder}/xdg` };
const command = [process.execPath, bot.launcher, 'tui'];
await using view = new Watched({ ...terminal, name: 'view', command, env });
const withBtop = spawnSync('btop', ['--version'], { stdio: 'ignore' }).status === 0;
await using btop = withBtop
  ? new Watched({ ...terminal, name: 'btop', command: ['btop', '--utf-force'], env })
  : null;
await view.pane.shows(/connected[\s\S]*q leave$/m);
await btop?.pane.shows(/cpu[\s\S]*proc/);
await delay(WARM_UP_MS);

const began = performance.now();
const firstEvents = events;
const watched = [view, ...(btop === null ? [] : [btop])];
for (const one of watched) one.look();
while (performance.now() - began < minutes * 60_000) {
  await delay(Math.min(LOOK_MS, Math.max(0, minutes * 60_000 - (performance.now() - began))));
  for (const one of watched) one.look();
}
const seconds = (performance.now() - began) / 1_000;

const warmUp = WARM_UP_MS / 1_000;
say(`\na terminal of ${SIZE.columns} x ${SIZE.rows}, ${seconds.toFixed(0)} s after ${warmUp} s to warm up\n`);
row('events per second, as a subscriber counts', [((events - firstEvents) / seconds).toFixed(0)]);
row(
  '',
  watched.map(({ name }) => name),
);
row(
  'CPU, % of one',
  watched.map(({ cpu }) => cpu.toFixed(1)),
);
row(
  'bytes written per second',
  watched.map(({ bytesPerSecond }) => bytesPerSecond.toFixed(0)),
);
for (const minute of view.residentByMinute.keys()) {
  row(
    `resident memory, MB, minute ${minute + 1}`,
    watched.map(({ residentByMinute }) => item(residentByMinute, minute).toFixed(1)),
  );
}
row(
  'resident memory at most, MB',
  watched.map(({ mostMb }) => mostMb.toFixed(1)),
);
const { first, last } = view.residentByQuarter;
judge('memory of the view, last quarter to first', last / first, FLAT);
if (btop === null) say('\n  btop is not installed (apt-get install btop): the view stands alone');

const { ended } = await client.call('engine.status');
if (ended) throw new Error(`the session ended: ${ended.message}`);
if (events === firstEvents) throw new Error('the engine emitted no event');
if (lagged > 0) throw new Error('the subscription that counts was given up as lagging');
await view.pane.shows(/connected[\s\S]*q leave$/m);
await client.call('engine.stop', { flatten: true });

function positive(text: string, name: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${name} must be a number over 0, not '${text}'`);
}
