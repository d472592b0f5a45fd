/**
 * What a pane is. A pane is a pure function from what the view knows to lines of text; it never sees the socket, a
 * clock or the terminal. To add one:
 *
 * 1. Write `panes/NAME.ts` that exports a `Pane`, and put it into `panes/registry.ts`. Its id is in `PANE_IDS`
 *    already, and `layout/templates.ts` says where it stands; nothing else needs to be touched.
 * 2. `needs` names the reads (store/reads.ts) whose answers it shows: they are asked for, at their own cadence, only
 *    while the pane is on the screen. `state.reads.NAME` is undefined until the first answer: say `reading …`
 *    (`waiting`), never show a zero for what is not known. Where a read has an `error`, its data is old: show that.
 * 3. `render` returns at most `height` lines; the frame draws the title, cuts and pads each line to `width`, and dims
 *    all of it when the figures are stale. Widths count characters: use the glyphs of the view, figures of fixed width
 *    (text/figures.ts) and `table` (text/table.ts), which leaves out columns where it is narrow. Text from outside
 *    (reasons, messages) goes through `plain`. Colour (the tone of a span) only beside a sign or a word.
 * 4. A pane with rows names them in `rows`: keys that stay with what they name (a trade id, not an index), in the order
 *    shown, after the filter. The frame moves the selection through them; the selected key is `view.selected`. Actions
 *    such as `x` take the key, so they act on what the person sees selected, also when rows move.
 *    `detail` says all there is about one row: Enter opens it.
 * 5. Test it without React: `render(view)` with a state from test/tui/samples.ts, and in the golden screens of
 *    test/tui/screens.test.ts (`UPDATE_GOLDEN=1` writes them anew).
 */
import type { ReadName } from '../store/reads.ts';
import type { ViewState } from '../store/state.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Line, line, span } from '../text/line.ts';

export const PANE_IDS = [
  'positions',
  'candidates',
  'levels',
  'signals',
  'orders',
  'trades',
  'equity',
  'chart',
  'risk',
  'funnel',
  'metrics',
  'health',
  'events',
  'log',
] as const;

export type PaneId = (typeof PANE_IDS)[number];

/** What a pane is drawn with. */
export interface PaneView {
  readonly width: number;
  /** Rows below the title. */
  readonly height: number;
  readonly state: ViewState;
  readonly glyphs: Glyphs;
  readonly focused: boolean;
  /** Key of the selected row, where the pane has rows and the row is still there. */
  readonly selected: string | null;
  /** What was typed after `/`, lower case; empty for none. */
  readonly filter: string;
  /** The symbol that is selected anywhere: what the chart shows. */
  readonly symbol: string | null;
}

export interface Pane {
  readonly id: PaneId;
  readonly title: string;
  /** The key that goes to it. */
  readonly hotkey: string;
  readonly minWidth: number;
  /** Title included. */
  readonly minHeight: number;
  readonly needs: readonly ReadName[];
  /** A few words at the right of the title: how many, how old. */
  readonly summary?: (state: ViewState) => string;
  /** Keys of the rows, as shown. A pane without rows has no selection. */
  readonly rows?: (state: ViewState, filter: string) => readonly string[];
  /** The symbol that a row is about. */
  readonly symbolOf?: (state: ViewState, key: string) => string | null;
  /** The rows read from the bottom up: nothing selected means the newest. */
  readonly newestLast?: true;
  /** At most `view.height` lines. */
  readonly render: (view: PaneView) => readonly Line[];
  /** All there is to say about a row; null when it is gone. */
  readonly detail?: (state: ViewState, key: string, width: number) => readonly Line[] | null;
}

/** Said in place of figures that have not come yet. */
export function waiting(state: ViewState): Line {
  return line(span('dim', state.connection.phase === 'live' ? 'reading…' : 'no connection yet'));
}
