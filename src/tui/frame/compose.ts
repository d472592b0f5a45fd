/**
 * A whole screen as regions of painted text: pure, from what is known, what was pressed and the size. A region of which
 * nothing has changed is the same object as before.
 */
import type { Binding } from '../keys/table.ts';
import { type Layout, LEAST_COLUMNS, LEAST_ROWS, type PlacedPane, type Rect } from '../layout/layout.ts';
import type { Pane } from '../panes/pane.ts';
import { isStale } from '../store/state.ts';
import { fitted, type Line, line, plain, span, spread } from '../text/line.ts';
import type { Theme } from '../text/theme.ts';
import { formOverlay, offerOverlay } from './form-overlay.ts';
import { keyBar } from './key-bar.ts';
import { menuOverlay, outputOverlay } from './line-overlay.ts';
import { detailOverlay, dialogOverlay, helpOverlay, type Overlay } from './overlay.ts';
import type { Region } from './region.ts';
import type { Remembered } from './remembered.ts';
import { contextOf, filterOf, layoutOf, type Standing, selectedIn, symbolIn } from './standing.ts';
import { alertLines, statusLines } from './status-line.ts';

export interface ComposeInput extends Standing {
  readonly table: readonly Binding[];
  readonly theme: Theme;
  /** The regions of the screens before. */
  readonly remembered: Remembered;
}

export function compose(input: ComposeInput): readonly Region[] {
  const { state, ui, panes, theme, table, remembered } = input;
  const at = layoutOf(input);
  if (at.kind === 'too_small') return [tooSmall(at.columns, at.rows, theme)];
  const { width, status, alert, keys } = at;
  const stale = isStale(state) && state.heardAt !== null;
  const symbol = symbolIn(input);
  const regions: Region[] = [
    remembered.region('status', [width, stale], state, (state) =>
      region('status', status, statusLines(state, width, theme.glyphs), theme, stale),
    ),
    ...(alert === null
      ? []
      : [
          remembered.region('alert', [width, alert.height], state, (state) =>
            region('alert', alert, alertLines(state, width), theme, false),
          ),
        ]),
    ...at.panes.flatMap((placed) => {
      const pane = panes.find(({ id }) => id === placed.id);
      return pane ? [paneRegion(pane, placed, input, { symbol, stale })] : [];
    }),
    remembered.region('keys', [ui, keys.y, width], state, (state) =>
      region('keys', keys, [keyBar(table, contextOf({ ...input, state }), width)], theme, false),
    ),
  ];
  const over = overlayOf(input, at);
  if (over === null) return regions;
  const { rect, lines } = over;
  return [
    ...regions,
    remembered.region('overlay', [over], state, () => region('overlay', rect, lines, theme, false)),
  ];
}

/** What is the same for all panes. */
interface Shared {
  readonly symbol: string | null;
  readonly stale: boolean;
}

function paneRegion(pane: Pane, placed: PlacedPane, input: ComposeInput, shared: Shared): Region {
  const { ui, state, theme, remembered } = input;
  const { x, y, width, height } = placed.rect;
  const { id } = pane;
  const inputs = [
    ...[x, y, width, height, ui.focus === id, ui.selected[id], ui.filters[id]],
    ...[shared.symbol, shared.stale],
  ];
  return remembered.region(id, inputs, state, (state) =>
    region(id, placed.rect, paneLines(pane, placed, { ...input, state }, shared), theme, shared.stale),
  );
}

function region(id: string, rect: Rect, lines: readonly Line[], theme: Theme, stale: boolean): Region {
  const shown = lines.slice(0, rect.height).map((text) => theme.paint(fitted(text, rect.width), stale));
  return { id, rect, text: shown.join('\n') };
}

function paneLines(
  pane: Pane,
  { rect }: PlacedPane,
  { state, ui, theme }: ComposeInput,
  { symbol, stale }: Shared,
): readonly Line[] {
  const { glyphs } = theme;
  const focused = ui.focus === pane.id;
  const filter = filterOf(pane.id, ui);
  const summary = pane.summary?.(state) ?? '';
  const failed = pane.needs.find((name) => state.reads[name]?.error != null);
  const notes: Line = [
    ...(filter === '' ? [] : [span('accent', ` /${plain(filter)} `)]),
    ...(failed === undefined ? [] : [span('warn', ` ${failed} cannot be read `)]),
    ...(stale ? [span('alarm', ' STALE ')] : []),
    ...(summary === '' ? [] : [span('dim', ` ${plain(summary)} `)]),
  ];
  const name = line(
    span(focused ? 'accent' : 'dim', focused ? glyphs.pointer : glyphs.rule),
    span(focused ? 'accent' : 'strong', ` ${pane.title} `),
  );
  const head = titled(name, notes, rect.width, glyphs.rule, focused);
  const body = pane.render({
    width: rect.width,
    height: rect.height - 1,
    state,
    glyphs,
    focused,
    selected: selectedIn(pane, state, ui),
    filter,
    symbol,
  });
  return [head, ...body];
}

/** A title at the left, notes at the right, and the rule between them. */
function titled(name: Line, notes: Line, width: number, rule: string, focused: boolean): Line {
  const textWidth = (of: Line): number => of.reduce((sum, { text }) => sum + text.length, 0);
  const room = width - textWidth(name) - textWidth(notes);
  if (room < 1) return spread(name, notes, width);
  const tone = focused ? 'accent' : 'dim';
  const end = notes.length === 0 ? 0 : 1;
  return [...name, span(tone, rule.repeat(room - end)), ...notes, span(tone, rule.repeat(end))];
}

function overlayOf(input: ComposeInput, at: Extract<Layout, { kind: 'panes' }>): Overlay | null {
  const { ui, state, panes, table, theme } = input;
  const { mode } = ui;
  switch (mode.kind) {
    case 'help':
      return helpOverlay(table, panes, contextOf(input), mode.scroll, at, theme.glyphs);
    case 'form':
      return formOverlay(mode.form, state, at, theme.glyphs);
    case 'output':
      return outputOverlay(mode.output, at, theme.glyphs);
    case 'line':
      return mode.edit.menu === null ? null : menuOverlay(mode.edit.menu, at, theme.glyphs);
    case 'normal': {
      const start = table.find(({ action }) => action === 'start')?.keys[0];
      return start === undefined || ui.busy !== null ? null : offerOverlay(state, start, at, theme.glyphs);
    }
    case 'dialog':
      return dialogOverlay(mode.dialog, at, theme.glyphs);
    case 'detail': {
      const pane = panes.find(({ id }) => id === mode.pane);
      const lines = pane?.detail?.(state, mode.key, at.width - 8) ?? null;
      const shown = lines ?? [line(span('warn', 'it is gone'))];
      return detailOverlay(pane?.title ?? '', shown, mode.scroll, at, theme.glyphs);
    }
    default:
      return null;
  }
}

function tooSmall(columns: number, rows: number, theme: Theme): Region {
  const said = [
    `${columns}x${rows} is too small:`,
    `at least ${LEAST_COLUMNS}x${LEAST_ROWS} is needed`,
    'q leaves',
  ];
  const height = Math.max(1, rows - 1);
  const lines = said.slice(0, height).map((text) => line(text));
  return region('too_small', { x: 0, y: 0, width: Math.max(1, columns), height }, lines, theme, false);
}
