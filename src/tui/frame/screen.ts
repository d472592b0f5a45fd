/**
 * Frames on a terminal. Ink hands over each frame whole; only the lines that differ from the frame before are written,
 * each at its place, as one synchronised update. So nothing flickers, nothing depends on where the cursor was left, and
 * after a resize the whole frame is written again.
 */

export interface Terminal {
  write(text: string): unknown;
}

const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const CLEAR = '\u001b[0m\u001b[2J';
const TO_LINE_END = '\u001b[K';

// biome-ignore lint/suspicious/noControlCharactersInRegex: codes of tones begin with one.
const CODES = /\u001b\[[\d;]*m/g;

export class Screen {
  readonly #terminal: Terminal;
  readonly #size: () => { readonly columns: number; readonly rows: number };
  #lines: readonly string[] | null = null;
  #last = '';
  /** Bytes written so far, and frames that changed something. */
  written = 0;
  frames = 0;

  constructor(terminal: Terminal, size: () => { readonly columns: number; readonly rows: number }) {
    this.#terminal = terminal;
    this.#size = size;
  }

  /** Draws a frame: lines from the top of the screen. */
  draw(frame: string): void {
    this.#last = frame;
    const { columns, rows } = this.#size();
    const lines = frame.split('\n').slice(0, Math.max(1, rows - 1));
    const before = this.#lines;
    let text = before === null ? CLEAR : '';
    for (let row = 0; row < Math.max(lines.length, before?.length ?? 0); row++) {
      const line = lines[row] ?? '';
      if (before !== null && (before[row] ?? '') === line) continue;
      if (before === null && line === '') continue;
      // A line of full width leaves the cursor on its last cell: clearing from there would take that cell away.
      const clear = line.replace(CODES, '').length < columns ? TO_LINE_END : '';
      text += `\u001b[${row + 1};1H${line}${clear}`;
    }
    this.#lines = lines;
    if (text === '') return;
    this.frames += 1;
    const out = `${BEGIN}${text}${END}`;
    this.written += Buffer.byteLength(out);
    this.#terminal.write(out);
  }

  /** What stands on the terminal is not known any more: the next frame is written whole. */
  forget(): void {
    this.#lines = null;
  }

  /** The last frame again, whole. */
  redraw(): void {
    this.forget();
    this.draw(this.#last);
  }
}
