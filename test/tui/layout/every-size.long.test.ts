/** Whatever the daemon answers and however large the terminal is, each cell of the screen is where it belongs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { compose } from '../../../src/tui/frame/compose.ts';
import type { Region } from '../../../src/tui/frame/region.ts';
import { Remembered } from '../../../src/tui/frame/remembered.ts';
import { panicDialog, stopDialog } from '../../../src/tui/keys/dialogs.ts';
import { bindings } from '../../../src/tui/keys/table.ts';
import { initialUi, type Mode, NORMAL } from '../../../src/tui/keys/ui-state.ts';
import { lineOf } from '../../../src/tui/line/editor.ts';
import { newOutput, printed } from '../../../src/tui/line/output.ts';
import { PANE_IDS } from '../../../src/tui/panes/pane.ts';
import { PANES } from '../../../src/tui/panes/registry.ts';
import { newForm } from '../../../src/tui/start/form.ts';
import type { ViewState } from '../../../src/tui/store/state.ts';
import { themeOf } from '../../../src/tui/text/theme.ts';
import { aFullState } from '../full-state.ts';
import { open } from '../kit.ts';
import { aStatus, NOW } from '../samples.ts';

const columns = fc.integer({ min: 80, max: 300 });
const rows = fc.integer({ min: 24, max: 100 });

/** Names and reasons as people and venues write them: long, wide, marked, with codes that move a cursor. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
  fc.constantFrom(
    '1000000MOGUSDT',
    '币安人生USDT',
    '🚀 to the moon',
    '\u001b[2J\u001b[H',
    'a\r\nb\tc',
    'ع',
    'é́́',
    'ｗｉｄｅ',
  ),
);
const number = fc.oneof(
  fc.constantFrom(0, -0, 1e-9, -1e-9, 1e15, -1e15, 123_456_789.123_456, -99_999.999),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 })
    .map((value) => (Math.abs(value) < 1e-12 ? 0 : value)),
);
const decimal = fc.oneof(
  number.map((value) => value.toFixed(8)),
  fc.constantFrom('0.000000001234', '-123456789012.5', '0', '1000000000000000'),
);

interface Next {
  text(): string;
  decimal(): string;
  number(): number;
}

/** The same answers with other texts and figures in them; what the code branches on is left as it is. */
function shaken({ status, positions, reads, ...rest }: ViewState, next: Next): ViewState {
  const answers = JSON.stringify({ status, positions, reads }, (name, value: unknown) => {
    if (typeof value === 'string' && TEXTS.has(name)) return next.text();
    if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
      return AMOUNTS.has(name) ? next.decimal() : positive(next.decimal());
    if (typeof value === 'number' && FIGURES.has(name)) return next.number();
    return value;
  });
  const others: Pick<ViewState, 'status' | 'positions' | 'reads'> = JSON.parse(answers);
  return { ...rest, ...others };
}

/** What may be below zero; prices and quantities never are. */
const AMOUNTS = new Set(['unrealisedPnl', 'pnl', 'netProfit', 'realised', 'fees', 'funding', 'equity']);
const positive = (text: string): string => (Number(text) === 0 ? '0.00000001' : text.replace('-', ''));
const TEXTS = new Set([
  'symbol',
  'reason',
  'message',
  'text',
  'preset',
  'venue',
  'by',
  'component',
  'label',
  'ref',
  'step',
]);
const FIGURES = new Set([
  ...[
    'unrealisedR',
    'dailyR',
    'consecutiveLosses',
    'r',
    'maxR',
    'minR',
    'score',
    'distanceAtr',
    'strength',
    'value',
    'max',
  ],
  ...[
    'openResult',
    'openRisk',
    'openNotional',
    'riskPerTrade',
    'markedEquity',
    'dailyPnlR',
    'totalR',
    'maxDrawdownR',
  ],
  ...[
    'totalTrades',
    'totalSignals',
    'bars',
    'total',
    'last',
    'share',
    'miss',
    'avgLatencyMs',
    'p99Ms',
    'maxMs',
    'latencyMs',
  ],
  ...[
    'cpuPercent',
    'memoryPercent',
    'memoryUsedMb',
    'diskFreeMb',
    'equity',
    'touches',
    'armedLevels',
    'volume_24h',
    'depth',
  ],
]);

/** What a state is made of: small, so that a counterexample can be read. */
const ingredients = fc.record({
  texts: fc.array(text, { minLength: 7, maxLength: 7 }),
  decimals: fc.array(decimal, { minLength: 11, maxLength: 11 }),
  numbers: fc.array(number, { minLength: 13, maxLength: 13 }),
  reason: text,
  trouble: fc.constantFrom('none', 'paused', 'halted', 'lost', 'unprotected'),
});

type Ingredients = typeof ingredients extends fc.Arbitrary<infer T> ? T : never;

