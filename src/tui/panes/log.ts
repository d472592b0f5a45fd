/** The daemon's own log, newest at the bottom: what it writes for whoever runs it, not what is traded. */
import { plural } from '../../cli/format.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import type { ViewState } from '../store/state.ts';
import { clock, dayClock } from '../text/figures.ts';
import { type Line, line, plain, type Span, span, type Tone, wrapped } from '../text/line.ts';
import { windowOf } from '../text/table.ts';
import { type Field, fields } from './fields.ts';
import { type Pane, waiting } from './pane.ts';

type LogLine = ResultOf<'logs.tail'>['lines'][number];

const TONES: Readonly<Record<LogLine['level'], Tone>> = {
  error: 'bad',
  warn: 'warn',
  info: 'plain',
  debug: 'dim',
};

const keyOf = (stream: string, { seq }: LogLine): string => `${stream}:${seq}`;

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

/** True of many lines, and long: what tells one from another comes before them. */
const LATE: ReadonlySet<string> = new Set(['seq', 'session', 'venueAt']);

/** What was logged with a line, name by name, also within objects: `{event: {symbol: 'X'}}` is `symbol=X`. */
function leaves(detail: Readonly<Record<string, unknown>>): (readonly [name: string, value: unknown])[] {
  return Object.entries(detail).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leaves(Object.fromEntries(Object.entries(value)))
      : [[name, value] as const],
  );
}

function detailText({ ref, detail, message }: LogLine): string {
  const late = (name: string): number => Number(LATE.has(name));
  const told = leaves(detail)
    .filter(([, value]) => value !== message)
    .sort(([a], [b]) => late(a) - late(b))
    .map(([name, value]) => `${name}=${valueText(value)}`);
  return [...told, ...(ref === null ? [] : [`ref=${ref}`])].join(' ');
}

/** What is shown of a line is what is searched. */
function rowsOf({ reads }: ViewState, filter: string): readonly LogLine[] {
  const lines = reads.log?.data.lines ?? [];
  if (filter === '') return lines;
  return lines.filter((each) =>
    `${each.level} ${each.component} ${each.message} ${detailText(each)}`.toLowerCase().includes(filter),
  );
}

/** From here on the component is named beside the level. */
const COMPONENT_FROM = 60;

function shownLine(each: LogLine, width: number): Line {
  const detail = detailText(each);
  const name: Span[] = width < COMPONENT_FROM ? [] : [span('dim', plain(each.component).padEnd(10))];
  return line(
    span('dim', `${clock(Date.parse(each.timestamp))} `),
    span(TONES[each.level], each.level.padEnd(6)),
    ...name,
    plain(each.message),
    span('dim', detail === '' ? '' : `  ${plain(detail)}`),
  );
}

const lineOf = ({ reads }: ViewState, key: string): LogLine | undefined =>
  reads.log?.data.lines.find((each) => keyOf(reads.log?.data.stream ?? '', each) === key);

export const log: Pane = {
  id: 'log',
  title: 'Log',
  hotkey: 'L',
  minWidth: 40,
  minHeight: 4,
  needs: ['log'],
  newestLast: true,
  summary({ reads }) {
    const lines = reads.log?.data.lines;
    if (lines === undefined) return '';
    const errors = lines.filter(({ level }) => level === 'error').length;
    const warnings = lines.filter(({ level }) => level === 'warn').length;
    return `${plural(lines.length, 'line')}, ${plural(errors, 'error')}, ${plural(warnings, 'warning')}`;
  },
  rows(state, filter) {
    const stream = state.reads.log?.data.stream ?? '';
    return rowsOf(state, filter).map((each) => keyOf(stream, each));
  },
  render({ state, width, height, filter, selected, glyphs }) {
    const read = state.reads.log;
    if (!read) return [waiting(state)];
    const rows = rowsOf(state, filter);
    if (rows.length === 0)
      return [line(span('dim', filter === '' ? 'nothing has been logged yet' : 'no line has that in it'))];
    const { stream } = read.data;
    const at = selected === null ? -1 : rows.findIndex((each) => keyOf(stream, each) === selected);
    const { from, to } = windowOf(rows.length, at, height, true);
    return rows.slice(from, to).map((each, i): Line => {
      const pointer = from + i === at ? glyphs.pointer : ' ';
      return [span('accent', pointer), ...shownLine(each, width)];
    });
  },
  detail(state, key, width) {
    const each = lineOf(state, key);
    if (!each) return null;
    const head: readonly Field[] = [
      ['time', `${dayClock(Date.parse(each.timestamp))} UTC`],
      ['level', span(TONES[each.level], each.level)],
      ['component', plain(each.component)],
      ['reference', each.ref ?? 'of no request'],
    ];
    const told = Object.entries(each.detail).map(([name, value]) => `${name} = ${valueText(value)}`);
    return [
      ...fields(head),
      line(''),
      ...wrapped(each.message, width).map((part) => line(part)),
      ...(told.length === 0 ? [] : [line('')]),
      ...told.flatMap((text) => wrapped(text, width).map((part) => line(span('dim', part)))),
    ];
  },
};
