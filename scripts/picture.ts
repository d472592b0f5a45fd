/**
 * `npm run picture`: the picture of the live view on the README, and a recording of twenty seconds in the text format
 * asciicast v2. Both are of one run: a bot of its own trades the generated market, and `breakout tui` shows it on a
 * terminal of 120 x 40. Neither is part of the package.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ControlClient } from '../src/protocol/client.ts';
import { Installed } from './bench/installed.ts';
import { hasTmux, Pane } from './terminal/pane.ts';
import { pictureOf } from './terminal/svg.ts';

const FOLDER = fileURLToPath(new URL('pictures/', import.meta.url));
const SIZE = { columns: 120, rows: 40 } as const;
/** What lies in the repository has to stay small, in bytes. */
const LARGEST = { picture: 150_000, recording: 1_500_000 } as const;

/** Venue seconds in one: fast enough that twenty seconds have news in them, slow enough to follow. */
const SPEED = 1_800;
const RECORDED_MS = 20_000;
const WORTH_SEEING_MS = 120_000;
const LOOK_AGAIN_MS = 200;

/** What the recording shows, one thing after the other, by milliseconds from its begin. */
const PRESSES: readonly (readonly [atMs: number, key: string])[] = [
  [5_000, 'Tab'],
  [6_500, 'Down'],
  [8_000, 'Enter'],
  [11_000, 'Escape'],
  [12_500, '?'],
  [15_500, 'Escape'],
];

if (!hasTmux()) throw new Error('tmux is not installed, and the picture is taken in one');
await using bot = await Installed.make();
await using client = await bot.startDaemon();
await client.call('engine.start', { preset: 'breakout_v1', venue: 'sim', seed: 1, speed: SPEED });
await worthSeeing(client);

const events: (readonly [seconds: number, kind: 'o', data: string])[] = [];
const decoder = new TextDecoder();
let began = performance.now();
const seconds = (): number => Number(((performance.now() - began) / 1_000).toFixed(3));
await using pane = new Pane({
  folder: bot.folder,
  name: 'view',
  ...SIZE,
  command: [process.execPath, bot.launcher, 'tui'],
  env: bot.env,
  onOutput(bytes) {
    // The time before the first byte is that of Node's start, and tells nothing.
    if (events.length === 0) began = performance.now();
    const data = decoder.decode(bytes, { stream: true });
    if (data !== '') events.push([seconds(), 'o', data]);
  },
});
await pane.shows(/connected[\s\S]*q leave$/m);
await until(4_500);
const picture = pictureOf(pane.coloured, {
  ...SIZE,
  title:
    'breakout tui on a generated market: state, positions, signals, trades, candidates, levels, risk, equity, events',
});
for (const [atMs, key] of PRESSES) {
  await until(atMs);
  pane.press(key);
}
await until(RECORDED_MS);
const header = {
  version: 2,
  width: SIZE.columns,
  height: SIZE.rows,
  title: 'breakout tui',
  env: { TERM: 'tmux-256color' },
};
const recorded = events.filter(([at]) => at <= RECORDED_MS / 1_000);
const recording = `${[header, ...recorded].map((line) => JSON.stringify(line)).join('\n')}\n`;

mkdirSync(FOLDER, { recursive: true });
write('tui.svg', picture, LARGEST.picture);
write('tui.cast', recording, LARGEST.recording);
await client.call('engine.stop', { flatten: true });

/** Resolves once there are open positions and finished trades to show. @throws Error when there are none in time. */
async function worthSeeing(client: ControlClient): Promise<void> {
  const deadline = Date.now() + WORTH_SEEING_MS;
  for (;;) {
    const { positions } = await client.call('positions.list');
    const { trades } = await client.call('trades.list');
    if (positions.length >= 2 && trades.length >= 3) return;
    if (Date.now() > deadline) throw new Error('the generated market gave nothing to show');
    await delay(LOOK_AGAIN_MS);
  }
}

async function until(ms: number): Promise<void> {
  await delay(Math.max(0, began + ms - performance.now()));
}

function write(name: string, text: string, largest: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > largest) throw new Error(`${name} has ${bytes} bytes, more than ${largest}`);
  writeFileSync(path.join(FOLDER, name), text);
  process.stdout.write(`scripts/pictures/${name}: ${bytes} bytes\n`);
}
