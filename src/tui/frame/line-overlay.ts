/** What stands over the panes while a command is typed, and after it has run. */
import type { Menu } from '../line/editor.ts';
import { firstShown, type Output } from '../line/output.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { fitted, type Line, line, plain, span } from '../text/line.ts';
import { windowOf } from '../text/table.ts';
import { type Area, boxed, boxedRows, type Overlay } from './overlay.ts';

/** Offers that are shown at a time. */
const MENU_ROWS = 10;

/** What Tab offers, above the line it is for. */
export function menuOverlay({ offers, at }: Menu, area: Area, glyphs: Glyphs): Overlay {
  const names = offers.reduce((most, { value }) => Math.max(most, plain(value).length), 0);
  const { from, to } = windowOf(offers.length, at ?? -1, MENU_ROWS, false);
  const room = Math.min(names, Math.floor(area.width / 2));
  const lines = offers.slice(from, to).map(({ value, about }, i): Line => {
    const here = from + i === at;
    const name = fitted(line(span(here ? 'selected' : 'strong', plain(value))), room);
    const text: Line = [
      span('accent', here ? glyphs.pointer : ' '),
      ...name,
      span('dim', about === null ? '' : `  ${plain(about)}`),
    ];
    return fitted(text, area.width);
  });
  const more = offers.length > lines.length ? ` ${from + 1}-${to} of ${offers.length} ` : '';
  const title = `${glyphs.rule} tab goes on, esc closes${more === '' ? '' : `,${more}`}`;
  const head = line(span('dim', `${title} ${glyphs.rule.repeat(area.width)}`.slice(0, area.width)));
  const height = lines.length + 1;
  return {
    rect: { x: 0, y: area.height - 1 - height, width: area.width, height },
    lines: [head, ...lines],
  };
}

/** What a command has printed, and how it ended. */
export function outputOverlay(output: Output, area: Area, glyphs: Glyphs): Overlay {
  const { command, lines, ended, shift, dropped, partial } = output;
  const state = ended === null ? 'running: esc ends it' : ended;
  const content: Line[] =
    lines.length === 0
      ? [line(span('dim', ended === null ? 'nothing printed yet' : 'it printed nothing'))]
      : lines.map((text) => line(plain(text).slice(shift)));
  const title = [
    plain(command),
    ` (${state}`,
    ...(dropped > 0 ? [`; ${dropped} earlier lines are not held`] : []),
    ...(partial && ended === null ? ['; more to come'] : []),
    ')',
  ].join('');
  const scroll = firstShown(output, boxedRows(area));
  return boxed(title.slice(0, area.width - 10), content, scroll, area, glyphs);
}
