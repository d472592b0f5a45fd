/** What lies over the panes: help, the detail of a row, a question. */
import type { Binding, KeyContext } from '../keys/table.ts';
import type { Dialog } from '../keys/ui-state.ts';
import type { Rect } from '../layout/layout.ts';
import type { Pane } from '../panes/pane.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { EMPTY, fitted, type Line, line, type Span, span, widthOf } from '../text/line.ts';

export interface Overlay {
  readonly rect: Rect;
  readonly lines: readonly Line[];
}

export interface Area {
  readonly width: number;
  readonly height: number;
}

const KEYS_WIDTH = 18;

const GROUPS = { trading: 'Trading', moving: 'Moving', view: 'View' } as const;

/** Lines that fit into a box. */
export function boxedRows({ height }: { readonly height: number }): number {
  return height - 4;
}

/** Lines in a box in the middle of the screen, cut to what fits. */
export function boxed(
  title: string,
  content: readonly Line[],
  scroll: number,
  area: Area,
  glyphs: Glyphs,
): Overlay {
  const [topLeft, topRight, bottomLeft, bottomRight, side] = glyphs.box;
  const widest = content.reduce((most, one) => Math.max(most, widthOf(one)), title.length + 4);
  const inner = Math.min(area.width - 6, widest);
  const rows = Math.min(boxedRows(area), content.length);
  const from = Math.max(0, Math.min(scroll, content.length - rows));
  const shown = content.slice(from, from + rows);
  const more = content.length > rows ? ` ${from + 1}-${from + rows} of ${content.length} ` : '';
  const rule = (left: string, text: string, right: string): Line => [
    span('accent', `${left}${glyphs.rule}`),
    span('strong', text),
    span('accent', `${glyphs.rule.repeat(Math.max(0, inner + 1 - text.length))}${right}`),
  ];
  const lines: Line[] = [
    rule(topLeft, ` ${title} `, topRight),
    ...shown.map(
      (text): Line => [
        span('accent', side),
        span('plain', ' '),
        ...fitted(text, inner),
        span('plain', ' '),
        span('accent', side),
      ],
    ),
    rule(bottomLeft, more, bottomRight),
  ];
  const width = inner + 4;
  return {
    rect: {
      x: Math.floor((area.width - width) / 2),
      y: Math.max(1, Math.floor((area.height - lines.length) / 2)),
      width,
      height: lines.length,
    },
    lines,
  };
}

export function helpOverlay(
  table: readonly Binding[],
  panes: readonly Pane[],
  context: KeyContext,
  scroll: number,
  area: Area,
  glyphs: Glyphs,
): Overlay {
  const lines: Line[] = [];
  for (const [group, title] of Object.entries(GROUPS)) {
    const of = table.filter((binding) => binding.group === group);
    if (of.length === 0) {
      lines.push(line(span('strong', title)), line('  read-only: no key here changes what is traded'), EMPTY);
      continue;
    }
    lines.push(line(span('strong', title)));
    for (const binding of of) {
      const why = binding.disabled?.(context) ?? null;
      const keys = binding.keys.join(' ').padEnd(KEYS_WIDTH);
      lines.push([
        span(why === null ? 'accent' : 'dim', `  ${keys}`),
        span(why === null ? 'plain' : 'dim', `${binding.help}${why === null ? '' : ` (not now: ${why})`}`),
      ]);
    }
    lines.push(EMPTY);
  }
  lines.push(line(span('strong', 'Panes')));
  for (const { hotkey, title } of panes)
    lines.push(line(span('accent', `  ${hotkey.padEnd(KEYS_WIDTH)}`), `goes to ${title}`));
  return boxed('Keys', lines, scroll, area, glyphs);
}

export function detailOverlay(
  title: string,
  lines: readonly Line[],
  scroll: number,
  area: Area,
  glyphs: Glyphs,
): Overlay {
  return boxed(title, lines, scroll, area, glyphs);
}

export function dialogOverlay(dialog: Dialog, area: Area, glyphs: Glyphs): Overlay {
  const { title, lines, choices, focus, word, typed } = dialog;
  const open = word === null || typed === word;
  const buttons: Span[] = choices.flatMap(({ label, effect }, i) => {
    const text = i === focus ? `${glyphs.pointer} ${label} ` : `  ${label} `;
    const tone = i === focus ? 'selected' : effect === null || open ? 'plain' : 'dim';
    return [span(tone, text), span('plain', '  ')];
  });
  const asked: Line[] =
    word === null
      ? []
      : [EMPTY, line(`Type ${word} to confirm: `, span('strong', typed), span('selected', ' '))];
  const content = [
    ...lines,
    ...asked,
    EMPTY,
    buttons,
    line(span('dim', 'tab chooses, enter does it, esc cancels')),
  ];
  return boxed(title, content, 0, area, glyphs);
}
