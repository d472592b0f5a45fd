/** A screen as a picture: its cells on a grid, so that it looks alike whatever monospaced font there is. */
import { item } from '../../src/market/arrays.ts';
import { type Look, PLAIN, type Span, spansOf } from './spans.ts';

const CELL = { width: 8, height: 17, baseline: 13 } as const;
const MARGIN = 12;
const FONT = "ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', Consolas, monospace";
const INK = '#d6d9de';
const DIM_INK = '#7d8590';
const PAPER = '#0d1117';
/** Black, red, green, yellow, blue, magenta, cyan, white; then the same, bright. */
const COLOURS = [
  ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#f0f6fc'],
  ...['#6e7681', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#ffffff'],
] as const;
/** Under white text red has to be darker. */
const PAPERS = [
  '#161b22',
  '#b62324',
  '#1a7f37',
  '#7d4e00',
  '#0969da',
  '#8250df',
  '#1b7c83',
  '#b1bac4',
] as const;

export interface PictureOptions {
  readonly columns: number;
  readonly rows: number;
  /** For those who cannot see it. */
  readonly title: string;
}

/**
 * The SVG of a screen as `tmux capture-pane -e` gives it. The same screen gives the same bytes.
 * @throws Error for a code that is no colour, and for a line that is wider than the screen.
 */
export function pictureOf(screen: string, { columns, rows, title }: PictureOptions): string {
  const width = columns * CELL.width + 2 * MARGIN;
  const height = rows * CELL.height + 2 * MARGIN;
  const papers: string[] = [];
  const texts: string[] = [];
  let look: Look = PLAIN;
  for (const [row, line] of screen.split('\n').slice(0, rows).entries()) {
    const read = spansOf(line, look);
    look = read.look;
    papers.push(...read.spans.flatMap((span) => paperOf(span, row)));
    const words = read.spans.flatMap(wordsOf);
    if (words.length === 0) continue;
    const last = item(words, words.length - 1);
    if (last.column + [...last.text].length > columns) throw new Error(`line ${row + 1} is too wide`);
    const y = MARGIN + row * CELL.height + CELL.baseline;
    texts.push(`<text y="${y}">${words.map(textOf).join('')}</text>`);
  }
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>`,
    ...papers,
    `<g font-family="${FONT}" font-size="13" fill="${INK}" xml:space="preserve">`,
    ...texts,
    '</g>',
    '</svg>',
  ].join('\n')}\n`;
}

/** Blanks are left out: each word has its place on the grid, so that a font of another width moves nothing. */
function wordsOf(span: Span): Span[] {
  return [...span.text.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
    ...span,
    column: span.column + [...span.text.slice(0, match.index)].length,
    text: match[0],
  }));
}

function textOf(span: Span): string {
  const x = MARGIN + span.column * CELL.width;
  const { ink } = colours(span);
  const fill = ink === INK ? '' : ` fill="${ink}"`;
  const weight = span.bold ? ' font-weight="bold"' : '';
  const cells = [...span.text].length;
  const length = cells > 1 ? ` textLength="${cells * CELL.width}" lengthAdjust="spacingAndGlyphs"` : '';
  return `<tspan x="${x}"${length}${fill}${weight}>${escaped(span.text)}</tspan>`;
}

function paperOf(span: Span, row: number): string[] {
  const { paper } = colours(span);
  if (paper === PAPER) return [];
  const x = MARGIN + span.column * CELL.width;
  const y = MARGIN + row * CELL.height;
  const width = [...span.text].length * CELL.width;
  return [`<rect x="${x}" y="${y}" width="${width}" height="${CELL.height}" fill="${paper}"/>`];
}

function colours(look: Look): { readonly ink: string; readonly paper: string } {
  const own = look.dim ? DIM_INK : INK;
  const ink = look.ink === null ? own : item(COLOURS, look.ink);
  const paper = look.paper === null ? PAPER : item([...PAPERS, ...COLOURS.slice(8)], look.paper);
  return look.reverse ? { ink: paper, paper: ink } : { ink, paper };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
