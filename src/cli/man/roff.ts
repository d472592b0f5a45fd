/** A manual page in the man macros of roff. Everything that comes in is plain text; what roff would act on is escaped. */

/** The characters that roff sets as other ones, or acts on: option dashes and quotes are to be copied as they are. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

/** A text without line ends, for a text line or the argument of a macro. */
export function escaped(text: string): string {
  const inner = [...text.replace(/\s*\n\s*/g, ' ')]
    .map((char) => ESCAPES[char] ?? (char > '~' ? `\\[u${codeOf(char)}]` : char))
    .join('');
  // A full stop at the beginning of a line would make a request of it.
  return inner.startsWith('.') ? `\\&${inner}` : inner;
}

function codeOf(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

export interface Heading {
  readonly name: string;
  readonly section: number;
  readonly version: string;
  /** What the header of each page says. */
  readonly manual: string;
}

export class Page {
  readonly #lines: string[] = [];

  /** No date: the page of a version is the same whenever it is made. */
  constructor({ name, section, version, manual }: Heading) {
    this.#lines.push(
      '.\\" Made from the program\'s own tables; see breakout(1).',
      `.TH "${escaped(name.toUpperCase())}" ${section} "" "${escaped(`breakout ${version}`)}" "${escaped(manual)}"`,
      // Neither words broken at line ends nor blanks stretched: a command is to be copied as it stands.
      '.nh',
      '.ad l',
    );
  }

  section(title: string): void {
    this.#lines.push(`.SH "${escaped(title)}"`);
  }

  subsection(title: string): void {
    this.#lines.push(`.SS "${escaped(title)}"`);
  }

  /** The line that `apropos` finds. */
  name(name: string, about: string): void {
    this.#lines.push('.SH "NAME"', `${escaped(name)} \\- ${escaped(about)}`);
  }

  paragraph(text: string): void {
    this.#lines.push('.PP', escaped(text));
  }

  /** A term in bold with what it means under it. */
  item(term: string, text: string): void {
    this.#lines.push('.TP', `\\fB${escaped(term)}\\fR`, text === '' ? '\\&' : escaped(text));
  }

  /** Further lines of the last item. */
  continued(text: string): void {
    this.#lines.push('.br', escaped(text));
  }

  /** Lines as they stand. */
  verbatim(lines: readonly string[]): void {
    this.#lines.push('.PP', '.RS 4', '.nf', ...lines.map((line) => escaped(line) || '\\&'), '.fi', '.RE');
  }

  /** The after-text of a command's help: titles, paragraphs, and indented lines kept as they are. */
  help(text: string): void {
    let flow: string[] = [];
    let kept: string[] = [];
    const flush = (): void => {
      if (flow.length > 0) this.paragraph(flow.join(' '));
      if (kept.length > 0) this.verbatim(kept);
      flow = [];
      kept = [];
    };
    for (const line of text.split('\n')) {
      if (line.trim() === '') flush();
      else if (line.startsWith('  ')) {
        if (flow.length > 0) flush();
        kept.push(line.slice(2));
      } else {
        if (kept.length > 0) flush();
        flow.push(line);
      }
    }
    flush();
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}
