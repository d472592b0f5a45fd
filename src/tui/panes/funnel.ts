/** Why there is no trade: how many get through each step, what only just failed, and where each symbol stands. */
import { compact, grouped, percent } from '../../cli/format.ts';
import type { DiagnosticsResult, ExplanationResult } from '../../protocol/trading-views.ts';
import type { ViewState } from '../store/state.ts';
import { dayClock } from '../text/figures.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Line, line, padded, plain, type Span, span, type Tone, wrapped } from '../text/line.ts';
import { windowOf } from '../text/table.ts';
import { type Field, fields } from './fields.ts';
import { type Pane, type PaneView, waiting } from './pane.ts';

type Step = DiagnosticsResult['funnel'][number];
type Miss = DiagnosticsResult['nearMisses'][number];
type Place = ExplanationResult['symbols'][number];

const PLACES: Readonly<Record<Place['place'], string>> = {
  unseen: 'not scanned',
  universe: 'no universe',
  filters: 'filtered out',
  rank: 'ranked out',
  levels: 'no level',
  waiting: 'waiting',
  entry: 'entering',
  position: 'in position',
};

const CLOSE: ReadonlySet<Place['place']> = new Set(['waiting', 'entry', 'position']);
const toneOf = ({ place }: Place): Tone => (CLOSE.has(place) ? 'good' : 'plain');

const SYMBOL = 11;
const PLACE = 13;

const STEP = 17;
const COUNT = 7;
/** Name, two counts and the share, with what stands between them. */
const STEP_CELLS = 1 + STEP + COUNT + 1 + COUNT + 8;
const LONGEST_BAR = 40;

/** The count of all that came through, beside the step that most came through. */
function stepLine(step: Step, most: number, width: number, glyphs: Glyphs): Line {
  const room = Math.min(LONGEST_BAR, width - STEP_CELLS - 2);
  // Of thousands that come in a handful gets through: a logarithm shows both.
  const cells = most > 0 ? Math.round((Math.log1p(step.total) / Math.log1p(most)) * room) : 0;
  return line(
    ` ${padded(plain(step.step), STEP)}`,
    padded(step.last === null ? '-' : count(step.last), COUNT, 'right'),
    ' ',
    span('dim', padded(count(step.total), COUNT, 'right')),
    span('dim', padded(step.share === null ? '-' : percent(step.share), 8, 'right')),
    room < 4 ? '' : `  ${glyphs.barFull.repeat(Math.max(step.total > 0 ? 1 : 0, cells))}`,
  );
}

const count = (value: number): string => (value < 1_000_000 ? grouped(value) : compact(value));

const HEAD: Line = [
  span(
    'dim',
    ` ${''.padEnd(STEP)}${'now'.padStart(COUNT)} ${'in all'.padStart(COUNT)}${'passed'.padStart(8)}`,
  ),
];

/** The last steps are the ones that a person asks about: the first give way. */
function stepLines(steps: readonly Step[], width: number, height: number, glyphs: Glyphs): Line[] {
  const most = steps.reduce((max, { total }) => Math.max(max, total), 0);
  const head = height > steps.length ? [HEAD] : [];
  const shown = height - head.length < steps.length ? steps.slice(-Math.max(0, height)) : steps;
  if (height <= 0) return [];
  return [...head, ...shown.map((step) => stepLine(step, most, width, glyphs))];
}

function missLine({ symbol, miss, text }: Miss): Line {
  return line(
    ` ${padded(plain(symbol), SYMBOL)} `,
    span('warn', padded(`by ${percent(miss)}`, PLACE)),
    ' ',
    span('dim', plain(text.startsWith(`${symbol}: `) ? text.slice(symbol.length + 2) : text)),
  );
}

function placesOf({ reads }: ViewState, filter: string): readonly Place[] {
  const symbols = reads.explain?.data.symbols ?? [];
  if (filter === '') return symbols;
  return symbols.filter((each) =>
    `${each.symbol} ${PLACES[each.place]} ${each.text}`.toLowerCase().includes(filter),
  );
}

function placeLine(each: Place, isSelected: boolean, glyphs: Glyphs): Line {
  return line(
    span('accent', isSelected ? glyphs.pointer : ' '),
    span(isSelected ? 'selected' : 'strong', padded(plain(each.symbol), SYMBOL)),
    ' ',
    span(toneOf(each), padded(PLACES[each.place], PLACE)),
    ' ',
    span('dim', plain(each.text)),
  );
}

