/**
 * The terminal as a whole: the alternate screen is entered with the view and left on every way out, also when the
 * process ends by a signal or a crash, so that the shell behind it is as it was.
 */

export interface WholeTerminal {
  write(text: string): unknown;
}

/** Alternate screen, no cursor, paste told from typing. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?2004h\u001b[2J\u001b[H';
/**
 * Also ends a synchronised update that was cut in the middle. The screen is cleared before it is left: tmux keeps lines
 * of it in the shell's history where it was resized meanwhile.
 */
const LEAVE = '\u001b[?2026l\u001b[0m\u001b[2J\u001b[H\u001b[?2004l\u001b[?25h\u001b[?1049l';

export class AlternateScreen implements Disposable {
  readonly #terminal: WholeTerminal;
  readonly #leave = (): void => this[Symbol.dispose]();
  #entered = false;

  constructor(terminal: WholeTerminal) {
    this.#terminal = terminal;
  }

  enter(): void {
    if (this.#entered) return;
    this.#entered = true;
    // `exit` comes last on every way out that Node has a say in, an uncaught error included.
    process.on('exit', this.#leave);
    this.#terminal.write(ENTER);
  }

  [Symbol.dispose](): void {
    if (!this.#entered) return;
    this.#entered = false;
    process.off('exit', this.#leave);
    this.#terminal.write(LEAVE);
  }
}
