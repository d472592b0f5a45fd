/** What the person has done with the screen: focus, selection, filter, what is open. Nothing of it comes from the daemon. */

import type { LineEdit } from '../line/editor.ts';
import type { Output } from '../line/output.ts';
import type { PaneId } from '../panes/pane.ts';
import type { StartForm } from '../start/form.ts';
import type { Line, Tone } from '../text/line.ts';
import type { Effect } from './effect.ts';

export interface Choice {
  readonly label: string;
  /** null: closes the dialog and does nothing. */
  readonly effect: Effect | null;
}

export interface Dialog {
  readonly title: string;
  readonly lines: readonly Line[];
  /** The first one is Cancel, which has the focus when the dialog opens. */
  readonly choices: readonly Choice[];
  readonly focus: number;
  /** Must be typed before anything but Cancel can be chosen; null where no word is asked for. */
  readonly word: string | null;
  readonly typed: string;
  /** The form that asked, to which Cancel goes back. */
  readonly under: StartForm | null;
}

export type Mode =
  | { readonly kind: 'normal' }
  /** Typing after `/`, in the focused pane. */
  | { readonly kind: 'filter' }
  | { readonly kind: 'help'; readonly scroll: number }
  | { readonly kind: 'detail'; readonly pane: PaneId; readonly key: string; readonly scroll: number }
  | { readonly kind: 'dialog'; readonly dialog: Dialog }
  /** Typing after `:`. */
  | { readonly kind: 'line'; readonly edit: LineEdit }
  /** What a command of the command line has printed. */
  | { readonly kind: 'output'; readonly output: Output }
  | { readonly kind: 'form'; readonly form: StartForm };

export interface UiState {
  readonly columns: number;
  readonly rows: number;
  readonly focus: PaneId;
  readonly zoom: PaneId | null;
  readonly mode: Mode;
  /** What was typed after `/`, by pane. */
  readonly filters: Readonly<Partial<Record<PaneId, string>>>;
  /** The last that was typed after `/` and kept, by pane: what `n` searches for. */
  readonly searched: Readonly<Partial<Record<PaneId, string>>>;
  /** Key of the selected row, by pane. */
  readonly selected: Readonly<Partial<Record<PaneId, string>>>;
  /** Lines typed after `:`, the newest last. */
  readonly history: readonly string[];
  /** What became of the last command, or why a key does nothing now. */
  readonly message: { readonly tone: Tone; readonly text: string } | null;
  /** Wall time of the message: it makes room for the keys again after `MESSAGE_MS`. */
  readonly messageAt: number;
  /** What is being carried out. */
  readonly busy: string | null;
}

/** Long enough to be read. */
export const MESSAGE_MS = 8_000;

export const NORMAL: Mode = { kind: 'normal' };

export function initialUi(columns: number, rows: number): UiState {
  return {
    columns,
    rows,
    focus: 'positions',
    zoom: null,
    mode: NORMAL,
    filters: {},
    searched: {},
    selected: {},
    history: [],
    message: null,
    messageAt: 0,
    busy: null,
  };
}
