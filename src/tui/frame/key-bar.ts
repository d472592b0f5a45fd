/** The last line: what can be pressed now, or what became of the last key. */
import { type Binding, ENDS_FROM, type KeyContext } from '../keys/table.ts';
import { MESSAGE_MS } from '../keys/ui-state.ts';
import type { LineEdit } from '../line/editor.ts';
import { fitted, type Line, line, plain, type Span, span, spread, widthOf } from '../text/line.ts';

export function keyBar(table: readonly Binding[], context: KeyContext, width: number): Line {
  return fitted(said(table, context, width), width);
}

function said(table: readonly Binding[], context: KeyContext, width: number): Line {
  const { ui, pane, state } = context;
  if (ui.mode.kind === 'filter') {
    const typed = pane === null ? '' : (ui.filters[pane.id] ?? '');
    return line(
      span('accent', `/${plain(typed)}`),
      span('selected', ' '),
      span('dim', '  enter keeps it, esc clears it'),
    );
  }
  if (ui.mode.kind === 'line') return typedLine(ui.mode.edit, width);
  if (ui.mode.kind === 'form')
    return line(key('esc'), span('dim', ' closes the form; nothing is started before Start'));
  if (ui.mode.kind === 'output')
    return line(
      key('esc'),
      span('dim', ui.mode.output.ended === null ? ' ends it  ' : ' closes  '),
      ...['up', 'down', 'left', 'right'].flatMap((name) => [key(name), span('plain', ' ')]),
      span('dim', 'scroll'),
    );
  if (ui.mode.kind === 'help' || ui.mode.kind === 'detail')
    return line(key('esc'), span('dim', ' closes  '), key('up'), ' ', key('down'), span('dim', ' scroll'));
  if (ui.mode.kind === 'dialog') return line(key('esc'), span('dim', ' cancels'));
  if (ui.busy !== null) return line(span('accent', `${plain(ui.busy)}…`));
  if (ui.message !== null && state.now - ui.messageAt < MESSAGE_MS)
    return line(span(ui.message.tone, plain(ui.message.text)));
  return bar(table, context, width);
}

/** The line with its cursor in sight. */
function typedLine({ text, cursor, said: wrong }: LineEdit, width: number): Line {
  const words = plain(text);
  const from = Math.max(0, cursor - width + 3);
  const shown: Line = [
    span('accent', from > 0 ? '<' : ':'),
    span('plain', words.slice(from, cursor)),
    span('selected', words.charAt(cursor) || ' '),
    span('plain', words.slice(cursor + 1)),
  ];
  if (wrong !== null) return [...shown, span('warn', `  ${plain(wrong)}`)];
  return text === '' ? [...shown, span('dim', '  tab shows the commands, enter runs, esc closes')] : shown;
}

const key = (name: string): Span => span('strong', name);

const GAP = 2;

/** From the left what acts, at the right end the two that are always there: help and the way out. */
function bar(table: readonly Binding[], context: KeyContext, width: number): Line {
  const shown = table
    .filter(({ bar, whenAble, disabled }) => bar !== undefined && !(whenAble && disabled?.(context) != null))
    .sort((a, b) => (a.bar ?? 0) - (b.bar ?? 0));
  const ends = shown.filter(({ bar = 0 }) => bar >= ENDS_FROM).map((binding) => entry(binding, context));
  const end = between(ends);
  const spans: Span[] = [];
  let used = widthOf(end);
  for (const part of shown
    .filter(({ bar = 0 }) => bar < ENDS_FROM)
    .map((binding) => entry(binding, context))) {
    const wide = widthOf(part) + GAP;
    if (used + wide > width) break;
    spans.push(...part, span('plain', ' '.repeat(GAP)));
    used += wide;
  }
  return spread(spans, end, width);
}

function entry(binding: Binding, context: KeyContext): Line {
  const [first = ''] = binding.keys;
  const off = binding.disabled?.(context) != null;
  return off
    ? line(span('dim', `${first} ${binding.label}`))
    : line(span('accent', first), ` ${binding.label}`);
}

function between(parts: readonly Line[]): Line {
  return parts.flatMap((part, i) => (i === 0 ? part : [span('plain', ' '.repeat(GAP)), ...part]));
}
