/**
 * A strict reader of the text format of Prometheus, version 0.0.4, written from its specification and from the naming
 * rules of its documentation: it refuses what a scraper might forgive.
 */

export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: ReadSample[];
}

const NAME = /^[a-z][a-z0-9_]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/;
const VALUE = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?Inf|NaN)$/;

/** @throws Error with the line that is wrong. */
export function readExposition(text: string): Map<string, ReadFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, ReadFamily>();
  const series = new Set<string>();
  let help: { name: string; text: string } | null = null;
  let family: ReadFamily | null = null;
  for (const line of text.slice(0, -1).split('\n')) {
    const wrong = (why: string): Error => new Error(`${why}: ${line}`);
    if (line === '') continue;
    if (line.startsWith('# HELP ')) {
      const [, name = '', said = ''] = /^# HELP (\S+) (.+)$/.exec(line) ?? [];
      if (!NAME.test(name) || said.trim() === '') throw wrong('a bad HELP');
      help = { name, text: said };
    } else if (line.startsWith('# TYPE ')) {
      const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      if (help?.name !== name) throw wrong('a TYPE without its HELP before it');
      if (families.has(name)) throw wrong('a family comes twice');
      if (type !== 'counter' && type !== 'gauge' && type !== 'histogram') throw wrong('an unknown type');
      if ((type === 'counter') !== name.endsWith('_total'))
        throw wrong('counters, and they alone, end in _total');
      family = { name, type, help: help.text, samples: [] };
      families.set(name, family);
    } else if (line.startsWith('#')) {
      throw wrong('a comment');
    } else {
      const [, name = '', labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
      if (family === null || !belongs(name, family)) throw wrong('a sample outside its family');
      if (!VALUE.test(value)) throw wrong('a bad value');
      const labels = readLabels(labelText, wrong);
      const key = `${name}{${Object.entries(labels).sort().join(';')}}`;
      if (series.has(key)) throw wrong('a series comes twice');
      series.add(key);
      const number = value.endsWith('Inf') ? Number(`${value}inity`) : Number(value);
      if (Number.isNaN(number)) throw wrong('not a number');
      if (family.type === 'counter' && number < 0) throw wrong('a counter below zero');
      family.samples.push({ name, labels, value: number });
    }
  }
  for (const each of families.values()) if (each.type === 'histogram') checkHistogram(each);
  return families;
}

function belongs(name: string, { name: family, type }: ReadFamily): boolean {
  if (type !== 'histogram') return name === family;
  return [`${family}_bucket`, `${family}_sum`, `${family}_count`].includes(name);
}

function readLabels(text: string, wrong: (why: string) => Error): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const match = LABEL.exec(rest);
    const [whole = '', name = '', value = ''] = match ?? [];
    if (whole === '' || name.startsWith('__')) throw wrong('a bad label');
    if (name in labels) throw wrong('a label comes twice');
    labels[name] = value.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    rest = rest.slice(whole.length);
  }
  return labels;
}

function checkHistogram({ name, samples }: ReadFamily): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  let bound = Number.NEGATIVE_INFINITY;
  let below = 0;
  for (const { labels, value } of buckets) {
    const le = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
    if (!(le > bound)) throw new Error(`${name}: the bounds do not rise at ${labels.le}`);
    if (value < below) throw new Error(`${name}: the buckets do not rise at ${labels.le}`);
    bound = le;
    below = value;
  }
  const count = samples.find((sample) => sample.name === `${name}_count`)?.value;
  const sum = samples.find((sample) => sample.name === `${name}_sum`)?.value;
  if (bound !== Number.POSITIVE_INFINITY || below !== count)
    throw new Error(`${name}: +Inf is not the count`);
  if (sum === undefined || sum < 0) throw new Error(`${name}: no sum`);
}

/** The one sample with these labels. @throws Error when there is none. */
export function sampleOf(
  families: ReadonlyMap<string, ReadFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const samples = families.get(name)?.samples ?? [];
  const found = samples.filter((sample) =>
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`${name} ${JSON.stringify(labels)}: ${found.length} samples`);
  return found[0].value;
}
