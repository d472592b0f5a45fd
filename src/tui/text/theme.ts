/**
 * Tones as a terminal shows them. Colour is never the only carrier of a meaning: a word, a sign or a mark stands
 * beside it. NO_COLOR takes colours away and leaves bold, dim and reverse, which are none.
 */
import { type Glyphs, glyphsFor, toAscii } from './glyphs.ts';
import type { Line, Tone } from './line.ts';

export interface ThemeOptions {
  readonly color: boolean;
  readonly ascii: boolean;
}

export interface Theme {
  readonly color: boolean;
  readonly ascii: boolean;
  readonly glyphs: Glyphs;
  /** A line with the codes of its tones. `stale`: all of it dim, so that nothing old looks current. */
  paint(line: Line, stale?: boolean): string;
}

type Codes = readonly [open: string, close: string];

const sgr = (open: string, close: string): Codes => [`\u001b[${open}m`, `\u001b[${close}m`];

const NONE: Codes = ['', ''];
const BOLD = sgr('1', '22');
const DIM = sgr('2', '22');
const REVERSE = sgr('7', '27');

const COLOURED: Readonly<Record<Tone, Codes>> = {
  plain: NONE,
  dim: DIM,
  strong: BOLD,
  good: sgr('32', '39'),
  bad: sgr('31', '39'),
  warn: sgr('33', '39'),
  accent: sgr('36', '39'),
  selected: REVERSE,
  alarm: ['\u001b[1m\u001b[37m\u001b[41m', '\u001b[49m\u001b[39m\u001b[22m'],
};

const COLOURLESS: Readonly<Record<Tone, Codes>> = {
  plain: NONE,
  dim: DIM,
  strong: BOLD,
  good: NONE,
  bad: BOLD,
  warn: NONE,
  accent: BOLD,
  selected: REVERSE,
  alarm: REVERSE,
};

/** What keeps its look on a stale screen: what says that it is stale. */
const KEPT: ReadonlySet<Tone> = new Set(['alarm']);

export function themeOf({ color, ascii }: ThemeOptions): Theme {
  const codes = color ? COLOURED : COLOURLESS;
  return {
    color,
    ascii,
    glyphs: glyphsFor(ascii),
    paint(line, stale = false) {
      let painted = '';
      for (const { tone, text } of line) {
        if (text === '') continue;
        const [open, close] = stale && !KEPT.has(tone) ? DIM : codes[tone];
        painted += `${open}${ascii ? toAscii(text) : text}${close}`;
      }
      return painted;
    },
  };
}