function stateOf({ texts, decimals, numbers, reason, trouble }: Ingredients): ViewState {
  const turn = <T>(of: readonly T[], instead: T): (() => T) => {
    let i = 0;
    return () => of[i++ % of.length] ?? instead;
  };
  const next = { text: turn(texts, ''), decimal: turn(decimals, '0'), number: turn(numbers, 0) };
  return troubled(shaken(aFullState(), next), trouble, reason);
}

function troubled(state: ViewState, trouble: string, reason: string): ViewState {
  switch (trouble) {
    case 'paused':
      return { ...state, status: aStatus({ state: 'PAUSED', pausedBy: { by: reason, at: NOW, reason } }) };
    case 'halted': {
      const haltedBy = {
        rule: 'drawdown',
        by: reason,
        at: NOW,
        reason,
        value: -1e15,
        limit: 1e-9,
      } as const;
      return { ...state, status: aStatus({ haltedBy: { ...haltedBy, release: 'manual' } }) };
    }
    case 'lost': {
      const failure = { kind: 'lost', message: reason } as const;
      return { ...state, connection: { phase: 'waiting', attempt: 1, retryAt: NOW, failure } };
    }
    case 'unprotected':
      return { ...state, positions: state.positions.map((position) => ({ ...position, stop: null })) };
    default:
      return state;
  }
}

const modes = (state: ViewState, reason: string): readonly Mode[] => [
  NORMAL,
  { kind: 'help', scroll: 3 },
  { kind: 'filter' },
  { kind: 'dialog', dialog: stopDialog(state) },
  { kind: 'dialog', dialog: panicDialog(state, reason) },
  { kind: 'form', form: newForm({ symbols: reason, equity: '1e99' }) },
  { kind: 'line', edit: lineOf(reason) },
  { kind: 'output', output: printed(newOutput(1, reason), `${reason}\n`.repeat(200)) },
];

function holds(regions: readonly Region[], width: number, height: number, ascii: boolean): void {
  for (const { id, rect, text: painted } of regions) {
    const lines = painted.split('\n').map(stripVTControlCharacters);
    assert.ok(rect.x >= 0 && rect.y >= 0 && rect.x + rect.width <= width, `${id} leaves the screen`);
    assert.ok(rect.y + rect.height <= height - 1 && lines.length <= rect.height, `${id} is too high`);
    for (const line of lines) {
      assert.equal(line.length, rect.width, `${id}: ${JSON.stringify(line)}`);
      assert.doesNotMatch(line, /undefined|NaN|Infinity|\[object/, id);
      assert.doesNotMatch(
        line,
        ascii ? /[^\x20-\x7e]/ : /[\p{Cc}\p{M}\p{Cf}\p{Cs}]|[\u1100-\u115f\u2e80-\ua4cf\uff00-\uff60]/u,
      );
    }
  }
}

for (const ascii of [false, true]) {
  test(`no name, reason or figure overflows or wraps at any size, whatever is open${ascii ? ', in ASCII' : ''}`, () => {
    const theme = themeOf({ color: true, ascii });
    const table = bindings(false);
    const remembered = new Remembered();
    fc.assert(
      fc.property(
        columns,
        rows,
        ingredients,
        fc.constantFrom(null, ...PANE_IDS),
        (width, height, made, zoom) => {
          const { reason } = made;
          const state = stateOf(made);
          for (const mode of modes(state, reason)) {
            const focus = zoom ?? 'positions';
            const ui = { ...initialUi(width, height), mode, zoom, focus, filters: { log: reason } };
            const input = { state, ui, panes: PANES, table, theme };
            const anew = compose({ ...input, remembered: new Remembered() });
            holds(anew, width, height, ascii);
            assert.deepEqual(compose({ ...input, remembered }), anew, 'what is remembered is what is so');
          }
        },
      ),
      { numRuns: 60, includeErrorInReport: true },
    );
  });
}

test('on a terminal nothing of such answers scrolls it, shifts a column or leaves a cell of the screen before', async (t) => {
  const view = await open(t, { state: aFullState() });
  const { terminal } = view;
  await fc.assert(
    fc.asyncProperty(columns, rows, ingredients, async (width, height, made) => {
      terminal.resize(width, height);
      await view.set(() => stateOf(made));
      const { lines } = terminal;
      assert.equal(lines[height - 1], '', 'the last row stays empty');
      assert.match(lines[height - 2] ?? '', /\? help {2}q leave$/);
      assert.equal(lines[height - 2]?.length, width);
      assert.ok(lines.some((line) => line.startsWith('▸ Positions ─')));
      const before = terminal.text;
      await view.press('ctrl+l');
      assert.equal(terminal.text, before, 'what stood there is what is drawn anew');
    }),
    { numRuns: 20, includeErrorInReport: true },
  );
});
