/**
 * A view on a terminal that forgets, told as much as in minutes of a busy session. Says, as a line of JSON, the bytes
 * that lived in its heap after the first quarter and at the end, the most room that the heap took meanwhile, and how
 * much was written to the terminal.
 */
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EventNotification } from '../../src/protocol/events.ts';
import { prepareEnvironment } from '../../src/tui/environment.ts';
import { keepHeapSmall } from '../../src/tui/heap.ts';
import { Store } from '../../src/tui/store/external-store.ts';
import { applyEvents, applyPrices, applyRead, heard, tick } from '../../src/tui/store/reduce.ts';
import type { ViewState } from '../../src/tui/store/state.ts';
import { aFullState } from './full-state.ts';
import { NOW } from './samples.ts';

const FRAMES = 800;
const EVENTS_PER_FRAME = 125;
const SYMBOLS = ['SOLUSDT', 'BTCUSDT', 'LINKUSDT', 'ETHUSDT'] as const;

prepareEnvironment(process.env);
keepHeapSmall();
const { showView } = await import('../../src/tui/main.tsx');

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const refuse = (): Promise<never> => Promise.reject(new Error('nothing is asked for here'));
const store = new Store<ViewState>(aFullState());
const leave = new AbortController();
let written = 0;
const left = showView(
  { store, client: null, want: () => undefined, reconnect: () => undefined, notice: () => undefined },
  {
    shell: {
      complete: refuse,
      run: refuse,
      presets: refuse,
      startParams: () => ({ field: null, text: 'no start here' }),
      startDaemon: refuse,
    },
    stdin: Object.assign(Object.create(new PassThrough()), {
      isTTY: true,
      setRawMode: () => undefined,
      ref: () => undefined,
      unref: () => undefined,
    }),
    stdout: {
      columns: 200,
      rows: 60,
      write: (text) => {
        written += text.length;
      },
      on: () => undefined,
      off: () => undefined,
    },
    readOnly: false,
    color: true,
    ascii: false,
    screenReader: false,
    suspend: refuse,
    signal: leave.signal,
  },
);

/** As it comes over the socket: every text of its own. */
function told<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function eventsOf(frame: number): EventNotification[] {
  return Array.from({ length: EVENTS_PER_FRAME }, (_, i) => {
    const seq = 1_000 + frame * EVENTS_PER_FRAME + i;
    const symbol = SYMBOLS[seq % SYMBOLS.length] ?? 'SOLUSDT';
    const price = (100 + (seq % 7_919) / 100).toFixed(2);
    const at = NOW + seq;
    const side = seq % 2 === 0 ? 'long' : 'short';
    const signal = {
      type: 'signal',
      signalId: seq,
      symbol,
      side,
      strategy: 'momentum',
      levelId: seq,
    } as const;
    return told({
      subscription: 1,
      seq,
      session: 's-1',
      at,
      wallAt: at,
      event: { ...signal, level: price, price, stop: price, confidence: 0.5, reason: `over level ${seq}` },
    });
  });
}

function frameAfter(state: ViewState, frame: number): ViewState {
  const now = NOW + frame * 250;
  const prices = Object.fromEntries(
    SYMBOLS.map((symbol, i) => [symbol, String(100 + ((frame * 7 + i) % 90) / 10)]),
  );
  let next = applyEvents(tick(state, now), eventsOf(frame));
  next = heard(applyPrices(next, [{ subscription: 2, session: 's-1', at: now, prices }]), now);
  const { status, trades, orders } = next.reads;
  if (status) next = applyRead(next, 'status', told(status.data), now);
  if (trades) next = applyRead(next, 'trades', told(trades.data), now);
  if (orders) next = applyRead(next, 'orders', told(orders.data), now);
  return next;
}

/** Of what the program makes: compiled code comes by and by, and is another matter. */
const OBJECTS: ReadonlySet<string> = new Set(['new_space', 'old_space']);

function room(of: 'space_used_size' | 'space_size'): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name }) => OBJECTS.has(space_name))
    .reduce((sum, space) => sum + space[of], 0);
}

let early = 0;
let most = 0;
for (let frame = 0; frame < FRAMES; frame++) {
  store.update((state) => frameAfter(state, frame));
  store.flush();
  await turn();
  most = Math.max(most, room('space_size'));
  if (frame !== FRAMES / 4) continue;
  collect();
  early = room('space_used_size');
}
collect();
const end = room('space_used_size');
leave.abort();
await left;
store[Symbol.dispose]();
process.stdout.write(`${JSON.stringify({ early, end, most, written })}\n`);
