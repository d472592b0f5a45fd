/** What has happened, newest at the bottom. A filter looks through everything, also levels and single orders. */
import { entryWords } from '../store/reduce.ts';
import type { LogEntry, ViewState } from '../store/state.ts';
import { clocks, dayClock } from '../text/figures.ts';
import { type Line, line, span, wrapped } from '../text/line.ts';
import { windowOf } from '../text/table.ts';
import type { Pane } from './pane.ts';

const timeOf = (entry: LogEntry): number => (entry.kind === 'notice' ? entry.at : entry.told.at);

function rowsOf({ events, news }: ViewState, filter: string): readonly LogEntry[] {
  if (filter === '') return news;
  return events.filter((entry) => {
    const { kind, text } = entryWords(entry);
    return `${kind} ${text}`.toLowerCase().includes(filter);
  });
}

function entryLine(entry: LogEntry, time: string): Line {
  const { kind, text, tone } = entryWords(entry);
  return [span('dim', `${time} `), span('dim', kind.padEnd(9).slice(0, 9)), span(tone, text)];
}

export const events: Pane = {
  id: 'events',
  title: 'Events',
  hotkey: 'e',
  minWidth: 40,
  minHeight: 4,
  needs: [],
  newestLast: true,
  rows: (state, filter) => rowsOf(state, filter).map(({ id }) => id),
  symbolOf(state, key) {
    const entry = state.events.find(({ id }) => id === key);
    if (entry?.kind !== 'event') return null;
    const { event } = entry.told;
    return 'symbol' in event ? event.symbol : null;
  },
  render({ state, height, filter, selected, glyphs }) {
    const rows = rowsOf(state, filter);
    if (rows.length === 0)
      return [line(span('dim', filter === '' ? 'nothing has happened yet' : 'no event has that in it'))];
    const at = selected === null ? -1 : rows.findIndex(({ id }) => id === selected);
    const { from, to } = windowOf(rows.length, at, height, true);
    const shown = rows.slice(from, to);
    const times = clocks(shown.map(timeOf), state.status?.at ?? state.now);
    return shown.map((entry, i) => {
      const isSelected = from + i === at;
      return [span('accent', isSelected ? glyphs.pointer : ' '), ...entryLine(entry, times[i] ?? '')];
    });
  },
  detail(state, key, width) {
    const entry = state.events.find(({ id }) => id === key);
    if (!entry) return null;
    const { kind, text, tone } = entryWords(entry);
    const field = (name: string, value: string): Line => line(span('dim', name.padEnd(12)), value);
    return [
      field('kind', kind),
      field('venue time', `${dayClock(timeOf(entry))} UTC`),
      ...(entry.kind === 'event'
        ? [field('published', `${dayClock(entry.told.wallAt)} UTC`), field('number', String(entry.told.seq))]
        : []),
      line(''),
      ...wrapped(text, width).map((part) => line(span(tone, part))),
    ];
  },
};
