/** Times, numbers and stretches of time as people read them. Times are always UTC. */

/** `2024-03-31T08:05:00Z`: seconds are enough for a person; `--json` has the milliseconds. */
export function utc(at: number | null): string {
  return at === null ? '-' : new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** `+1.24 R`, `-0.50 R`: the sign says what the colour says. */
export function inR(r: number): string {
  return `${signed(r, 2)} R`;
}

export function signed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return value >= 0 ? `+${text}`.replace('+-', '-') : text;
}

/** An average price can run to many decimals: eight significant digits are plenty for the eye, `--json` has all. */
export function price(text: string): string {
  return text.length <= 10 ? text : String(Number(Number(text).toPrecision(8)));
}

export function percent(share: number, decimals = 1): string {
  return `${(share * 100).toFixed(decimals)} %`;
}

/** `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`. */
export function span(millis: number): string {
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function millis(value: number | null): string {
  if (value === null) return '-';
  return value < 10 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`;
}

/** `12,345`: thousands apart, for counts that run large. */
export function grouped(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour begins with one.
const COLOUR = /\u001b\[\d+m/g;

/** How many columns of a terminal a text takes: colour takes none. */
export function visible(text: string): number {
  return text.replace(COLOUR, '').length;
}

/** Lines of whole words, no wider than `width`; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || visible(line) + 1 + visible(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `1.25M`: three digits that matter. */
export function compact(value: number): string {
  for (const [size, suffix] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(3))}${suffix}`;
  }
  return String(Number(value.toPrecision(3)));
}
