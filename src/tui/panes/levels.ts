/** The levels that live: those that are watched first, the nearest first, of all symbols. A filter leaves one symbol. */
import type { LevelResult } from '../../protocol/trading-views.ts';
import type { ViewState } from '../store/state.ts';
import { dayClock, decimal, signed } from '../text/figures.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { line, plain, span } from '../text/line.ts';
import { type Column, table } from '../text/table.ts';
import { fields } from './fields.ts';
import {
  ATR_CELLS,
  BAR_CELLS,
  LEVEL_CELLS,
  levelCell,
  levelFields,
  lifeCell,
  nearBar,
  percentAway,
  toGoCell,
} from './level-words.ts';
import { type Pane, waiting } from './pane.ts';

function columnsOf(glyphs: Glyphs): readonly Column<LevelResult>[] {
  return [
    { head: 'symbol', width: 14, from: 10, cell: ({ symbol }) => span('strong', plain(symbol)) },
    { head: 'level', width: LEVEL_CELLS, cell: (level) => levelCell(level, glyphs) },
    { head: 'ATR', width: ATR_CELLS, align: 'right', cell: toGoCell },
    { head: 'to go', width: BAR_CELLS, least: 2, cell: (level) => nearBar(level, glyphs) },
    { head: 'life', width: 6, cell: lifeCell },
    { head: 'hits', width: 4, align: 'right', least: 1, cell: ({ touches }) => String(touches) },
    { head: 'strength', width: 8, align: 'right', least: 3, cell: ({ strength }) => strength.toFixed(2) },
    { head: 'away %', width: 6, align: 'right', least: 5, cell: (level) => signed(percentAway(level)) },
    { head: 'close', width: 10, align: 'right', least: 4, cell: ({ close }) => decimal(close, 10) },
    { head: 'since', width: 11, least: 6, cell: ({ bornAt }) => span('dim', minute(bornAt)) },
    {
      head: 'broken',
      width: 11,
      least: 7,
      cell: ({ brokenAt }) => span('dim', brokenAt === null ? '-' : minute(brokenAt)),
    },
  ];
}

/** `03-31 08:05`: levels are of whole candles. */
const minute = (at: number): string => dayClock(at).slice(0, 11);

const isWatched = ({ life }: LevelResult): boolean => life === 'armed' || life === 'broken';

const distance = ({ distanceAtr }: LevelResult): number =>
  distanceAtr === null ? Number.POSITIVE_INFINITY : Math.abs(distanceAtr);

function inOrder(a: LevelResult, b: LevelResult): number {
  if (isWatched(a) !== isWatched(b)) return isWatched(a) ? -1 : 1;
  const [left, right] = [distance(a), distance(b)];
  return left === right ? a.id - b.id : left - right;
}

/** Of the last answer: levels are some hundreds, asked for several times in a frame. */
const SORTED = new WeakMap<readonly LevelResult[], readonly LevelResult[]>();

function sorted(levels: readonly LevelResult[]): readonly LevelResult[] {
  const known = SORTED.get(levels);
  if (known) return known;
  const rows = [...levels].sort(inOrder);
  SORTED.set(levels, rows);
  return rows;
}

const wordsOf = ({ symbol, side, life }: LevelResult): string =>
  `${symbol} ${side === 'long' ? 'up' : 'down'} ${life}`.toLowerCase();

function rowsOf({ reads }: ViewState, filter: string): readonly LevelResult[] {
  const rows = sorted(reads.levels?.data.levels ?? NONE);
  return filter === '' ? rows : rows.filter((level) => wordsOf(level).includes(filter));
}

const NONE: readonly LevelResult[] = [];

const keyOf = ({ id }: LevelResult): string => `level ${id}`;

const levelOf = ({ reads }: ViewState, key: string): LevelResult | undefined =>
  reads.levels?.data.levels.find((level) => keyOf(level) === key);

export const levels: Pane = {
  id: 'levels',
  title: 'Levels',
  hotkey: '3',
  minWidth: 40,
  minHeight: 4,
  needs: ['levels'],
  summary: ({ reads }) => {
    const all = reads.levels?.data.levels;
    if (all === undefined || all.length === 0) return '';
    const armed = all.filter(({ life }) => life === 'armed').length;
    return `${armed} armed of ${all.length}`;
  },
  rows: (state, filter) => rowsOf(state, filter).map(keyOf),
  symbolOf: (state, key) => levelOf(state, key)?.symbol ?? null,
  render({ state, width, height, glyphs, filter, selected }) {
    if (state.reads.levels === undefined) return [waiting(state)];
    const rows = rowsOf(state, filter);
    if (rows.length === 0)
      return [line(span('dim', filter === '' ? 'no level has formed yet' : 'no level has that in it'))];
    return table({
      columns: columnsOf(glyphs),
      rows,
      width,
      height,
      keyOf,
      selected,
      pointer: glyphs.pointer,
    });
  },
  detail(state, key) {
    const level = levelOf(state, key);
    return level ? fields([['symbol', span('strong', level.symbol)], ...levelFields(level)]) : null;
  },
};
