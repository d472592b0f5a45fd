/**
 * What a key does: a pure function from how things stand to what changes on the screen and what is to be done beyond
 * it. Pasted text is never taken as keys, and what changes trading must be pressed alone: keys that arrive together
 * may come from a paste into a terminal that does not tell.
 */

import { boxedRows } from '../frame/overlay.ts';
import { contextOf, layoutOf, type Standing } from '../frame/standing.ts';
import { lineOf } from '../line/editor.ts';
import { newForm } from '../start/form.ts';
import type { Command } from './commands.ts';
import { closeDialog, panicDialog, stopDialog } from './dialogs.ts';
import { focusAfterZoom, focusBy, goTo, PAGE, search, select } from './moves.ts';
import { type Key, LEAVE, type Outcome, SUSPEND, said } from './outcome.ts';
import { pressInDialog } from './press-dialog.ts';
import { typeFilter } from './press-filter.ts';
import { pressInForm } from './press-form.ts';
import { pressInLine } from './press-line.ts';
import { pressInOutput } from './press-output.ts';
import { type Action, type Binding, bindingOf, bindings } from './table.ts';
import { type Mode, NORMAL } from './ui-state.ts';

export interface PressOptions {
  readonly table: readonly Binding[];
  /** Between the beginning and the end of a paste. */
  readonly pasting: boolean;
  readonly readOnly: boolean;
}

/** @returns what follows; for text that came together, one outcome for each of its characters is asked for in turn. */
export function press(standing: Standing, key: Key, { table, pasting, readOnly }: PressOptions): Outcome {
  const { state, ui } = standing;
  const { mode, history } = ui;
  // As anywhere else in a terminal, whatever is open.
  if (key.kind === 'key' && key.name === 'ctrl+z' && !pasting) return SUSPEND;
  if (mode.kind === 'filter') return typeFilter(standing.ui, key);
  if (mode.kind === 'line') return pressInLine(key, { edit: mode.edit, state, history, readOnly, pasting });
  if (mode.kind === 'form') return pressInForm(mode.form, key, pasting);
  if (pasting) return said('pasted text is not taken as keys');
  const name = key.kind === 'key' ? key.name : key.text;
  if (mode.kind === 'dialog') return pressInDialog(mode.dialog, name);
  if (mode.kind === 'output') {
    const at = layoutOf(standing);
    return pressInOutput(mode.output, name, at.kind === 'panes' ? boxedRows(at) : 1);
  }
  if (mode.kind === 'help' || mode.kind === 'detail') return pressOver(mode, name);
  return pressNormal(standing, name, { together: key.kind === 'text', table, readOnly });
}

function pressNormal(
  standing: Standing,
  name: string,
  { together, table, readOnly }: Pick<PressOptions, 'table' | 'readOnly'> & { readonly together: boolean },
): Outcome {
  const binding = bindingOf(table, name);
  if (!binding) {
    const barred = readOnly ? bindingOf(bindings(false), name) : null;
    return barred ? said(`${name} ${barred.label}: this view is read-only`) : goTo(standing, name);
  }
  if (together && binding.dangerous) return said(`press ${name} alone to ${binding.label}`);
  const why = binding.disabled?.(contextOf(standing)) ?? null;
  if (why !== null) return said(`${name} ${binding.label}: ${why}`);
  const { change, effect } = ACTIONS[binding.action](standing);
  return { change: { message: null, ...change }, ...(effect && { effect }) };
}

const command = (of: Command): Outcome => ({ effect: { kind: 'command', command: of } });

const ACTIONS: Readonly<Record<Action, (standing: Standing) => Outcome>> = {
  leave: () => LEAVE,
  redraw: () => ({ effect: { kind: 'redraw' } }),
  reconnect: () => ({ effect: { kind: 'reconnect' } }),
  suspend: () => SUSPEND,
  help: () => ({ change: { mode: { kind: 'help', scroll: 0 } } }),
  next_pane: (standing) => focusBy(standing, 1),
  previous_pane: (standing) => focusBy(standing, -1),
  up: (standing) => select(standing, (at, count) => (at < 0 ? count - 1 : at - 1)),
  down: (standing) => select(standing, (at) => at + 1),
  page_up: (standing) => select(standing, (at, count) => (at < 0 ? count - PAGE : at - PAGE)),
  page_down: (standing) => select(standing, (at) => at + PAGE),
  first: (standing) => select(standing, () => 0),
  last: (standing) => select(standing, (_, count) => count - 1),
  zoom: ({ ui }) => ({ change: { zoom: ui.zoom === null ? ui.focus : null } }),
  filter: () => ({ change: { mode: { kind: 'filter' } } }),
  next_match: (standing) => search(standing, 1),
  previous_match: (standing) => search(standing, -1),
  line: () => ({ change: { mode: { kind: 'line', edit: lineOf('') } } }),
  start: () => ({ change: { mode: { kind: 'form', form: newForm() } }, effect: { kind: 'read_presets' } }),
  pause: () => command({ kind: 'pause' }),
  resume: () => command({ kind: 'resume' }),
  stop: ({ state }) => ({ change: { mode: { kind: 'dialog', dialog: stopDialog(state) } } }),
  panic: ({ state }) => ({ change: { mode: { kind: 'dialog', dialog: panicDialog(state) } } }),
  close(standing) {
    const { pane, selected } = contextOf(standing);
    const { state } = standing;
    const position = state.positions.find(({ tradeId }) => `trade ${tradeId}` === selected);
    if (pane?.id !== 'positions' || !position) return {};
    return { change: { mode: { kind: 'dialog', dialog: closeDialog(state, position) } } };
  },
  detail(standing) {
    const { pane, selected } = contextOf(standing);
    if (!pane || selected === null) return {};
    return { change: { mode: { kind: 'detail', pane: pane.id, key: selected, scroll: 0 } } };
  },
  back(standing) {
    const { zoom, filters, focus, selected } = standing.ui;
    if (zoom !== null) return { change: { zoom: null, focus: focusAfterZoom(standing) } };
    if ((filters[focus] ?? '') !== '') return { change: { filters: { ...filters, [focus]: '' } } };
    const { [focus]: _, ...others } = selected;
    return { change: { selected: others } };
  },
};

const SCROLL = new Map([
  ['up', -1],
  ['k', -1],
  ['down', 1],
  ['j', 1],
  ['pageup', -PAGE],
  ['pagedown', PAGE],
]);

function pressOver(mode: Extract<Mode, { scroll: number }>, name: string): Outcome {
  const by = SCROLL.get(name);
  if (by !== undefined) return { change: { mode: { ...mode, scroll: Math.max(0, mode.scroll + by) } } };
  if (name === 'ctrl+c') return LEAVE;
  return ['esc', 'q', 'enter', '?'].includes(name) ? { change: { mode: NORMAL } } : {};
}
