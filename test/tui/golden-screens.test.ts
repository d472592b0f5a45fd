/** Screens that a trader meets, whole, as they are on file. UPDATE_GOLDEN=1 writes them anew, to be looked at. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PANES } from '../../src/tui/panes/registry.ts';
import type { Shell } from '../../src/tui/shell.ts';
import type { ConnectionFailure, FailureKind, ViewState } from '../../src/tui/store/state.ts';
import { aFullState } from './full-state.ts';
import { golden, open } from './kit.ts';
import { answered, someHealth, troubledExchange } from './panes/reading-samples.ts';
import { aStatus, NOW } from './samples.ts';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

for (const [columns, rows] of SIZES) {
  test(`a session with figures in every pane at ${columns}x${rows}: nothing is cut that decides something`, async (t) => {
    const { terminal } = await open(t, { state: aFullState(), columns, rows });
    golden(terminal, 'full');
    assert.doesNotMatch(terminal.text, /reading…/);
  });
}

test('each pane alone on a small terminal says all that it has, under its own key', async (t) => {
  const { terminal, press } = await open(t, { state: aFullState() });
  await press('z');
  for (const { id, hotkey, title } of PANES) {
    await press(hotkey);
    assert.match(terminal.lines[2] ?? '', new RegExp(`^▸ ${title} `));
    golden(terminal, `pane-${id}`);
  }
});

test('an exchange that fails is told in the health pane: streams, prices, orders unknown, limits, last error', async (t) => {
  const full = aFullState();
  const health = answered(
    someHealth({
      status: 'critical',
      issues: [
        {
          code: 'EXCHANGE_FEED_STALE',
          severity: 'critical',
          message: 'nothing comes from bybit for 43 s: no entry is made',
          value: 43,
          threshold: null,
          mend: null,
        },
      ],
      venue: troubledExchange(),
    }),
  );
  const { terminal, press } = await open(t, { state: { ...full, reads: { ...full.reads, health } } });
  await press('z', 'H');
  golden(terminal, 'pane-health-exchange');
});

test('the detail of a row says all there is about it, in every pane that has rows', async (t) => {
  const { terminal, press } = await open(t, { state: aFullState() });
  await press('z');
  for (const { id, hotkey, detail } of PANES) {
    if (detail === undefined) continue;
    await press(hotkey, 'down', 'enter');
    golden(terminal, `detail-${id}`);
    await press('esc');
  }
});

test('what is asked before money is moved names the account and the effect, with Cancel in focus', async (t) => {
  const { terminal, press } = await open(t, { state: aFullState() });
  await press('s');
  golden(terminal, 'ask-stop');
  await press('esc', 'down', 'x');
  golden(terminal, 'ask-close');
  await press('esc', 'E', 'p', 'a', 'n', 'i', 'c');
  golden(terminal, 'ask-panic-typed');
  await press('esc', ':', 'reset --reason checked', 'enter');
  golden(terminal, 'ask-reset');
});

const aPreset = { strategy: 'momentum', sides: 'both', origin: 'package' } as const;
const PRESETS: Awaited<ReturnType<Shell['presets']>> = [
  { ...aPreset, name: 'breakout_v1', valid: true, description: 'Momentum, long and short', problems: [] },
  {
    ...aPreset,
    origin: 'user',
    name: 'mine',
    valid: false,
    description: null,
    problems: ['risk_per_trade: 7 is more than 0.05'],
  },
];

test('the start form shows presets, broken ones too, modes and venues, and what is wrong at its field', async (t) => {
  const failure = { kind: 'no_daemon', message: 'no daemon at /run/b.sock' } as const;
  const { status: _, positions: __, heardAt: ___, reads: ____, ...rest } = aFullState();
  const nothing: ViewState = {
    ...rest,
    status: null,
    positions: [],
    heardAt: null,
    reads: {},
    news: [],
    connection: { phase: 'waiting', attempt: 1, retryAt: NOW + 500, failure },
  };
  const { terminal, press } = await open(t, {
    state: nothing,
    shell: {
      presets: () => Promise.resolve(PRESETS),
      startParams: () => ({ field: 'equity', text: 'equity must be more than 0' }),
    },
  });
  golden(terminal, 'no-daemon');
  await press('S');
  golden(terminal, 'form');
  await press('shift+tab', 'shift+tab', 'enter');
  golden(terminal, 'form-wrong');
});

test('the command line with what Tab offers, above the line it is for', async (t) => {
  const offers = ['start', 'status', 'stop'].map((value) => ({ value, about: `${value}s it`, open: false }));
  const { terminal, press } = await open(t, {
    state: aFullState(),
    shell: { complete: () => Promise.resolve(offers) },
  });
  await press(':', 'st', 'tab');
  golden(terminal, 'line');
});

const FAILURES: Readonly<Record<Exclude<FailureKind, 'no_daemon' | 'lost'>, string>> = {
  denied: 'the socket /run/b.sock belongs to another user: run this as the user of the daemon',
  version: 'the daemon speaks protocol 3, this client 1 to 2: update the older of the two',
  lagged: 'this view did not keep up: it goes on where it was cut off',
  refused: 'the daemon has no room for another connection',
};

for (const [kind, message] of Object.entries(FAILURES)) {
  test(`${kind}: the screen says it in words, and nothing old is shown as current`, async (t) => {
    const failure: ConnectionFailure = { kind: kind as keyof typeof FAILURES, message };
    const { terminal, set } = await open(t, { state: aFullState() });
    await set((state) => ({
      ...state,
      now: NOW + 12_000,
      connection: { phase: 'waiting', attempt: 2, retryAt: NOW + 14_000, failure },
    }));
    golden(terminal, `failure-${kind}`);
    assert.match(terminal.text, / STALE /);
  });
}

test('connected to a daemon that answers no more: STALE at every pane, for how long is said', async (t) => {
  const { terminal, set } = await open(t, { state: aFullState() });
  await set((state) => ({ ...state, now: NOW + 42_000 }));
  golden(terminal, 'silent');
  assert.match(terminal.lines[0] ?? '', /STALE {2}no answer for 42s$/);
});

test('a halt says which rule, its figures, until when and why; an engine that stopped says how it ended', async (t) => {
  const haltedBy = {
    rule: 'daily_loss',
    by: 'engine',
    at: NOW,
    reason: 'three stops in a row',
    value: 0.031,
    limit: 0.03,
    release: 'next_utc_day',
  } as const;
  const { terminal, set } = await open(t, {
    state: aFullState({ status: aStatus({ state: 'PAUSED', haltedBy }) }),
  });
  golden(terminal, 'halted');
  const ended = { reason: 'stopped', message: 'stopped: positions stay protected at the venue' } as const;
  await set((state) => ({ ...state, status: aStatus({ state: 'IDLE', ended }) }));
  golden(terminal, 'ended');
});