function placeLines({ state, filter, selected, glyphs }: PaneView, height: number): Line[] {
  const rows = placesOf(state, filter);
  if (rows.length === 0)
    return filter === '' ? [] : [line(span('dim', 'no symbol has that in it'))].slice(0, height);
  const at = selected === null ? -1 : rows.findIndex(({ symbol }) => symbol === selected);
  const { from, to } = windowOf(rows.length, at, height, false);
  return rows.slice(from, to).map((each, i) => placeLine(each, from + i === at, glyphs));
}

/** Whether entries are held back altogether: then nothing below matters. */
function heldBack({ reads }: ViewState, width: number): Line[] {
  const entries = reads.explain?.data.entries;
  if (entries === undefined || entries.allowed) return [];
  return wrapped(`no entries: ${entries.reasons.join('; ')}`, width - 1)
    .slice(0, 2)
    .map((text) => line(span('warn', ` ${text}`)));
}

const section = (title: string): Line => line(span('dim', ` ${title}`));

/** A heading and at least one line below it, or nothing. */
function headed(title: string, lines: readonly Line[], height: number): Line[] {
  return lines.length === 0 || height < 2 ? [] : [section(title), ...lines.slice(0, height - 1)];
}

/** Side by side from here on: the steps at the left. */
const BESIDE_FROM = 120;
const LEFT = 60;
const MOST_MISSES = 5;

function beside(left: readonly Line[], right: readonly Line[]): Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const first: readonly Span[] = left[i] ?? [];
    const cells = first.reduce((sum, { text }) => sum + text.length, 0);
    return [...first, span('plain', ' '.repeat(Math.max(0, LEFT - cells))), ...(right[i] ?? [])];
  });
}

function told(view: PaneView, height: number): Line[] {
  const misses = view.state.reads.diagnostics?.data.nearMisses ?? [];
  const near = headed(
    'only just failed',
    misses.map((each) => missLine(each)),
    Math.min(height, MOST_MISSES + 1),
  );
  const left = height - near.length;
  const places = headed('where each symbol stands', placeLines(view, left - 1), left);
  return [...near, ...places];
}

export const funnel: Pane = {
  id: 'funnel',
  title: 'Why no trade',
  hotkey: 'f',
  minWidth: 44,
  minHeight: 5,
  needs: ['diagnostics', 'explain'],
  summary({ reads }) {
    const entries = reads.explain?.data.entries;
    if (entries === undefined) return '';
    return entries.allowed ? 'entries allowed' : 'no entries';
  },
  rows: (state, filter) => placesOf(state, filter).map(({ symbol }) => symbol),
  symbolOf: (_state, key) => key,
  render(view) {
    const { state, width, height, filter, selected, glyphs } = view;
    const { diagnostics, explain } = state.reads;
    if (!diagnostics || !explain) return [waiting(state)];
    const held = heldBack(state, width);
    const room = Math.max(0, height - held.length);
    const steps = diagnostics.data.funnel;
    if (steps.length === 0)
      return [...held, line(span('dim', ' no session has run yet'))].slice(0, Math.max(0, height));
    if (width >= BESIDE_FROM && filter === '')
      return [...held, ...beside(stepLines(steps, LEFT - 2, room, glyphs), told(view, room))];
    const above = stepLines(steps, width, room, glyphs);
    // What a person looks for, or has selected, is on the screen whatever else is.
    const seeks = filter !== '' || (selected !== null && room - above.length < MOST_MISSES + 4);
    if (seeks) return [...held, ...placeLines(view, room)];
    return [...held, ...above, ...told(view, room - above.length)];
  },
  detail({ reads }, key, width) {
    const each = reads.explain?.data.symbols.find(({ symbol }) => symbol === key);
    if (!each) return null;
    const head: readonly Field[] = [
      ['symbol', each.symbol],
      ['stands', span(toneOf(each), PLACES[each.place])],
      ['candidate', each.candidate ? 'yes' : 'no'],
      ['levels', String(each.levels.length)],
    ];
    const blocking = each.blocking.flatMap(({ text, at }) => [
      ...wrapped(text, width).map((part) => line(span('warn', part))),
      line(span('dim', `judged ${dayClock(at)} UTC`)),
    ]);
    const near = (reads.diagnostics?.data.nearMisses ?? []).filter(({ symbol }) => symbol === key);
    return [
      ...fields(head),
      line(''),
      ...wrapped(each.text, width).map((part) => line(part)),
      ...(blocking.length > 0 ? [line(''), line(span('dim', 'what it stopped at')), ...blocking] : []),
      ...(near.length > 0 ? [line(''), line(span('dim', 'only just failed'))] : []),
      ...near.flatMap(({ text }) => wrapped(text, width).map((part) => line(part))),
    ];
  },
};
